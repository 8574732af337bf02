import { dueThreads, type ThreadFigures } from '../model/figures.ts';
import { JobError } from '../model/job-error.ts';
import { FUNCTION_WORDS, type Refusal, type RefusalWords, refusalMessage } from '../model/refusal.ts';
import type { Forecast } from '../model/results.ts';

/** So few threads are never a mistake worth stopping for: a small installation may well be full. */
const ALWAYS_ALLOWED = 20;

export interface SafetyLimitOptions {
  /** Per cent of the active threads that one run may clear; undefined overrides the safety limit (`force`). */
  readonly maxClearedShare: number | undefined;
  /** Whether somebody has paused the cleanup. */
  readonly paused: boolean;
}

/**
 * Decides what a cleanup will do. It is refused where its limit was set wrongly (1,000 for 1,000,000) and it would clear
 * nearly everyone. A cleanup obeys this, and a check reports it, from the figures of the same statement (invariant 5).
 */
export function forecastCleanup(
  figures: ThreadFigures,
  { maxClearedShare: allowed, paused }: SafetyLimitOptions,
): Forecast {
  const { activeThreads } = figures;
  const threads = dueThreads(figures);
  if (paused) return { next: 'paused' };
  if (threads === 0) return { next: 'nothing' };
  if (allowed === undefined || threads <= ALWAYS_ALLOWED || threads * 100 <= activeThreads * allowed) {
    return { next: 'clears', threads };
  }
  // Rounded up, so that it is never shown as what is allowed.
  return { next: 'refused', threads, share: Math.ceil((threads * 1000) / activeThreads) / 10, allowed };
}

/** The error of a cleanup that the safety limit does not let happen, in the words of whoever reads it. */
export function cleanupRefused(
  { threads, share, allowed }: Extract<Forecast, { next: 'refused' }>,
  { tokenLimit, tokenLimitFrom, activeThreads }: Pick<Refusal, 'tokenLimit' | 'tokenLimitFrom' | 'activeThreads'>,
  words: RefusalWords = FUNCTION_WORDS,
): JobError {
  const refusal = { tokenLimit, tokenLimitFrom, activeThreads, threads, share, allowed };
  return new JobError('CleanupRefused', refusalMessage(refusal, words));
}
