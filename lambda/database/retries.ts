import { setTimeout as pause } from 'node:timers/promises';
import { isPoolFull } from './pool-full.ts';

/** Pauses before each further attempt (ms): long enough in all for a restart or a failover, about 16 s. */
const PAUSES_MS = [200, 500, 1_000, 2_000, 4_000, 8_000];

/** Another transaction came in between, in a transaction that is isolated from others (PostgreSQL: serialization_failure). */
export const CONFLICT = '40001';

/** PostgreSQL, "PostgreSQL Error Codes": what another attempt may well not meet again; a full pool besides. */
const PASSING_SQLSTATE = new Set([
  CONFLICT,
  '40P01', // deadlock
  '55P03', // lock not available
  '57P01', // the connection was terminated, or the server is being shut down
  '57P02', // another process of the server crashed
  '57P03', // starting up, shutting down or in recovery
  '57P05', // idle too long
]);

const PASSING_CONNECTION_ERROR = new Set([
  'CONNECTION_CLOSED',
  'CONNECT_TIMEOUT',
  'ECONNRESET',
  'ECONNREFUSED',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EAI_AGAIN',
]);

export function isConflict(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === CONFLICT;
}

/** Whether a failure passes by itself: the connection, a conflict with others, a server that restarts. */
export function isTransient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error ? String(error.code) : '';
  if (isPoolFull(code, error.message)) return true;
  return PASSING_SQLSTATE.has(code) || PASSING_CONNECTION_ERROR.has(code) || /^08\w{3}$/.test(code);
}

/**
 * Does something again as long as its failures are transient, with growing pauses.
 *
 * @param attempt told whether it is the first one
 * @param mayWait asked before each pause (ms), so that nobody waits for what there is no time for or no use in
 * @param signal ends a pause
 * @throws the last error, as it was thrown
 */
export async function withRetries<T>(
  attempt: (isFirst: boolean) => Promise<T>,
  mayWait: (ms: number, error: unknown) => boolean,
  signal?: AbortSignal,
): Promise<T> {
  for (const [index, ms] of [...PAUSES_MS, 0].entries()) {
    try {
      return await attempt(index === 0);
    } catch (error) {
      if (index === PAUSES_MS.length || !isTransient(error) || !mayWait(ms, error)) throw error;
      // An interruption ends the pause; the next attempt says so.
      await pause(ms, undefined, { signal }).catch(() => undefined);
    }
  }
  throw new Error('unreachable: the last attempt returns or throws');
}
