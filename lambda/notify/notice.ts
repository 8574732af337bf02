import { invokeCommand } from '../aws/cli-commands.ts';
import type { NoticeSettings } from '../input/settings.ts';
import { JOB_ERROR_CODES } from '../model/job-error.ts';
import { withoutControls } from '../model/quote-safely.ts';
import type { Texts } from '../texts/en.ts';
import { textsOf } from '../texts/texts-of.ts';
import { timeText } from '../texts/time.ts';
import type { CleanedUp, Failed, RunOutcome } from './run-outcome.ts';

/** An e-mail. */
export interface Notice {
  /** What SNS takes: printable ASCII, fewer than 100 characters. */
  readonly subject: string;
  readonly text: string;
}

type NoticeContext = Pick<NoticeSettings, 'functionName' | 'language' | 'timezone'>;

/** SNS API reference, `Publish`: "less than 100 characters long". */
const MAX_SUBJECT_CHARACTERS = 99;

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
  const command = (payload: Record<string, unknown>) => invokeCommand(context.functionName, payload);
  const figures = [
    t.figure(t.threadsCleared, run.cleanedCount),
    t.figure(t.tokensCleared, run.totalTokensCleared),
    t.figure(t.tokenLimit, run.tokenLimit),
    t.figure(t.remaining, run.remainingCount),
    t.figure(t.nearLimit, run.nearLimitCount),
    t.figure(t.auditRows, run.auditCount),
    t.duration(run.durationMs / 1000),
  ];
  const paragraphs = [
    lines(figures),
    lines(whereAndWhen(run, texts, context)),
    ...(run.complete ? [] : [t.incomplete]),
    ...(run.attempts > 1 ? [t.earlierAttempts] : []),
    ...(run.remainingCount > 0 ? [texts.remaining(run.remainingCount, run.complete)] : []),
    ...run.warnings.map((text) => texts.warning(withoutControls(text))),
    ...(run.nearLimitCount > 0 ? [t.nearLimitMeaning(run.nearLimitCount)] : []),
    withCommand(t.restore, command({ mode: 'restore', requestId: run.requestId })),
    withCommand(t.check, command({ mode: 'check' })),
  ];
  return { subject: asciiSubject(t.clearedSubject(run.cleanedCount, run.totalTokensCleared)), text: mail(paragraphs) };
}

function failureNotice(run: Failed, texts: Texts, context: NoticeContext): Notice {
  const t = texts.notice;
  const name = failureName(run);
  const title = t.failed[run.mode ?? 'unknown'];
  const paragraphs = [
    t.failedAfter(title, name, run.attempts),
    explanation(run, texts),
    withCommand(t.checkAfterFailure, invokeCommand(context.functionName, { mode: 'check' })),
    lines(whereAndWhen(run, texts, context)),
  ];
  return { subject: asciiSubject(`${title}: ${name}`), text: mail(paragraphs) };
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
  if (code !== undefined) return texts.explainedError(code, withoutControls(run.errorMessage));
  if (name === TIMED_OUT) return explanations.timedOut;
  if (name === 'EventAgeExceeded') return explanations.tooOld;
  if (name === 'ZeroReservedConcurrency') return explanations.noConcurrency;
  if (/^Runtime\.(ExitError|OutOfMemory)$/.test(name)) return explanations.exited;
  return explanations.unknown;
}

function whereAndWhen(run: CleanedUp | Failed, texts: Texts, { functionName, timezone }: NoticeContext): string[] {
  const t = texts.notice;
  return [
    `${t.endedAt}: ${timeText(run.endedAt, 'long', texts, timezone)} (${timezone})`,
    `${t.requestId}: ${run.requestId}`,
    `${t.function}: ${functionName}`,
  ];
}

const withCommand = (introduction: string, command: string) => `${introduction}\n\n    ${command}`;
const lines = (all: readonly string[]) => all.join('\n');
const mail = (paragraphs: readonly string[]) => `${paragraphs.join('\n\n')}\n`;

/** Letters lose their accents: SNS has long refused any subject that is not ASCII. */
function asciiSubject(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').slice(0, MAX_SUBJECT_CHARACTERS);
}
