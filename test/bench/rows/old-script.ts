import type { Bench, Measured, Row } from '../row.ts';
import { sized } from '../row.ts';
import { cleanUpAll, expectCount } from '../support/cleanup.ts';
import { dueCount } from '../support/contacts.ts';
import { startDelayingProxy } from '../support/delaying-proxy.ts';
import { cleanUpLikeTheOldScript } from '../support/old-script.ts';
import { compare, spreadOf, timed } from '../support/spread.ts';
import { count, figure, spreadText } from '../support/words.ts';

const ROUNDS = 5;
const ROUNDS_WITH_DELAY = 3;
const OLD_SCRIPT = 'one prepared, autocommitted UPDATE a thread on one connection, audit at the end';

/** Against the job that this project replaces, beside the database. */
export const oldScript: Row = {
  name: 'old-script',
  what: 'clearing 10,000 of 20,000',
  against: `${OLD_SCRIPT} (how the old script works)`,
  bound: { is: 'at least', must: 12, aim: 16, unit: 'times faster' },
  measure: (bench) => compareWithOldScript(bench, ROUNDS, async (url) => ({ url, close: async () => [] })),
};

/** The same at a distance, where every round trip counts. */
export const oldScriptWithDelay: Row = {
  name: 'old-script-with-delay',
  what: 'clearing 10,000 of 20,000 with 1 ms of network delay each way',
  against: OLD_SCRIPT,
  bound: { is: 'at least', must: 55, aim: 65, unit: 'times faster' },
  measure: (bench) =>
    compareWithOldScript(bench, ROUNDS_WITH_DELAY, async (url) => {
      const proxy = await startDelayingProxy(url);
      return {
        url: proxy.url,
        close: async () => {
          const { roundTrips, roundTripMs } = await proxy.close();
          return [{ roundTrips, roundTripMs }];
        },
      };
    }),
};

interface Way {
  readonly url: string;
  close(): Promise<{ readonly roundTrips: number; readonly roundTripMs: number }[]>;
}

/** @param wayTo what lies between the client and the database */
async function compareWithOldScript(
  bench: Bench,
  rounds: number,
  wayTo: (url: string) => Promise<Way>,
): Promise<Measured> {
  const contacts = { count: sized(bench, 20_000), dueEvery: 2 };
  const threads = dueCount(contacts);
  const travel = new Map<string, { roundTrips: number; roundTripMs: number }>();
  const side = (name: string, cleanUp: (url: string) => Promise<number>) => async (round: number) => {
    bench.progress(`round ${round + 1} of ${rounds}, ${name}`);
    const { url } = await bench.server.fresh(contacts);
    const way = await wayTo(url);
    const ms = await timed(async () => expectCount(await cleanUp(way.url), threads));
    for (const counted of await way.close()) travel.set(name, counted);
    return ms;
  };
  const cleanup = side('cleanup', async (url) => (await cleanUpAll(url, threads)).cleanedCount);
  // So much shorter than the other side that a single hiccup would be all that is measured.
  const ours = async (round: number) =>
    spreadOf([await cleanup(round), await cleanup(round), await cleanup(round)]).median;
  const old = side('old script', cleanUpLikeTheOldScript);
  await ours(0);
  const { ratio, ...sides } = await compare(rounds, ours, old, (mine, theirs) => theirs / mine);
  const trips = [...travel].map(
    ([name, { roundTrips, roundTripMs }]) =>
      `${name} ${count(roundTrips)} round trips of ${figure(roundTripMs)} ms on average`,
  );
  return {
    value: ratio.median,
    measured: spreadText(ratio, 'times faster'),
    figures: { threads, ratio, oursMs: sides.ours, oldScriptMs: sides.other, travel: Object.fromEntries(travel) },
    notes: [`cleanup ${figure(sides.ours.median)} ms, old script ${figure(sides.other.median)} ms`, ...trips],
  };
}
