import { setTimeout as pause } from 'node:timers/promises';
import type { PendingQuery, Row, Sql } from 'postgres';
import { JobError } from './errors.ts';

/** What every session of this program is called at the server. */
export const APPLICATION_NAME = 'thread-cleanup';

const LOOK_AGAIN_MS = 100;

type Run = <T extends readonly Row[]>(statement: (sql: Sql) => PendingQuery<T>) => Promise<T>;

/**
 * Waits until no statement of this program is being carried out that began before now. The server goes on with one whose
 * connection broke, and until that has ended nobody can look up what it did.
 *
 * @param ms how long to wait at most
 * @throws JobError StatementTimeout
 */
export async function waitForOrphans(run: Run, ms: number): Promise<void> {
  const end = performance.now() + ms;
  const [clock] = await run((sql) => sql<{ now: string }[]>`select clock_timestamp()::text as now`);
  const now = clock?.now ?? '';
  while ((await run((sql) => selectStatementsSince(sql, now))).length > 0) {
    if (performance.now() > end) throw stillWorking();
    await pause(LOOK_AGAIN_MS);
  }
}

/** By name and role, not by process: a pooler hands out another one for every statement. */
const selectStatementsSince = (sql: Sql, now: string) => sql`
  select pid from pg_stat_activity
   where application_name = ${APPLICATION_NAME}::text and usename = current_user and datname = current_database()
     and pid <> pg_backend_pid() and state = 'active' and query_start < ${now}::timestamptz`;

function stillWorking(): JobError {
  return new JobError(
    'StatementTimeout',
    'The connection broke in the middle of a statement, and the server is still at work on it: look for it in ' +
      'pg_stat_activity. What is in the audit table was cleared, nothing else; the next run does what this one left.',
  );
}
