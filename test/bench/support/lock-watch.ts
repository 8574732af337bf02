import type { Sql } from 'postgres';
import { parseDatabaseAddress } from '../../../lambda/database/address.ts';
import { type Database, openDatabase } from '../../../lambda/database/database.ts';
import { timed } from './spread.ts';

/** A connection like the job's own that notes how long each statement took that locks rows, in ms. */
export interface WatchedDatabase extends Database {
  readonly lockingMs: readonly number[];
}

/**
 * Locks are taken inside a clearing statement and given back at its end, since there are no transactions: what the client
 * waits for the statement is the most that any of its rows can have been locked.
 */
export async function openWatched(url: string): Promise<WatchedDatabase> {
  const database = await openDatabase(parseDatabaseAddress(url, 'The bench'));
  const lockingMs: number[] = [];
  return {
    ...database,
    lockingMs,
    change: async (change, recall) => {
      const start = performance.now();
      const rows = await database.change(change, recall);
      lockingMs.push(performance.now() - start);
      return rows;
    },
  };
}

/**
 * Plays an assistant that writes to one row after another, among those that are being cleared.
 *
 * @param phones whom it writes to, over and over
 * @returns what stops it and says how long it waited for each write, in ms
 */
export function writeOver(sql: Sql, phones: readonly string[]): () => Promise<number[]> {
  const waits: number[] = [];
  let stopped = false;
  const writing = (async () => {
    for (let n = 0; !stopped; n += 1) {
      const phone = phones[n % phones.length] ?? '';
      waits.push(
        await timed(async () => sql`update "ClientView" set "lastActivity" = now() where "phoneNumber" = ${phone}`),
      );
    }
  })();
  return async () => {
    stopped = true;
    await writing;
    return waits;
  };
}
