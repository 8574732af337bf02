import type { PendingQuery, Row } from 'postgres';
import type { JobError } from '../model/job-error.ts';

/** The errors for a statement that did not end by itself. */
export interface EarlyEnds {
  /** It took longer than it may. */
  readonly late: () => JobError;
  readonly interrupted: () => JobError;
}

export interface TimeBound extends EarlyEnds {
  readonly ms: number;
  /** Ends the statement early. */
  readonly signal: AbortSignal | undefined;
  /** Ends the connection, and the statement with it: asked when the server did not even answer the cancellation. */
  readonly hangUp: () => void;
}

/**
 * Three statements that wait for a lock this long, and a slow connect, still end within Lambda's 15 minutes; one of them
 * within what the check of a deployment has (lib/schedule/deployment-check.ts).
 */
export const STATEMENT_TIMEOUT_MS = 220_000;
/** For a cancelled statement to end. */
const GRACE_MS = 3_000;
/** A process that was stopped meanwhile finds its clock run out and its result waiting: the result is read first. */
const WAITING_RESULT_MS = 100;
/** A cancellation that overtakes its statement does nothing, and the server does not say so. */
const CANCEL_AGAIN_MS = 500;

/**
 * Runs a statement until it is done, late or interrupted; in the last two cases the server is asked to end it, and waited
 * for no longer than the grace period.
 *
 * The bound is the client's: a `SET statement_timeout` would not survive a pooler in transaction mode.
 *
 * @throws the bound's own errors; else what the driver throws
 */
export async function runWithin<T extends readonly Row[]>(query: PendingQuery<T>, bound: TimeBound): Promise<T> {
  const { ms, late, interrupted, signal, hangUp } = bound;
  if (signal?.aborted) throw interrupted();
  let reason: JobError | undefined;
  let grace: NodeJS.Timeout | undefined;
  let again: NodeJS.Timeout | undefined;
  const cancellations: Promise<void>[] = [];
  const askToCancel = () => cancellations.push(cancel(query));
  const hungUp = Promise.withResolvers<void>();
  const stop = (why: JobError) => {
    if (reason) return;
    reason = why;
    askToCancel();
    again = setInterval(askToCancel, CANCEL_AGAIN_MS);
    grace = setTimeout(() => {
      hangUp();
      hungUp.resolve();
    }, GRACE_MS);
  };
  const interrupt = () => stop(interrupted());
  let timer = setTimeout(() => {
    timer = setTimeout(() => stop(late()), WAITING_RESULT_MS);
  }, ms);
  signal?.addEventListener('abort', interrupt);
  try {
    return await query;
  } catch (error) {
    throw reason ?? error;
  } finally {
    clearTimeout(timer);
    clearInterval(again);
    signal?.removeEventListener('abort', interrupt);
    // One that is still on its way would end whatever this connection does next.
    await Promise.race([Promise.all(cancellations), hungUp.promise]);
    clearTimeout(grace);
  }
}

/**
 * Asks the server to end a statement. `query.cancel()` does the same and drops its promise: where the server is out of
 * reach by then, that promise's rejection would end the process (postgres.js 3.4.9).
 */
async function cancel(query: object): Promise<void> {
  const canceller: unknown = Reflect.get(query, 'canceller');
  if (typeof canceller === 'function') await Promise.resolve(canceller(query)).catch(() => undefined);
}
