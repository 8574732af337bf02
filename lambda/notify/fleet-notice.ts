import { invokeCommand } from '../aws/cli-commands.ts';
import type { FleetSettings } from '../input/settings.ts';
import type { FailedDatabase, FleetCleanupResult } from '../model/fleet-results.ts';
import { JOB_ERROR_CODES } from '../model/job-error.ts';
import type { Texts } from '../texts/en.ts';
import { causesOf } from '../texts/fleet-summary.ts';
import { textsOf } from '../texts/texts-of.ts';
import { mail, type Notice, whereAndWhen, withCommand } from './mail.ts';

/** What the e-mail names besides the run. */
export type FleetNoticeContext = Pick<
  FleetSettings,
  'language' | 'timezone' | 'functionName' | 'region' | 'dashboardUrl'
>;

/**
 * The one e-mail of a cleanup of several databases: the sums, the databases that cleared most, and every one that failed, with
 * its error and the command to look at it. There is no phone number, name or thread id in it.
 *
 * @param failed whether more failed than one run allows
 * @param endedAt ISO 8601
 * @returns undefined where nothing was cleared and nothing failed, as after a cleanup of one database
 */
export function fleetNotice(
  result: FleetCleanupResult,
  failed: boolean,
  endedAt: string,
  context: FleetNoticeContext,
): Notice | undefined {
  if (result.cleanedCount === 0 && result.failedCount === 0) return undefined;
  const texts = textsOf(context.language);
  const t = texts.fleet;
  const subject =
    result.failedCount > 0
      ? t.failedSubject(result.failedCount, result.databaseCount)
      : t.clearedSubject(result.cleanedCount, result.cleanedDatabaseCount);
  return mail(subject, [
    ...(result.failedCount > 0 ? [t.failed(result.failedCount, causesOf(result, texts))] : []),
    ...(failed ? [t.oneCause] : []),
    sums(result, texts),
    whereAndWhen({ endedAt }, texts, context),
    ...remarks(result, texts),
    ...(result.top.length > 0 ? [t.top, ...result.top.map((database) => topDatabase(database, texts, context))] : []),
    ...(result.failed.length > 0
      ? [t.failedList, ...result.failed.map((database) => failedDatabase(database, texts, context))]
      : []),
    ...(result.failedCount > result.failed.length ? [t.moreFailed(result.failedCount - result.failed.length)] : []),
  ]);
}

function sums(result: FleetCleanupResult, texts: Texts): string {
  const { notice: t, fleet } = texts;
  return [
    t.figure(fleet.databases, result.databaseCount),
    t.figure(fleet.failedDatabases, result.failedCount),
    t.figure(fleet.databasesCleared, result.cleanedDatabaseCount),
    t.figure(t.threadsCleared, result.cleanedCount),
    t.figure(t.tokensCleared, result.totalTokensCleared),
    t.figure(t.remaining, result.remainingCount),
    t.figure(t.nearLimit, result.nearLimitCount),
    t.duration(result.durationMs / 1000),
  ].join('\n');
}

function remarks({ paused, removedCount, unfinishedCount, retriedCount }: FleetCleanupResult, texts: Texts): string[] {
  const t = texts.fleet;
  return [
    ...(paused ? [texts.paused] : []),
    ...(removedCount > 0 ? [t.removed(removedCount)] : []),
    ...(unfinishedCount > 0 ? [t.unfinished(unfinishedCount)] : []),
    ...(retriedCount > 0 ? [t.retried(retriedCount)] : []),
  ];
}

function topDatabase(database: FleetCleanupResult['top'][number], texts: Texts, context: FleetNoticeContext): string {
  const { secret, requestId, cleanedCount, totalTokensCleared } = database;
  const restore = invokeCommand({ ...context, secret }, { mode: 'restore', requestId });
  const { threads, tokens } = texts.widget;
  return withCommand(`${secret}: ${threads(cleanedCount)}, ${tokens(totalTokensCleared)}`, restore);
}

function failedDatabase(database: FailedDatabase, texts: Texts, context: FleetNoticeContext): string {
  const { secret, error } = database;
  const check = invokeCommand({ ...context, secret }, { mode: 'check' });
  return withCommand(`${secret}: ${error}\n${explanation(database, texts)}`, check);
}

/** Our own messages say what to do; of the others there is nothing but their kind. */
function explanation({ error, message }: FailedDatabase, texts: Texts): string {
  const { explanations } = texts.notice;
  if (error === 'TimedOut') return explanations.timedOut;
  if (error === 'Exited') return explanations.exited;
  const code = JOB_ERROR_CODES.find((known) => known === error);
  return code === undefined || message === '' ? explanations.unknown : texts.explainedError(code, message);
}
