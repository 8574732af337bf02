import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { type CheckResult, check } from './check.ts';
import { type CleanupResult, cleanUp } from './cleanup.ts';
import { type Database, openDatabase } from './database.ts';
import { parseDatabaseAddress } from './database-address.ts';
import { asJobError } from './errors.ts';
import { type Command, parseEvent } from './event.ts';
import { type RestoreResult, restore } from './restore.ts';
import { readSecret } from './secret.ts';
import { loadFunctionSettings, type Settings } from './settings.ts';

const logger = new Logger({ serviceName: 'thread-cleanup' });

type Result = CheckResult | CleanupResult | RestoreResult;

/**
 * The Lambda function. Payloads and results are the README's; no log line holds a phone number, a name, a thread id, a
 * URL or a password, at any level.
 *
 * @throws JobError for every failure, so that Lambda, its retries and its alarms see it
 */
export async function handler(event: unknown, context: Context): Promise<Result> {
  logger.addContext(context);
  try {
    const command = parseEvent(event);
    const settings = loadFunctionSettings();
    const secret = await readSecret(settings.databaseSecretId);
    const source = `The secret "${settings.databaseSecretId}"`;
    const address = parseDatabaseAddress(secret, source, settings.databaseDefaults);
    const remainingTimeMs = () => context.getRemainingTimeInMillis();
    const database = await openDatabase(address, { remainingTimeMs });
    try {
      const result = await carryOut(command, database, { ...settings, defaultSchema: address.schema }, context);
      logger.info(`${command.mode} done`, figuresOf(result));
      return result;
    } finally {
      await database.close();
    }
  } catch (error) {
    const failure = asJobError(error);
    logger.error(failure.message, { errorName: failure.name });
    throw failure;
  }
}

function carryOut(
  command: Command,
  database: Database,
  settings: Settings & { readonly defaultSchema: string | undefined },
  context: Context,
): Promise<Result> {
  const { awsRequestId: requestId, functionName } = context;
  switch (command.mode) {
    case 'check':
      return check(database, settings, command.tokenLimit ?? settings.tokenLimit);
    case 'restore':
      return restore(database, settings, command, requestId);
    case 'cleanup':
      return cleanUp(database, settings, {
        tokenLimit: command.tokenLimit ?? settings.tokenLimit,
        maxClearedShare: command.force ? undefined : settings.maxClearedShare,
        requestId,
        undoCommand: undoCommand(functionName, requestId),
        remainingTimeMs: () => context.getRemainingTimeInMillis(),
        onBatch: (progress) => logger.info('Batch done', { ...progress }),
      });
  }
}

/** AWS CLI: without `--cli-read-timeout 0` it would repeat a call that takes longer than a minute. */
function undoCommand(functionName: string, requestId: string): string {
  const payload = JSON.stringify({ mode: 'restore', requestId });
  return (
    `aws lambda invoke --function-name ${functionName} --cli-read-timeout 0 ` +
    `--cli-binary-format raw-in-base64-out --payload '${payload}' /dev/stdout`
  );
}

/** The counts of a result: every number and truth value in it, and no text. */
function figuresOf(result: Result): Record<string, unknown> {
  return Object.fromEntries(Object.entries(result).filter(([, value]) => ['number', 'boolean'].includes(typeof value)));
}
