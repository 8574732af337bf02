import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { awsCommands, type CommandTarget } from './aws/cli-commands.ts';
import { exportToBucket } from './aws/export-to-bucket.ts';
import { writeMetrics } from './aws/metrics.ts';
import { openFunctionDatabase } from './aws/open-database.ts';
import { type Parameters, readParameters } from './aws/parameters.ts';
import type { Database } from './database/database.ts';
import { namesSecret, parseEvent } from './input/event.ts';
import { secretOf } from './input/secret-of.ts';
import { type FunctionSettings, loadFunctionSettings } from './input/settings.ts';
import { check } from './job/check.ts';
import { cleanUp } from './job/cleanup.ts';
import { erase } from './job/erase.ts';
import { restore } from './job/restore.ts';
import { type DatabaseCheck, type DatabaseCleanup, databaseCheck, databaseCleanup } from './model/fleet-results.ts';
import { asJobError, namedInMessage } from './model/job-error.ts';
import type { Payload } from './model/payloads.ts';
import type { CheckResult, CleanupResult, EraseResult, RestoreResult, Summarised } from './model/results.ts';
import type { TokenLimitSource } from './model/token-limit-source.ts';
import { checkSummary, cleanupSummary, eraseSummary, restoreSummary } from './texts/summary.ts';
import { textsOf } from './texts/texts-of.ts';

const logger = new Logger({ serviceName: 'thread-cleanup' });

type Result = Summarised<CheckResult | CleanupResult | RestoreResult | EraseResult> | DatabaseCheck | DatabaseCleanup;

/**
 * The Lambda function. Payloads and results are those of docs/configuration.md; no log line contains a phone number, a name,
 * a thread id, a URL or a password, at any level.
 *
 * @throws JobError for every failure, so that Lambda, its retries and its alarms see it; the runtime writes it to the log
 */
export async function handler(event: unknown, context: Context): Promise<Result> {
  logger.addContext(context);
  try {
    const command = parseEvent(event);
    const settings = loadFunctionSettings();
    const secretId = secretOf(command, settings);
    const parameters = await readParameters(parametersFor(command, settings));
    const database = await openFunctionDatabase(secretId, settings, context);
    try {
      const result = await carryOut(command, settings, parameters, database, context);
      logger.info(`${command.mode} done`, { ...figuresOf(result), ...ofSecret(command) });
      return result;
    } finally {
      await database.close();
    }
  } catch (error) {
    const failure = asJobError(error);
    throw namesSecret(event) ? namedInMessage(failure) : failure;
  }
}

/** A payload's own limit takes precedence over the parameter, which is then not even read; only a cleanup can be paused. */
function parametersFor(command: Payload, { parameterNames: { tokenLimit, state } }: FunctionSettings) {
  if (command.mode !== 'check' && command.mode !== 'cleanup') return { tokenLimit: undefined, state: undefined };
  const hasOwnLimit = command.tokenLimit !== undefined || (command.mode === 'cleanup' && command.next !== undefined);
  return {
    tokenLimit: hasOwnLimit ? undefined : tokenLimit,
    state,
  };
}

async function carryOut(
  command: Payload,
  settings: FunctionSettings,
  parameters: Parameters,
  database: Database,
  context: Context,
): Promise<Result> {
  const { awsRequestId: requestId, functionName } = context;
  const { maxClearedShare, region, exportBucket, parameterNames } = settings;
  const target: CommandTarget = {
    ...{ functionName, region, secret: command.secret },
    stateParameter: parameterNames.state,
    tokenLimitParameter: parameterNames.tokenLimit,
  };
  const texts = textsOf(settings.language);
  if (command.mode === 'restore') {
    const result = await restore(database, settings, command, requestId);
    return { ...result, summary: restoreSummary(result, texts) };
  }
  if (command.mode === 'erase') {
    const result = await erase(database, settings, command.phone, () => context.getRemainingTimeInMillis());
    return { ...result, summary: eraseSummary(result, texts) };
  }
  const limit = tokenLimitOf(command, parameters, settings);
  const { paused } = parameters;
  if (command.mode === 'check') {
    const result = await check(database, settings, { ...settings, ...limit, paused });
    if (isFleet(context)) return databaseCheck(result);
    return { ...result, summary: checkSummary(result, texts, awsCommands(target, requestId, command.tokenLimit)) };
  }
  const runId = command.next?.requestId ?? requestId;
  const { result: ofDatabase, figures } = await cleanUp(database, settings, {
    ...settings,
    ...limit,
    requestId,
    next: command.next,
    maxClearedShare: command.force ? undefined : maxClearedShare,
    paused,
    isPaused: async () => (await readParameters({ tokenLimit: undefined, state: parameterNames.state })).paused,
    exportRows: exportBucket ? exportToBucket(exportBucket, runId) : undefined,
    remainingTimeMs: () => context.getRemainingTimeInMillis(),
    onBatch: (progress) => logger.info('Batch done', { ...progress, ...ofSecret(command) }),
  });
  const result = withSecret(ofDatabase, command);
  if (isFleet(context)) return databaseCleanup(result, figures);
  // A run that continues has not ended. Of several databases there is one set of metrics, which the fleet writes.
  if (figures && result.next === undefined && command.secret === undefined) {
    writeMetrics(figures, result, isScheduled(context));
  }
  return { ...result, summary: cleanupSummary(result, texts, awsCommands(target, runId)) };
}

/** What continues the run of one of several databases has to name it again. */
function withSecret(result: CleanupResult, { secret }: Payload): CleanupResult {
  if (result.next === undefined || secret === undefined) return result;
  return { ...result, next: { ...result.next, secret } };
}

/** A payload's limit goes before the parameter's, and that before the deployed one. */
function tokenLimitOf(
  command: Extract<Payload, { mode: 'check' | 'cleanup' }>,
  parameters: Parameters,
  settings: FunctionSettings,
): { readonly tokenLimit: number; readonly tokenLimitFrom: TokenLimitSource } {
  if (command.tokenLimit !== undefined) return { tokenLimit: command.tokenLimit, tokenLimitFrom: 'payload' };
  if (parameters.tokenLimit !== undefined) return { tokenLimit: parameters.tokenLimit, tokenLimitFrom: 'parameter' };
  return { tokenLimit: settings.tokenLimit, tokenLimitFrom: 'deployment' };
}

/** The schedule and a continuation invoke the alias `scheduled`, people do not. */
function isScheduled({ invokedFunctionArn }: Context): boolean {
  return invokedFunctionArn.endsWith(':scheduled');
}

/** The fleet invokes the alias `fleet`, and keeps what it gets for days: it is given counts alone. */
function isFleet({ invokedFunctionArn }: Context): boolean {
  return invokedFunctionArn.endsWith(':fleet');
}

/** Which of several databases a log line is about. */
const ofSecret = ({ secret }: Payload) => (secret === undefined ? {} : { secret });

/** The counts of a result: every number and truth value in it, and no text. */
function figuresOf(result: Result): Record<string, unknown> {
  return Object.fromEntries(Object.entries(result).filter(([, value]) => ['number', 'boolean'].includes(typeof value)));
}
