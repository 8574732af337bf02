import type { CheckResult } from './check.ts';
import type { CleanupResult } from './cleanup.ts';
import type { RestoreResult } from './restore.ts';

/** The summaries: a few lines of plain text for people, in every result. */

const number = new Intl.NumberFormat('en-US');
const count = (n: number, one: string, many = `${one}s`) => `${number.format(n)} ${n === 1 ? one : many}`;

export function checkSummary(result: Omit<CheckResult, 'summary'>): string {
  return [
    `${count(result.activeThreads, 'active thread')} of ${count(result.totalContacts, 'contact')}, ` +
      `${count(result.totalTokens, 'token')} in all; the largest has ${number.format(result.maxTokens)}.`,
    `${count(result.overLimitThreads, 'thread')} at or over the limit of ${number.format(result.tokenLimit)} tokens, ` +
      `${number.format(result.nearLimitThreads)} near it.`,
    result.overLimitThreads > 0
      ? `The next cleanup clears ${result.overLimitThreads === 1 ? 'it' : 'them'}.`
      : 'A cleanup would clear nothing.',
  ].join('\n');
}

export function cleanupSummary(result: Omit<CleanupResult, 'summary'>, undoCommand: string): string {
  return [
    result.cleanedCount > 0
      ? `Cleared ${count(result.cleanedCount, 'thread')} with ${count(result.totalTokensCleared, 'token')} ` +
        `(limit ${number.format(result.tokenLimit)}), recorded in ${count(result.auditCount, 'audit row')}.`
      : `Nothing to clear: no thread at or over the limit of ${number.format(result.tokenLimit)} tokens was free to be cleared.`,
    ...(result.remainingCount > 0
      ? [
          `${count(result.remainingCount, 'thread')} over the limit ${result.remainingCount === 1 ? 'remains' : 'remain'} ` +
            'for the next run.',
        ]
      : []),
    ...(result.complete ? [] : ['Time ran out before the end of the table was reached.']),
    `${count(result.nearLimitCount, 'thread')} near the limit.`,
    ...(result.cleanedCount > 0 ? [`To undo it: ${undoCommand}`] : []),
  ].join('\n');
}

export function restoreSummary(result: Omit<RestoreResult, 'summary'>): string {
  return [
    `Put ${count(result.restoredCount, 'thread')} back.`,
    ...(result.alreadyRestoredCount > 0 ? [`${count(result.alreadyRestoredCount, 'thread')} came back earlier.`] : []),
    ...(result.skippedCount > 0
      ? [
          `Left ${count(result.skippedCount, 'thread')} as ${result.skippedCount === 1 ? 'it is' : 'they are'}: the contact ` +
            'has a newer thread, is gone or is locked just now, or there was no thread id.',
        ]
      : []),
    ...(result.restoredCount > 0
      ? [
          'They are still over the limit: the next cleanup would clear them again. To prevent that, raise the token limit ' +
            'before it runs.',
        ]
      : []),
  ].join('\n');
}
