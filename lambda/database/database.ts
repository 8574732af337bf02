import postgres, { type PendingQuery, type Row, type Sql } from 'postgres';
import { JobError, ONLY_RECORDED } from '../model/job-error.ts';
import type { DatabaseAddress } from './address.ts';
import { type Client, startClient } from './client.ts';
import { databaseError, networkBetween, speaksNoTls } from './connection-errors.ts';
import { waitForLostStatements } from './lost-statements.ts';
import { withRetries } from './retries.ts';
import type { Place } from './server-errors.ts';
import { STATEMENT_TIMEOUT_MS } from './statement-timeout.ts';

/**
 * One connection. There are no transactions: every step is one statement, atomic by itself, so that no lock is held
 * while the client thinks, waits or is frozen (invariant 6), and a pooler in transaction mode is as good as a server.
 */
export interface Database {
  /**
   * Runs one statement within its time bound, and again when a transient failure hit it. Every statement of this program
   * may be run twice: what the first run did, the second finds done.
   *
   * @param recall looks up what the statement did, for when the connection broke before it could say so; it is run when
   *   the server has ended the statement. Its rows, if there are any, are the result, and the statement is not run again
   * @throws JobError in the words of `databaseError`, or StatementTimeout
   */
  run<T extends readonly Row[]>(
    statement: (sql: Sql) => PendingQuery<T>,
    recall?: (sql: Sql) => PendingQuery<T>,
  ): Promise<T>;
  close(): Promise<void>;
  /** Where a table name without a schema is looked for; undefined means along the search path. */
  readonly defaultSchema: string | undefined;
}

export interface DatabaseOptions {
  /** Milliseconds that a statement may take. @default 220000 */
  readonly statementTimeoutMs?: number;
  /** Milliseconds that connecting and logging in may take. @default 30000 */
  readonly connectTimeoutMs?: number;
  /** Milliseconds until the caller stops us. @default without end */
  readonly remainingTimeMs?: () => number;
  /** Ends the statement that runs and refuses further ones. */
  readonly signal?: AbortSignal;
  /** Whether this runs in AWS, so that advice on the network is about a VPC. @default false */
  readonly deployed?: boolean;
}

/** AWS, "Scaling to Zero ACUs": an Aurora Serverless v2 instance wakes within about 15 s, after a long sleep 30 s. */
export const CONNECT_TIMEOUT_MS = 30_000;
/** Left of the caller's time, so that an error still gets out: a cancellation that nobody answers takes 3 s. */
const CLOSING_TIME_MS = 5_000;

/**
 * Opens one connection and proves that it works.
 *
 * @throws JobError DatabaseUnreachable or DatabaseLoginRefused, saying which and what to check
 */
export async function openDatabase(address: DatabaseAddress, options: DatabaseOptions = {}): Promise<Database> {
  const remainingTimeMs = options.remainingTimeMs ?? (() => Number.POSITIVE_INFINITY);
  const within = (ms: number) => Math.max(1, Math.min(ms, remainingTimeMs() - CLOSING_TIME_MS));
  const connectTimeoutMs = within(options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
  const client = startClient(address, connectTimeoutMs, options.signal);
  const place = { ...address, deployed: options.deployed ?? false, sent: true };
  await logIn(client, { ...place, sent: false }, connectTimeoutMs, options.signal);

  const boundMs = () => within(options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS);
  const runBounded = <T extends readonly Row[]>(statement: (sql: Sql) => PendingQuery<T>) => {
    const ms = boundMs();
    return client.run(statement, ms, () => statementTimeout(ms));
  };
  return {
    run: (statement, recall) =>
      withRetries(
        async (isFirst) => {
          if (!isFirst) client.renewIfLost();
          if (isFirst || !recall) return runBounded(statement);
          await waitForLostStatements(runBounded, boundMs());
          const done = await runBounded(recall);
          return done.length > 0 ? done : runBounded(statement);
        },
        (ms) => remainingTimeMs() - CLOSING_TIME_MS > ms,
        options.signal,
      ).catch((error: unknown) => {
        throw databaseError(error, place);
      }),
    close: () => client.close(),
    defaultSchema: address.schema,
  };
}

/** Connects and logs in, more than once where that may help; a client that cannot is closed. */
async function logIn(client: Client, place: Place, timeoutMs: number, signal: AbortSignal | undefined) {
  // The driver's own time-out begins anew with every attempt at a server that hangs up; this one covers them all.
  const end = performance.now() + timeoutMs;
  // Where the time runs out over one attempt more, the failure of the one before says what is the matter.
  let failure: JobError | undefined;
  const late = () => failure ?? noAnswer(place, timeoutMs, client.reached());
  try {
    await withRetries(
      (isFirst) => {
        if (!isFirst) client.renewIfLost();
        return client.run((sql) => sql`select 1`, end - performance.now(), late);
      },
      (ms, error) => {
        failure = databaseError(error, place);
        return isWorthAnotherLogin(error, ms) && performance.now() + ms < end;
      },
      signal,
    );
  } catch (error) {
    await client.hangUp();
    throw databaseError(error, place);
  }
}

/** A server that is not there after so long a pause (ms), some 4 s in all, is most often not there at all. */
const LONGEST_PAUSE_UNHEARD_MS = 2_000;

/**
 * A server that answers is starting or full just now; what a pooler answers to a login (08P01) does not pass by itself,
 * or not soon. A server that refuses or resets the connection may be restarting, one that speaks no TLS is not.
 */
function isWorthAnotherLogin(error: unknown, pauseMs: number): boolean {
  if (error instanceof postgres.PostgresError) return error.code !== '08P01';
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const mayBeBack = code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EAI_AGAIN';
  return mayBeBack && !speaksNoTls(error) && pauseMs <= LONGEST_PAUSE_UNHEARD_MS;
}

function statementTimeout(ms: number): JobError {
  return new JobError(
    'StatementTimeout',
    `A statement did not end within ${seconds(ms)} and was cancelled. The table may be locked, for example by a ` +
      `migration: look for it in pg_locks and pg_stat_activity, then run again. ${ONLY_RECORDED}`,
  );
}

function noAnswer({ host, port, deployed }: Place, ms: number, reached: boolean): JobError {
  const symptom = reached ? 'accepted the connection but did not finish the login within' : 'did not answer within';
  const advice = reached
    ? 'It may be asleep or starting, or be a proxy whose database is gone: try again in a minute.'
    : `Check ${networkBetween(deployed)}.`;
  return new JobError(
    'DatabaseUnreachable',
    `${host}, port ${port}, ${symptom} ${seconds(ms)}. ${advice} Nothing was changed.`,
  );
}

const seconds = (ms: number) => `${Number((ms / 1000).toFixed(1))} s`;
