import { JobError } from '../model/job-error.ts';
import type { ThreadFigures } from './check.ts';

/** Per cent of the active threads that one run may clear without `force`. */
export const DEFAULT_MAX_CLEARED_SHARE = 50;
/** What `parseShare` accepts, for messages. */
export const ALLOWED_SHARE = 'a percentage from 1 to 100, without the sign';

/** So few threads are never a mistake worth stopping for: a small installation may well be full. */
const ALWAYS_ALLOWED = 20;

/** Reads a share in per cent from text; undefined when it is none. */
export function parseShare(text: string): number | undefined {
  const share = /^\d{1,3}(\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  return share >= 1 && share <= 100 ? share : undefined;
}

/**
 * Stops a cleanup whose limit was set wrongly (1,000 for 1,000,000) before it wipes everyone.
 *
 * @param figures of the check's own statement, so that the preview is the cleanup (invariant 5)
 * @param maxClearedShare per cent of the active threads
 * @throws JobError CleanupRefused, with both figures
 */
export function applyBrake(
  { overLimitThreads, activeThreads }: ThreadFigures,
  tokenLimit: number,
  maxClearedShare: number,
): void {
  if (overLimitThreads <= ALWAYS_ALLOWED || overLimitThreads * 100 <= activeThreads * maxClearedShare) return;
  const share = Math.round((overLimitThreads * 1000) / activeThreads) / 10;
  throw new JobError(
    'CleanupRefused',
    `With a limit of ${tokenLimit} tokens this cleanup would clear ${overLimitThreads} of ${activeThreads} active threads ` +
      `(${share} %); allowed are ${maxClearedShare} % (MAX_CLEARED_SHARE, context key maxClearedShare). Nothing was touched. ` +
      'Check the limit; if it is meant, run once with "force": true (terminal: --force).',
  );
}
