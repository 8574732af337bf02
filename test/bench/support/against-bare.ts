import type { Sql } from 'postgres';
import type { Bench, Measured } from '../row.ts';
import { bareUpdate } from './bare.ts';
import { cleanUpAll, expectCount } from './cleanup.ts';
import { type Contacts, dueCount } from './contacts.ts';
import { compare, timed } from './spread.ts';
import { count, figure, spreadText } from './words.ts';

/**
 * Compares a cleanup, from connection to close, with one bare UPDATE of the same rows.
 *
 * @param before what the other side does first, on its open connection
 */
export async function compareWithBareUpdate(
  bench: Bench,
  contacts: Contacts,
  rounds: number,
  before: (sql: Sql) => Promise<unknown>,
): Promise<Measured> {
  const threads = dueCount(contacts);
  const ours = async () => {
    const { url } = await bench.server.fresh(contacts);
    return timed(() => cleanUpAll(url, threads));
  };
  const bare = async () => {
    const { sql } = await bench.server.fresh(contacts);
    return timed(async () => {
      await before(sql);
      expectCount(await bareUpdate(sql), threads);
    });
  };
  // The first run of all compiles this program's own code.
  await ours();
  const { ratio, ...sides } = await compare(
    rounds,
    (round) => {
      bench.progress(`round ${round + 1} of ${rounds}`);
      return ours();
    },
    bare,
  );
  return {
    value: ratio.median,
    measured: spreadText(ratio, 'times'),
    figures: { contacts: contacts.count, threads, ratio, oursMs: sides.ours, bareMs: sides.other },
    notes: [
      `${count(threads)} threads of ${count(contacts.count)} contacts: cleanup ${figure(sides.ours.median)} ms, ` +
        `bare ${figure(sides.other.median)} ms`,
    ],
  };
}
