import type { ThreadFigures } from '../model/figures.ts';
import { JobError } from '../model/job-error.ts';

/** So few threads are never a mistake worth stopping for: a small installation may well be full. */
const ALWAYS_ALLOWED = 20;

/**
 * Stops a cleanup whose limit was set wrongly (1,000 for 1,000,000) before it wipes everyone.
 *
 * @param figures of the check's own statement, so that the preview is the cleanup (invariant 5)
 * @param maxClearedShare per cent of the active threads
 * @throws JobError CleanupRefused, with both figures
 */
export function applySafetyLimit(
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
