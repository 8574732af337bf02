import { invokeCommand } from '../aws/cli-commands.ts';
import { lockQuery } from '../input/values.ts';
import type { Texts } from '../texts/en.ts';
import { textsOf } from '../texts/texts-of.ts';
import { failureNotice } from './failure-notice.ts';
import { mail, type Notice, type NoticeContext, numbered, whereAndWhen, withCommand } from './mail.ts';
import type { CleanedUp, RunOutcome } from './run-outcome.ts';

/**
 * Says what deserves an e-mail: a run that cleared something, or one that failed for good. A run that cleared nothing,
 * paused or not, has alarms and the dashboard. There is no phone number, name or thread id in it.
 */
export function noticeOf(outcome: RunOutcome, context: NoticeContext): Notice | undefined {
  const texts = textsOf(context.language);
  if (outcome.kind === 'failure') return failureNotice(outcome, texts, context);
  if (outcome.kind === 'cleanup' && outcome.cleanedCount > 0) return cleanupNotice(outcome, texts, context);
  return undefined;
}

function cleanupNotice(run: CleanedUp, texts: Texts, context: NoticeContext): Notice {
  const t = texts.notice;
  const command = (payload: Record<string, unknown>) => invokeCommand(context, payload);
  const figures = [
    t.figure(t.threadsCleared, run.cleanedCount),
    t.figure(t.tokensCleared, run.totalTokensCleared),
    t.figure(t.tokenLimit, run.tokenLimit),
    t.figure(t.remaining, run.remainingCount),
    t.figure(t.nearLimit, run.nearLimitCount),
    t.figure(t.auditRows, run.auditCount),
    t.duration(run.durationMs / 1000),
  ];
  return mail(t.clearedSubject(run.cleanedCount, run.totalTokensCleared), [
    figures.join('\n'),
    whereAndWhen(run, texts, context),
    ...(run.complete ? [] : [run.paused ? texts.pausedMeanwhile : t.incomplete]),
    ...(run.attempts > 1 ? [t.earlierAttempts] : []),
    ...(run.remainingCount > 0 ? remaining(run, texts, context) : []),
    ...run.warnings.map(texts.warning),
    ...(run.nearLimitCount > 0 ? [t.nearLimitMeaning(run.nearLimitCount)] : []),
    withCommand(t.check, command({ mode: 'check' })),
    withCommand(t.restore(run.cleanedCount), command({ mode: 'restore', requestId: run.requestId })),
  ]);
}

/** Those that the run came by were locked: mostly for a moment, and otherwise the query finds by whom. */
function remaining({ remainingCount, complete }: CleanedUp, texts: Texts, context: NoticeContext): string[] {
  const t = texts.notice;
  const text = texts.remaining(remainingCount, complete);
  if (!complete) return [text];
  const steps = [
    withCommand(t.cleanUpAgain, invokeCommand(context, { mode: 'cleanup' })),
    withCommand(t.whoLocks, lockQuery(context.tableName)),
    t.whichSession,
    t.repeatCleanUp,
  ];
  return [text, ...numbered(steps)];
}
