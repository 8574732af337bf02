import type { CheckResult, CleanupResult, Commands, RestoreResult } from '../model/results.ts';
import type { Texts } from './en.ts';

/** A check in a few lines of plain text for people: how full the threads are, and what the next cleanup would clear. */
export function checkSummary(result: CheckResult, texts: Texts): string {
  return [
    texts.active(result.activeThreads, result.totalContacts, result.totalTokens, result.maxTokens),
    texts.overLimit(result.overLimitThreads, result.tokenLimit, result.nearLimitThreads),
    texts.wouldClear(result.overLimitThreads),
  ].join('\n');
}

/** A cleanup in a few lines: what was cleared, what was not and why, and how to undo it if anything was. */
export function cleanupSummary(result: CleanupResult, texts: Texts, commands: Commands): string {
  const { cleanedCount, totalTokensCleared, tokenLimit, auditCount, remainingCount, nearLimitCount } = result;
  return [
    ...(result.paused ? [texts.paused(commands.resume)] : []),
    ...(cleanedCount > 0 ? [texts.cleared(cleanedCount, totalTokensCleared, tokenLimit, auditCount)] : []),
    ...(cleanedCount === 0 && !result.paused ? [texts.nothingCleared(tokenLimit)] : []),
    ...(remainingCount > 0 ? [texts.remaining(remainingCount, result.complete && !result.paused)] : []),
    ...(result.complete ? [] : [texts.incomplete]),
    texts.nearLimit(nearLimitCount),
    ...(cleanedCount > 0 ? [texts.undo(commands.undo)] : []),
  ].join('\n');
}

/** A restore in a few lines: what came back and what did not, and that the next cleanup would clear it again. */
export function restoreSummary(result: RestoreResult, texts: Texts): string {
  return [
    texts.restored(result.restoredCount),
    ...(result.alreadyRestoredCount > 0 ? [texts.restoredBefore(result.alreadyRestoredCount)] : []),
    ...(result.skippedCount > 0 ? [texts.skipped(result.skippedCount)] : []),
    ...(result.restoredCount > 0 ? [texts.stillOverLimit] : []),
  ].join('\n');
}
