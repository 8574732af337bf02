import postgres, { type PendingQuery, type Row, type Sql } from 'postgres';
import type { DatabaseAddress } from './database-address.ts';
import { databaseError } from './database-errors.ts';
import { JobError } from './errors.ts';
import { tlsOption } from './tls.ts';

/**
 * One connection. There are no transactions: every step is one statement, atomic by itself, so that no lock is held
 * while the client thinks, waits or is frozen (invariant 6), and a pooler in transaction mode is as good as a server.
 */
export interface Database {
  /**
   * Runs one statement within its time bound.
   *
   * @throws JobError in the words of `databaseError`, or StatementTimeout
   */
  run<T extends readonly Row[]>(statement: (sql: Sql) => PendingQuery<T>): Promise<T>;
  close(): Promise<void>;
}

export interface DatabaseOptions {
  /** Milliseconds that a statement may take. @default 300000 */
  readonly statementTimeoutMs?: number;
  /** Milliseconds that connecting and logging in may take. @default 30000 */
  readonly connectTimeoutMs?: number;
  /** Milliseconds until whoever called us stops us. @default without end */
  readonly remainingTimeMs?: () => number;
  /** Ends the statement that runs and refuses further ones. */
  readonly signal?: AbortSignal;
}

/** Two statements that wait for a lock this long, and a slow connect, still end within Lambda's 15 minutes. */
const STATEMENT_TIMEOUT_MS = 300_000;
/** AWS, "Scaling to Zero ACUs": an Aurora Serverless v2 instance wakes within about 15 s, after a long sleep 30 s. */
const CONNECT_TIMEOUT_MS = 30_000;
/** Left of the caller's time, so that an error still gets out. */
const CLOSING_TIME_MS = 5_000;
/** For a cancelled statement to end, and for a connection to close. */
const GRACE_MS = 3_000;

/**
 * Opens one connection and proves that it works.
 *
 * @throws JobError DatabaseUnreachable or DatabaseLoginRefused, saying which and what to check
 */
export async function openDatabase(address: DatabaseAddress, options: DatabaseOptions = {}): Promise<Database> {
  const connectTimeoutMs = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
  const sql = postgres({
    host: address.host,
    port: address.port,
    user: address.user,
    password: address.password,
    database: address.database,
    ssl: tlsOption(address.tls, address.host),
    max: 1,
    connect_timeout: connectTimeoutMs / 1000,
    idle_timeout: 0,
    max_lifetime: 0,
    // A prepared statement outlives its transaction: a pooler would run it on a server that never heard of it.
    prepare: false,
    // Saves a round trip; array parameters are passed as text and cast by the statement.
    fetch_types: false,
    // The only start-up parameter that every pooler takes.
    connection: { application_name: 'thread-cleanup' },
    // postgres.js prints notices otherwise.
    onnotice: () => undefined,
  });

  async function bounded<T extends readonly Row[]>(
    query: PendingQuery<T>,
    ms: number,
    late: () => JobError,
  ): Promise<T> {
    const { signal } = options;
    let reason: JobError | undefined;
    let giveUp = (_: JobError) => {};
    const silence = new Promise<never>((_, reject) => {
      giveUp = reject;
    });
    const stop = (why: JobError) => {
      reason = why;
      cancel(query);
      // A server that does not answer does not answer a cancellation either.
      setTimeout(giveUp, GRACE_MS, why).unref();
    };
    const interrupt = () =>
      stop(new JobError('Interrupted', 'Interrupted. What is in the audit table was cleared, nothing else.'));
    const timer = setTimeout(() => stop(late()), ms);
    signal?.addEventListener('abort', interrupt);
    if (signal?.aborted) interrupt();
    try {
      return await Promise.race([query, silence]);
    } catch (error) {
      throw reason ?? databaseError(error, address);
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', interrupt);
    }
  }

  const database: Database = {
    run: (statement) => {
      const remaining = (options.remainingTimeMs?.() ?? Number.POSITIVE_INFINITY) - CLOSING_TIME_MS;
      const ms = Math.max(1, Math.min(options.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS, remaining));
      return bounded(statement(sql), ms, () => statementTimeout(ms));
    },
    close: () => sql.end({ timeout: GRACE_MS / 1000 }),
  };
  try {
    // The driver reconnects without end when a server accepts and hangs up; its own time-out does not cover that.
    await bounded(sql`select 1`, connectTimeoutMs + GRACE_MS, () => noAnswer(address, connectTimeoutMs));
    return database;
  } catch (error) {
    await sql.end({ timeout: 0 });
    throw error;
  }
}

/**
 * Asks the server to end a statement. `query.cancel()` does the same and drops its promise: where the server is out of
 * reach by then, that promise's rejection would end the process (postgres.js 3.4.9).
 */
function cancel(query: object): void {
  const canceller: unknown = Reflect.get(query, 'canceller');
  if (typeof canceller === 'function') Promise.resolve(canceller(query)).catch(() => undefined);
}

function statementTimeout(ms: number): JobError {
  return new JobError(
    'StatementTimeout',
    `A statement did not end within ${Math.round(ms / 1000)} s and was cancelled. Something may hold the table locked, ` +
      'such as a migration: look for it in pg_locks and pg_stat_activity, then run again. ' +
      'What is in the audit table was cleared, nothing else.',
  );
}

function noAnswer({ host, port }: DatabaseAddress, ms: number): JobError {
  return new JobError(
    'DatabaseUnreachable',
    `${host}, port ${port}, takes connections but let nobody in within ${Math.round(ms / 1000)} s. It may be asleep or ` +
      'starting, or a proxy stands before a database that is gone. Try again in a minute.',
  );
}
