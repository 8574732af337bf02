import { cleanUpOn } from '../../support/job/run.ts';
import { type Bench, type Row, sized } from '../row.ts';
import { TOKEN_LIMIT } from '../support/contacts.ts';
import { highestOfParts } from '../support/curve.ts';
import { openWatched, writeOver } from '../support/lock-watch.ts';
import { spreadOf } from '../support/spread.ts';
import { count, figure } from '../support/words.ts';

const PARTS = 20;
/** So many contacts write while they are cleared, from all over the table. */
const WRITERS = 500;

/** How long the assistant may have to wait for a contact, however much is cleared. */
export const lockTime: Row = {
  name: 'lock-time',
  what: 'longest time that a row lock is held, 1,000,000 threads to clear',
  against: '',
  bound: { is: 'at most', must: 300, aim: 200, unit: 'ms' },
  async measure(bench) {
    const threads = sized(bench, 1_000_000);
    const { statementMs, longestWaitMs, series } = await watchedCleanup(bench, threads);
    return {
      value: statementMs.highest,
      measured: `${figure(statementMs.highest)} ms (median of ${count(statementMs.rounds)} statements ${figure(statementMs.median)} ms)`,
      figures: { threads, statementMs, longestWaitMs },
      curves: [
        {
          title: `Longest row lock while ${count(threads)} threads are cleared`,
          unit: 'ms',
          points: highestOfParts(series, PARTS, (_, to) => `${Math.round(to * 100)} %`),
        },
      ],
      notes: [`an assistant that writes to the rows being cleared waited at most ${figure(longestWaitMs)} ms`],
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
    statementMs: spreadOf(database.lockingMs),
    longestWaitMs: Math.max(...waits),
    series: database.lockingMs,
  };
}
