import { cleanUpOn } from '../../support/job/run.ts';
import { type Bench, type Row, sized } from '../row.ts';
import { TOKEN_LIMIT } from '../support/contacts.ts';
import { highestOfParts } from '../support/curve.ts';
import { openWatched, writeOver } from '../support/lock-watch.ts';
import { spreadOf } from '../support/spread.ts';
import { count, figure } from '../support/words.ts';

const MAX_MS = 500;
const THREADS = [10_000, 100_000, 1_000_000];
const PARTS = 20;
/** So many contacts write while they are cleared, from all over the table. */
const WRITERS = 500;

/** How long the assistant may have to wait for a contact, whatever the size of the table and of the cleanup. */
export const lockTime: Row = {
  name: 'lock-time',
  what: 'longest time that a row lock is held, 1,000,000 threads to clear',
  against: '',
  mustReach: `at most ${MAX_MS} ms, at any size`,
  async measure(bench) {
    const runs = [];
    for (const threads of THREADS) {
      bench.progress(`${count(sized(bench, threads))} threads`);
      runs.push(await watchedCleanup(bench, sized(bench, threads)));
    }
    const longest = Math.max(...runs.map(({ statementMs }) => statementMs.highest));
    const [largest] = runs.toReversed();
    return {
      measured: `${figure(longest)} ms at most`,
      reached: longest <= MAX_MS,
      figures: { longestMs: longest, runs: runs.map(({ series: _, ...run }) => run) },
      curves: [
        {
          title: `Longest row lock while ${count(largest?.threads ?? 0)} threads are cleared`,
          unit: 'ms',
          points: highestOfParts(largest?.series ?? [], PARTS, (_, to) => `${Math.round(to * 100)} %`),
        },
      ],
      notes: runs.map(
        ({ threads, statementMs, longestWaitMs }) =>
          `${count(threads)} threads: median statement ${figure(statementMs.median)} ms, longest ` +
          `${figure(statementMs.highest)} ms; an assistant that writes to the rows being cleared waited at most ` +
          `${figure(longestWaitMs)} ms`,
      ),
    };
  },
};

async function watchedCleanup(bench: Bench, threads: number) {
  const { url, sql } = await bench.server.fresh({ count: threads, dueEvery: 1 });
  const chosen = await sql<{ phone: string }[]>`
    select "phoneNumber" as phone from "ClientView" order by hashtext("phoneNumber") limit ${WRITERS}`;
  const database = await openWatched(url);
  const stop = writeOver(
    sql,
    chosen.map(({ phone }) => phone),
  );
  await cleanUpOn(database, { tokenLimit: TOKEN_LIMIT });
  const waits = await stop();
  await database.close();
  return {
    threads,
    statementMs: spreadOf(database.lockingMs),
    longestWaitMs: Math.max(...waits),
    series: database.lockingMs,
  };
}
