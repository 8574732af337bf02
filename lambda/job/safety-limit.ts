import { dueThreads, type ThreadFigures } from '../model/figures.ts';
import { JobError } from '../model/job-error.ts';

/** So few threads are never a mistake worth stopping for: a small installation may well be full. */
const ALWAYS_ALLOWED = 20;

/**
 * Stops a cleanup whose limit was set wrongly (1,000 for 1,000,000) before it clears everyone.
 *
 * @param figures of the check's own statement, so that the preview is the cleanup (invariant 5)
 * @param maxClearedShare per cent of the active threads
 * @throws JobError CleanupRefused, with both figures
 */
export function applySafetyLimit(figures: ThreadFigures, tokenLimit: number, maxClearedShare: number): void {
  const { activeThreads } = figures;
  const due = dueThreads(figures);
  if (due <= ALWAYS_ALLOWED || due * 100 <= activeThreads * maxClearedShare) return;
  const share = Math.round((due * 1000) / activeThreads) / 10;
  throw new JobError(
    'CleanupRefused',
    `With a limit of ${number(tokenLimit)} tokens this run would clear ${number(due)} of ` +
      `${number(activeThreads)} active threads (${share}%); a run may clear at most ${maxClearedShare}% of them ` +
      '(maxClearedShare; in a terminal MAX_CLEARED_SHARE). Nothing was changed. Check the token limit. To clear them ' +
      'anyway, run once with "force": true (in a terminal --force).',
  );
}

const number = (n: number) => n.toLocaleString('en-US');
