import { randomInt } from 'node:crypto';
import type { PendingQuery, Row, Sql } from 'postgres';
import { type SqlText, sqlText } from './sql-text.ts';

/** Tells the locks of this program from other people's ("Advisory Locks" have two numbers for that): "thrd" in ASCII. */
const LOCK_CLASS = 0x74_68_72_64;
const MAX_INTEGER = 2 ** 31 - 1;

/** What the server goes on with when its connection broke, and how to wait for that. */
export interface LostStatements {
  /** The first statement of a simple query that may be waited for. */
  readonly mark: SqlText;
  /** Waits until every query with that mark has ended. */
  wait(sql: Sql): PendingQuery<Row[]>;
}

/**
 * The server goes on with a query whose connection broke, and until that has ended nobody can look up what it did. So each
 * one begins with an advisory lock in shared mode, which lives as long as its transaction: it is held while the query waits
 * for a table's lock, behind a pooler, and whatever a session is called there. Taking it exclusively waits for all of them.
 */
export function lostStatements(): LostStatements {
  const run = randomInt(MAX_INTEGER);
  return {
    mark: sqlText`select pg_catalog.pg_advisory_xact_lock_shared(${LOCK_CLASS}, ${run})`,
    wait: (sql) => sql`select pg_catalog.pg_advisory_xact_lock(${LOCK_CLASS}::int, ${run}::int)`,
  };
}
