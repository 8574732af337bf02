import postgres, { type PendingQuery, type Sql } from 'postgres';
import { JobError } from '../model/job-error.ts';
import type { DatabaseAddress } from './address.ts';
import { type Client, startClient } from './client.ts';
import { databaseError, networkBetween, speaksNoTls } from './connection-errors.ts';
import { lostStatements } from './lost-statements.ts';
import { passwordForms } from './password.ts';
import { isPoolFull } from './pool-full.ts';
import { isReadOnly, readOnlyBecause, selectReadOnlyState } from './read-only.ts';
import { isConflict, withRetries } from './retries.ts';
import { requireCatalogueFirst, selectSearchPath } from './search-path.ts';
import { type Place, type Sent, whatChanged } from './server-errors.ts';
import { asSql, type SqlText } from './sql-text.ts';
import { STATEMENT_TIMEOUT_MS } from './statement-timeout.ts';
import { tlsOption } from './tls.ts';

/**
 * One connection. There are no transactions that outlive a round trip: every step is one statement, or one simple query,
 * atomic by itself, so that no lock is held while the client thinks, waits or is frozen (invariant 6), and a pooler in
 * transaction mode is as good as a server.
 *
 * Nothing foreign is executed (invariant 9). A function or operator in another schema, made by whoever may create one
 * there, is preferred to one of `pg_catalog` whose argument types do not fit exactly. So every function is called as
 * `pg_catalog.f(…)`, and operators have operands of exactly their types: `details ->> 'key'::text`, not `->> 'key'`.
 */
export interface Database {
  /**
   * Runs one statement within its time bound, and again when a transient failure hit it: one that reads, or that may be
   * run twice because the second run finds done what the first one did.
   *
   * @param extent of a statement that reads the whole table, whatever its size: it has all of the caller's time
   * @throws JobError in the words of `databaseError`, or StatementTimeout
   */
  run<T extends object>(statement: Statement<T>, extent?: 'whole table'): Promise<T[]>;
  /**
   * Reads a result of any length in bounded memory: each page of it is asked for once `take` has dealt with the one before.
   * It may take all of the caller's time, and is not run again once the first page is there.
   *
   * @throws JobError as `run` does, also for what `take` throws
   */
  stream<T extends object>(statement: Statement<T>, take: (page: T[]) => Promise<void>): Promise<void>;
  /**
   * Carries out a change as one simple query, and again when a transient failure undid it.
   *
   * @param recall looks up what the change did, for when the connection broke before it could say so; it is run when the
   *   server has ended the change. Its rows, if there are any, are the result, and the change is not carried out again
   * @returns the rows of the change's statement
   * @throws JobError as `run` does; a conflict with another transaction (40001) is not tried again
   */
  change<T extends object>(change: Change, recall: Statement<T>): Promise<T[]>;
  close(): Promise<void>;
  /** Where a table name without a schema is looked for; undefined means along the search path. */
  readonly defaultSchema: string | undefined;
}

export type Statement<T extends object> = (sql: Sql) => PendingQuery<T[]>;

/** What changes rows, complete with its values: a simple query is one implicit transaction in one round trip. */
export interface Change {
  /** Its rows are the result. */
  readonly statement: SqlText;
  /**
   * Raises where triggers that act after the statement have changed what it said. Deferred ones are told to act at once.
   *
   * @default no such trigger is there
   */
  readonly proof?: SqlText | undefined;
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
/** The longest that a timer of Node.js takes; in a terminal, nobody stops us earlier. */
const MAX_TIMER_MS = 2 ** 31 - 1;
/** Left of the caller's time, so that an error still gets out: a cancellation that nobody answers takes 3 s. */
const CLOSING_TIME_MS = 5_000;

/**
 * Opens one connection and proves that it works.
 *
 * @throws JobError DatabaseUnreachable or DatabaseLoginRefused, saying which and what to check; InvalidSettings when the
 *   session's search path would let others put their code in place of PostgreSQL's own
 */
export async function openDatabase(address: DatabaseAddress, options: DatabaseOptions = {}): Promise<Database> {
  const remainingTimeMs = options.remainingTimeMs ?? (() => Number.POSITIVE_INFINITY);
  let sent: Sent = 'nothing';
  const within = (ms: number) => {
    const left = remainingTimeMs() - CLOSING_TIME_MS;
    if (left <= 0) throw timeIsOver(sent);
    return Math.min(ms, left);
  };
  const connectTimeoutMs = within(options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
  const { password } = address;
  const passwords = typeof password === 'string' ? passwordForms(password) : [password];
  const tls = await tlsOption(address.tls, address.host);
  const client = startClient(address, tls, passwords, connectTimeoutMs, options.signal);
  const place = { ...address, deployed: options.deployed ?? false };
  await logIn(client, { ...place, sent }, connectTimeoutMs, options.signal);
  sent = 'no change';

  const runBounded = async <T extends object>(
    statement: Statement<T>,
    late = statementTimeout,
    boundMs = STATEMENT_TIMEOUT_MS,
  ) => {
    const ms = within(options.statementTimeoutMs ?? boundMs);
    return withoutHoles(
      await client.run(statement, ms, { late: () => late(ms, sent), interrupted: () => interrupted(sent) }),
    );
  };
  const lost = lostStatements();
  const carryOut = async <T extends object>(change: Change) => {
    const query = simpleQuery(lost.mark, change);
    // The mark's own row comes first.
    const [, rows = []] = await runBounded((sql) => sql.unsafe<T[][]>(query).simple());
    return rows;
  };
  const retried = <T>(attempt: (isFirst: boolean) => Promise<T>, isWorthIt: (error: unknown) => boolean) => {
    const tryFrom = (start: 'the beginning' | 'a new connection') =>
      withRetries(
        (isFirst) => {
          if (!isFirst) client.renewIfLost();
          return attempt(isFirst && start === 'the beginning');
        },
        (ms, error) => isWorthIt(error) && remainingTimeMs() - CLOSING_TIME_MS > ms,
        options.signal,
      );
    return tryFrom('the beginning')
      .catch((error: unknown) => {
        if (!isReadOnly(error)) throw error;
        // After a failover the same name leads to the new primary.
        client.renew();
        return tryFrom('a new connection');
      })
      .catch(async (error: unknown) => {
        const here = { ...place, sent };
        throw databaseError(error, isReadOnly(error) ? { ...here, readOnly: await whyReadOnly() } : here);
      });
  };
  const whyReadOnly = () =>
    runBounded(selectReadOnlyState).then(
      ([state = {}]) => readOnlyBecause(state),
      () => undefined,
    );
  return {
    run: (statement, extent) =>
      retried(
        () => runBounded(statement, statementTimeout, extent && MAX_TIMER_MS),
        () => true,
      ),
    stream: async (statement, take) => {
      const pages = paged(statement, take);
      await retried(
        async () => {
          await runBounded(pages.statement, statementTimeout, MAX_TIMER_MS);
          await pages.taken();
        },
        () => !pages.begun(),
      );
    },
    change: (change, recall) =>
      retried(
        async (isFirst) => {
          sent = 'changes';
          if (isFirst) return carryOut(change);
          await runBounded(lost.wait, stillWorking);
          const done = await runBounded(recall);
          return done.length > 0 ? done : carryOut(change);
        },
        (error) => !isConflict(error),
      ),
    close: () => client.close(),
    defaultSchema: address.schema,
  };
}

/** Rows of a page: they are in memory together, here and in the driver. */
const PAGE_ROWS = 1_000;

/** A statement whose rows are taken page by page. The driver waits for all pages but the last one to be taken. */
function paged<T extends object>(statement: Statement<T>, take: (page: T[]) => Promise<void>) {
  let begun = false;
  let taken = Promise.resolve();
  return {
    statement: (sql: Sql) => {
      const query = statement(sql);
      // It returns the query itself.
      void query.cursor(PAGE_ROWS, (rows) => {
        begun = true;
        taken = take(withoutHoles(rows));
        // Nobody but `taken` waits for the last one, and a failure of it must not end the process before.
        taken.catch(() => undefined);
        return taken;
      });
      return query;
    },
    begun: () => begun,
    taken: () => taken,
  };
}

/** postgres.js 3.4.9 keeps its row counter after an error in the middle of a result: the next result begins with holes. */
const withoutHoles = <T>(rows: readonly (T | undefined)[]) => rows.filter((row) => row !== undefined);

function simpleQuery(mark: SqlText, { statement, proof }: Change): string {
  const statements = proof ? [asSql('set constraints all immediate'), statement, proof] : [statement];
  return [mark, ...statements].map(({ sql }) => sql).join(';\n');
}

/** Connects and logs in, more than once where that may help; a client that cannot, or that may not stay, is closed. */
async function logIn(client: Client, place: Place, timeoutMs: number, signal: AbortSignal | undefined) {
  // The driver's own time-out begins anew with every attempt at a server that hangs up; this one covers them all.
  const end = performance.now() + timeoutMs;
  // Where the time runs out over one attempt more, the failure of the one before says what is the matter.
  let failure: JobError | undefined;
  const ends = {
    late: () => failure ?? noAnswer(place, timeoutMs, client.reached()),
    interrupted: () => interrupted(place.sent),
  };
  try {
    const tryLogin = () =>
      withRetries(
        (isFirst) => {
          if (!isFirst) client.renewIfLost();
          return client.run(selectSearchPath, end - performance.now(), ends);
        },
        (ms, error) => {
          failure = databaseError(error, place);
          return isWorthAnotherLogin(error, ms) && performance.now() + ms < end;
        },
        signal,
      );
    const [session] = await tryLogin().catch((error: unknown) => {
      const refused = databaseError(error, place).code === 'DatabaseLoginRefused';
      if (refused && client.tryNextPassword()) return tryLogin();
      throw error;
    });
    requireCatalogueFirst(session?.path ?? []);
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
  if (error instanceof postgres.PostgresError) return error.code !== '08P01' || isPoolFull(error.code, error.message);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const mayBeBack = code === 'ECONNREFUSED' || code === 'ECONNRESET' || code === 'EAI_AGAIN';
  return mayBeBack && !speaksNoTls(error) && pauseMs <= LONGEST_PAUSE_UNHEARD_MS;
}

function interrupted(sent: Sent): JobError {
  return new JobError('Interrupted', `Interrupted. ${whatChanged({ sent })}`);
}

function timeIsOver(sent: Sent): JobError {
  return new JobError(
    'StatementTimeout',
    `The time that the caller has is over: less than ${seconds(CLOSING_TIME_MS)} of it are left, too little for a statement. ` +
      `Run again, with more time. ${whatChanged({ sent })}`,
    { mayPass: true },
  );
}

function statementTimeout(ms: number, sent: Sent): JobError {
  return new JobError(
    'StatementTimeout',
    `A statement did not end within ${seconds(ms)} and was cancelled. The table may be locked, for example by a ` +
      `migration: look for it in pg_locks and pg_stat_activity, then run again. ${whatChanged({ sent })}`,
    { mayPass: true },
  );
}

function noAnswer({ host, port, source, deployed }: Place, ms: number, reached: boolean): JobError {
  const symptom = reached ? 'accepted the connection but did not finish the login within' : 'did not answer within';
  const advice = reached
    ? 'It may be asleep or starting, or be a proxy whose database is gone: try again in a minute.'
    : `Check host and port in ${source}, and ${networkBetween(deployed)}.`;
  return new JobError(
    'DatabaseUnreachable',
    `${host}, port ${port}, ${symptom} ${seconds(ms)}. ${advice} Nothing was changed.`,
    { mayPass: true },
  );
}

function stillWorking(_ms: number, sent: Sent): JobError {
  return new JobError(
    'StatementTimeout',
    'The connection was lost in the middle of a statement, and the server is still at work on it: look for it in ' +
      `pg_stat_activity. ${whatChanged({ sent })} The next run continues.`,
    { mayPass: true },
  );
}

const seconds = (ms: number) => `${Number((ms / 1000).toFixed(1))} s`;
