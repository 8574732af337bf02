import { dueThreads } from '../model/figures.ts';
import type { CheckResult, CleanupResult, Commands, EraseResult, RestoreResult } from '../model/results.ts';
import type { Texts } from './en.ts';

/**
 * A check in a few lines of plain text for people: how full the threads are, what a cleanup will do, and the command that
 * goes on where it would do nothing.
 */
export function checkSummary(result: CheckResult, texts: Texts, commands: Omit<Commands, 'restore'>): string {
  return [
    texts.active(result.activeThreads, result.totalContacts, result.totalTokens, result.maxTokens),
    [forecastText(result, texts), ...nearLimit(result, texts)].join(' '),
    ...nextCommands(result, texts, commands),
    ...stillActive(result, texts),
    ...result.warnings.map(texts.warning),
  ].join('\n');
}

/** For a refusal the limit is suspected first, and what overrides the safety limit comes last. */
function nextCommands(result: CheckResult, texts: Texts, commands: Omit<Commands, 'restore'>): string[] {
  const { forecast, tokenLimit, tokenLimitFrom } = result;
  if (forecast.next === 'paused') {
    return [texts.resume(commands.resume), ...(dueThreads(result) > 0 ? [texts.clearNow(commands.cleanUp)] : [])];
  }
  if (forecast.next !== 'refused') return [];
  const wrong = tokenLimitFrom === 'payload' ? texts.wrongOwnLimit : texts.wrongLimit;
  return [
    wrong(tokenLimit, commands.correctLimit),
    texts.thenCleanUp(commands.cleanUp),
    texts.force(forecast.threads, commands.force),
  ];
}

function forecastText(result: CheckResult, texts: Texts): string {
  const { forecast, tokenLimit, tokenLimitFrom, activeCount } = result;
  const isOwn = tokenLimitFrom === 'payload';
  const nothingDue = activeCount > 0 ? texts.nothingDue : texts.nothingToClear(tokenLimit);
  switch (forecast.next) {
    case 'clears':
      return (isOwn ? texts.withLimit : texts.next).clears(forecast.threads, tokenLimit);
    case 'refused':
      return (isOwn ? texts.withLimit : texts.next).refused(
        forecast.threads,
        forecast.share,
        forecast.allowed,
        tokenLimit,
      );
    case 'paused':
      return isOwn ? texts.withLimit.paused(tokenLimit) : texts.next.paused(dueThreads(result));
    case 'nothing':
      return isOwn ? texts.withLimit.nothing(tokenLimit) : nothingDue;
  }
}

/** "More" are those that the sentence before does not count. */
function nearLimit({ forecast: { next }, nearLimitThreads }: CheckResult, texts: Texts): string[] {
  if (next === 'nothing' || next === 'paused') return [texts.nearLimit(nearLimitThreads)];
  return nearLimitThreads === 0 ? [] : [texts.moreNearLimit(nearLimitThreads)];
}

function stillActive({ activeCount }: CheckResult | CleanupResult, texts: Texts): string[] {
  return activeCount === 0 ? [] : [texts.stillActive(activeCount)];
}

/** A cleanup in a few lines: what was cleared, what was not and why, and how to restore it if anything was. */
export function cleanupSummary(
  result: CleanupResult,
  texts: Texts,
  commands: Pick<Commands, 'restore' | 'resume'>,
): string {
  const { cleanedCount, totalTokensCleared, tokenLimit, auditCount, remainingCount, nearLimitCount } = result;
  return [
    ...(result.paused ? [`${pausedText(result, texts)} ${texts.resume(commands.resume)}`] : []),
    ...(cleanedCount > 0 ? [texts.cleared(cleanedCount, totalTokensCleared, tokenLimit, auditCount)] : []),
    ...(cleanedCount === 0 && !result.paused ? [nothingCleared(result, texts)] : []),
    ...(remainingCount > 0 ? [texts.remaining(remainingCount, result.complete && !result.paused)] : []),
    ...stillActive(result, texts),
    ...(result.complete || result.paused ? [] : [texts.incomplete]),
    texts.nearLimit(nearLimitCount),
    ...result.warnings.map(texts.warning),
    ...(cleanedCount > 0 ? [texts.restore(commands.restore)] : []),
  ].join('\n');
}

function pausedText({ cleanedCount }: CleanupResult, texts: Texts): string {
  return cleanedCount > 0 ? texts.pausedMeanwhile : texts.paused;
}

/** Nothing over the limit, or nothing that could be cleared. */
function nothingCleared(result: CleanupResult, texts: Texts): string {
  const { tokenLimit, remainingCount, activeCount, complete } = result;
  return remainingCount === 0 && activeCount === 0 && complete
    ? texts.nothingToClear(tokenLimit)
    : texts.nothingCleared(tokenLimit);
}

/** A restore in a few lines: what was restored and what was not, and that the next cleanup would clear it again. */
export function restoreSummary(result: RestoreResult, texts: Texts): string {
  return [
    texts.restored(result.restoredCount),
    ...(result.alreadyRestoredCount > 0 ? [texts.restoredBefore(result.alreadyRestoredCount)] : []),
    ...(result.skippedCount > 0 ? [texts.skipped(result.skippedCount)] : []),
    ...(result.assistantsCount ? [texts.assistantsIds(result.assistantsCount)] : []),
    ...(result.restoredCount > 0 ? [texts.stillOverLimit] : []),
    ...(result.warnings ?? []).map(texts.warning),
  ].join('\n');
}

/** An erasure in a few lines: what is erased, and what is left for others to delete. It names nobody. */
export function eraseSummary(result: EraseResult, texts: Texts): string {
  const { erasedRows, exports, threadIds, complete } = result;
  return [
    texts.erased(erasedRows),
    ...(threadIds.length > 0 ? [texts.threadIdsToDelete(threadIds.length)] : []),
    ...(exports.length > 0 ? [texts.exportsToExpire(exports.length)] : []),
    ...(complete ? [] : [texts.erasureIncomplete]),
    texts.contactNotErased,
    ...(result.warnings ?? []).map(texts.warning),
  ].join('\n');
}
