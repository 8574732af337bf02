import { invokeCommand, queueCommands, secretCommands } from '../aws/cli-commands.ts';
import { deleteCommand, historyCommand, setCommand } from '../input/live-settings.ts';
import { DEFAULT_TOKEN_LIMIT, lockQuery } from '../input/values.ts';
import { JOB_ERROR_CODES } from '../model/job-error.ts';
import { readNamedSecret } from '../model/named-secret.ts';
import { readRefusal } from '../model/refusal.ts';
import type { Texts } from '../texts/en.ts';
import { mail, type Notice, type NoticeContext, numbered, whereAndWhen, withCommand } from './mail.ts';
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
    ...numbered([
      ...(refusalSteps(run, texts, context) ?? usualSteps(run, texts, context)),
      withCommand(t.readFailures, read),
      withCommand(t.purgeFailures, purge),
    ]),
    whereAndWhen(run, texts, context),
  ]);
}

/** Before the attempt that failed: in an earlier one, or in an invocation that it was to continue. */
function mayHaveCleared({ mode, attempts, requestId, runId }: Failed): boolean {
  return mode === 'cleanup' && (attempts > 1 || runId !== requestId);
}

function usualSteps(run: Failed, texts: Texts, context: NoticeContext): string[] {
  const { notice: t } = texts;
  return [
    ...causeSteps(run, texts, context),
    withCommand(t.checkAfterFailure, invokeCommand(context, { mode: 'check' })),
    ...(run.mode === 'cleanup' ? [withCommand(t.thenCleanUp, invokeCommand(context, { mode: 'cleanup' }))] : []),
  ];
}

/** What finds and corrects the cause, where a command does. */
function causeSteps(run: Failed, { notice: t }: Texts, context: NoticeContext): string[] {
  const name = failureName(run);
  if (name === 'StatementTimeout') return [withCommand(t.whoLocks, lockQuery(context.tableName)), t.whichSession];
  const secret = readNamedSecret(run.errorMessage);
  if (secret === undefined) return [];
  const { list, read, correct, restore, create } = secretCommands(secret.secretId, context.region);
  if (name === 'DatabaseLoginRefused') return [withCommand(t.readSecret, read), withCommand(t.correctSecret, correct)];
  if (name !== 'SecretUnavailable' || !secret.missing) return [];
  return [withCommand(t.secrets, list), withCommand(t.restoreSecret, restore), withCommand(t.createSecret, create)];
}

/** First the limit and where it came from, then the cleanup with the right one, and last what overrides the safety limit. */
function refusalSteps(run: Failed, { notice: t }: Texts, context: NoticeContext): string[] | undefined {
  const refusal = failureName(run) === 'CleanupRefused' ? readRefusal(run.errorMessage) : undefined;
  if (refusal === undefined) return undefined;
  const { tokenLimit, tokenLimitFrom, threads } = refusal;
  const own = tokenLimitFrom === 'payload' ? { tokenLimit } : {};
  const limit = t.refusedLimit[tokenLimitFrom](tokenLimit);
  const { tokenLimitParameter: parameter, region } = context;
  const check = invokeCommand(context, { mode: 'check' });
  const correct = [
    ...(tokenLimitFrom === 'parameter' ? [withCommand(t.limitHistory, historyCommand(parameter, region))] : []),
    withCommand(t.tryLimit, invokeCommand(context, { mode: 'check', tokenLimit: DEFAULT_TOKEN_LIMIT })),
    withCommand(limit, setCommand(parameter, 'token-limit', t.limitPlaceholder, region)),
    ...(tokenLimitFrom === 'parameter' ? [withCommand(t.deleteLimit, deleteCommand(parameter, region))] : []),
    withCommand(t.checkAgain, check),
  ];
  return [
    withCommand(t.checkRefused, invokeCommand(context, { mode: 'check', ...own })),
    ...(tokenLimitFrom === 'payload' ? [withCommand(limit, check)] : correct),
    withCommand(t.thenCleanUp, invokeCommand(context, { mode: 'cleanup' })),
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
