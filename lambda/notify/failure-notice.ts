import { invokeCommand, queueCommands } from '../aws/cli-commands.ts';
import { setCommand } from '../input/live-settings.ts';
import { lockQuery } from '../input/values.ts';
import { JOB_ERROR_CODES } from '../model/job-error.ts';
import { readRefusal } from '../model/refusal.ts';
import type { Texts } from '../texts/en.ts';
import { mail, type Notice, type NoticeContext, whereAndWhen, withCommand } from './mail.ts';
import type { Failed } from './run-outcome.ts';

/** What failed, why, and the next commands in the order in which they are needed. */
export function failureNotice(run: Failed, texts: Texts, context: NoticeContext): Notice {
  const t = texts.notice;
  const name = failureName(run);
  const title = t.failed[run.mode ?? 'unknown'];
  const { read, purge } = queueCommands(context, context.failureQueueUrl);
  return mail(`${title}: ${name}`, [
    t.failedAfter(title, name, run.attempts),
    explanation(run, texts),
    ...(mayHaveCleared(run) ? [t.onlyLastAttempt(run.runId)] : []),
    ...(refusalSteps(run, texts, context) ?? usualSteps(run, texts, context)),
    withCommand(t.readFailures, read),
    withCommand(t.purgeFailures, purge),
    whereAndWhen(run, texts, context),
  ]);
}

/** Before the attempt that failed: in an earlier one, or in an invocation that it was to continue. */
function mayHaveCleared({ mode, attempts, requestId, runId }: Failed): boolean {
  return mode === 'cleanup' && (attempts > 1 || runId !== requestId);
}

function usualSteps(run: Failed, { notice: t }: Texts, context: NoticeContext): string[] {
  const isLocked = failureName(run) === 'StatementTimeout';
  return [
    ...(isLocked ? [withCommand(t.whoLocks, lockQuery(context.tableName))] : []),
    withCommand(t.checkAfterFailure, invokeCommand(context, { mode: 'check' })),
    ...(run.mode === 'cleanup' ? [withCommand(t.thenCleanUp, invokeCommand(context, { mode: 'cleanup' }))] : []),
  ];
}

/** First the check, then the limit and where it came from, and last what overrides the safety limit, with its number. */
function refusalSteps(run: Failed, { notice: t }: Texts, context: NoticeContext): string[] | undefined {
  const refusal = failureName(run) === 'CleanupRefused' ? readRefusal(run.errorMessage) : undefined;
  if (refusal === undefined) return undefined;
  const { tokenLimit, tokenLimitFrom, threads } = refusal;
  const own = tokenLimitFrom === 'payload' ? { tokenLimit } : {};
  const limit = t.refusedLimit[tokenLimitFrom](tokenLimit);
  return [
    withCommand(t.checkRefused, invokeCommand(context, { mode: 'check', ...own })),
    tokenLimitFrom === 'payload'
      ? limit
      : withCommand(limit, setCommand(context.tokenLimitParameter, 'token-limit', t.limitPlaceholder, context.region)),
    withCommand(t.force(threads), invokeCommand(context, { mode: 'cleanup', ...own, force: true })),
  ];
}

/** An event that Lambda dropped before the function ran has no error, only a reason. */
function failureName({ errorType, errorMessage, condition }: Failed): string {
  if (errorType !== undefined) return errorType;
  return isTimeout(errorMessage) ? TIMED_OUT : condition;
}

/** How Lambda names it; before it did, it only said it. */
const TIMED_OUT = 'Sandbox.Timedout';
const isTimeout = (message: string) => /Task timed out after [\d.]+ seconds/.test(message);

/** Our own messages say what to do and contain no personal data. Others may contain any: those are not quoted. */
function explanation(run: Failed, texts: Texts): string {
  const { explanations } = texts.notice;
  const name = failureName(run);
  const code = JOB_ERROR_CODES.find((known) => known === name);
  if (code !== undefined) return texts.explainedError(code, run.errorMessage);
  if (name === TIMED_OUT) return explanations.timedOut;
  if (name === 'EventAgeExceeded') return explanations.tooOld;
  if (name === 'ZeroReservedConcurrency') return explanations.noConcurrency;
  if (/^Runtime\.(ExitError|OutOfMemory)$/.test(name)) return explanations.exited;
  return explanations.unknown;
}
