import { setTimeout as pause } from 'node:timers/promises';
import { type Bench, type Row, sized } from '../row.ts';
import { type AssistantReport, startAssistant } from '../support/assistant.ts';
import { cleanUpAll } from '../support/cleanup.ts';
import { dueCount } from '../support/contacts.ts';
import { compare, spreadOf } from '../support/spread.ts';
import { count, figure } from '../support/words.ts';

const MAX_P99_MS = 20;
const ROUNDS = 3;
const CONNECTIONS = 8;
const EVERY_MS = 10;
/** Contacts that write while others are cleared. */
const WRITERS = 10_000;
/** For the same work without a cleanup: about what the cleanup takes. */
const ALONE_MS = 8_000;

/** What the assistant notices of a large cleanup. */
export const assistantWrites: Row = {
  name: 'assistant-writes',
  what: `assistant's writes during a large cleanup (${CONNECTIONS} connections, one write every ${EVERY_MS} ms each, on rows that are not cleared)`,
  against: 'without a cleanup',
  bound: { is: 'at least', must: 95, aim: 99, unit: '%' },
  async measure(bench) {
    const during: AssistantReport[] = [];
    const alone: AssistantReport[] = [];
    const { ratio, ...sides } = await compare(
      ROUNDS,
      async (round) => {
        bench.progress(`round ${round + 1} of ${ROUNDS}`);
        during.push(await assistantDuring(bench, (url, threads) => cleanUpAll(url, threads)));
        return perSecond(during.at(-1));
      },
      async () => {
        alone.push(await assistantDuring(bench, () => pause(bench.quick ? ALONE_MS / 10 : ALONE_MS)));
        return perSecond(alone.at(-1));
      },
    );
    const p99 = (reports: readonly AssistantReport[]) => spreadOf(reports.map((report) => percentile(report, 99)));
    const perCent = 100 * ratio.median;
    return {
      value: perCent,
      measured: `${figure(perCent)} % (${figure(100 * ratio.lowest)} to ${figure(100 * ratio.highest)} in ${ROUNDS} rounds), p99 ${figure(p99(during).median)} ms`,
      also: { must: `p99 at most ${MAX_P99_MS} ms`, reached: p99(during).median <= MAX_P99_MS },
      figures: {
        ratio,
        duringPerSecond: sides.ours,
        alonePerSecond: sides.other,
        duringP99Ms: p99(during),
        aloneP99Ms: p99(alone),
      },
      curves: [
        {
          title: "An assistant's writes during a cleanup: so many per cent are done within",
          unit: 'ms',
          points: [50, 90, 99, 99.9, 100].map((per) => ({
            label: `${per} %`,
            value: spreadOf(during.map((report) => percentile(report, per))).median,
          })),
        },
      ],
      notes: [
        `with a cleanup ${count(sides.ours.median)} writes a second, p99 ${figure(p99(during).median)} ms; ` +
          `without ${count(sides.other.median)}, p99 ${figure(p99(alone).median)} ms`,
      ],
    };
  },
};

/** Half of the contacts are due, and some of the others write. */
async function assistantDuring(bench: Bench, work: (url: string, threads: number) => Promise<unknown>) {
  const contacts = { count: sized(bench, 800_000), dueEvery: 2 };
  const { url, sql } = await bench.server.fresh(contacts);
  const writers = await sql<{ phone: string }[]>`
    select "phoneNumber" as phone from "ClientView" where "threadTokenCount" < 500000
     order by hashtext("phoneNumber") limit ${WRITERS}`;
  const assistant = await startAssistant({
    url,
    connections: CONNECTIONS,
    everyMs: EVERY_MS,
    phones: writers.map(({ phone }) => phone),
  });
  await work(url, dueCount(contacts));
  return assistant.stop();
}

const perSecond = (report: AssistantReport | undefined) =>
  report === undefined ? 0 : (1_000 * report.writesMs.length) / report.workedMs;

function percentile({ writesMs }: AssistantReport, per: number): number {
  const sorted = writesMs.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * per) / 100))] ?? 0;
}
