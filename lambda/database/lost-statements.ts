import { setTimeout as pause } from 'node:timers/promises';
import type { PendingQuery, Row, Sql } from 'postgres';
import { JobError, ONLY_RECORDED } from '../model/job-error.ts';

/** What every session of this program is called at the server. */
export const APPLICATION_NAME = 'thread-cleanup';

const LOOK_AGAIN_MS = 100;
/** How long to wait for sessions that may be at work or not: the server does not let the role see it. */
const UNSEEN_MS = 10_000;

type Run = <T extends readonly Row[]>(statement: (sql: Sql) => PendingQuery<T>) => Promise<T>;

/**
 * Waits until no statement of this program is being carried out that began before now. The server continues one whose
 * connection broke, and until that has ended nobody can look up what it did.
 *
 * @param ms how long to wait at most
 * @throws JobError StatementTimeout
 */
export async function waitForLostStatements(run: Run, ms: number): Promise<void> {
  const start = performance.now();
  const [clock] = await run((sql) => sql<{ now: string }[]>`select clock_timestamp()::text as now`);
  const now = clock?.now ?? '';
  for (;;) {
    const statements = await run((sql) => selectStatementsSince(sql, now));
    const waited = performance.now() - start;
    if (statements.every(({ seen }) => !seen && waited > UNSEEN_MS)) return;
    if (waited > ms) throw stillWorking();
    await pause(LOOK_AGAIN_MS);
  }
}

/**
 * By name and login, not by process: a pooler hands out another one for every statement. What a session does is not seen
 * by a role that its login was turned into (`ALTER ROLE … SET role`), unless that role is a member of the login's.
 */
const selectStatementsSince = (sql: Sql, now: string) => sql<{ seen: boolean }[]>`
  select state is not null as seen from pg_stat_activity
   where application_name = ${APPLICATION_NAME}::text and usename = session_user and datname = current_database()
     and pid <> pg_backend_pid() and (state is null or (state = 'active' and query_start < ${now}::timestamptz))`;

function stillWorking(): JobError {
  return new JobError(
    'StatementTimeout',
    'The connection was lost in the middle of a statement, and the server is still at work on it: look for it in ' +
      `pg_stat_activity. ${ONLY_RECORDED} The next run continues.`,
  );
}
