import { Logger } from '@aws-lambda-powertools/logger';
import type { Context } from 'aws-lambda';
import { type CheckResult, check } from './check.ts';
import { type CleanupResult, cleanUp } from './cleanup.ts';
import { openDatabase } from './database.ts';
import { parseDatabaseAddress } from './database-address.ts';
import { asJobError } from './errors.ts';
import { parseEvent } from './event.ts';
import { readSecret } from './secret.ts';
import { loadFunctionSettings } from './settings.ts';

const logger = new Logger({ serviceName: 'thread-cleanup' });

/**
 * The Lambda function. Payloads and results are the README's; no log line holds a phone number, a name, a thread id, a
 * URL or a password, at any level.
 *
 * @throws JobError for every failure, so that Lambda, its retries and its alarms see it
 */
export async function handler(event: unknown, context: Context): Promise<CheckResult | CleanupResult> {
  logger.addContext(context);
  try {
    const command = parseEvent(event);
    const settings = loadFunctionSettings();
    const secret = await readSecret(settings.databaseSecretId);
    const address = parseDatabaseAddress(
      secret,
      `The secret "${settings.databaseSecretId}"`,
      settings.databaseDefaults,
    );
    const tokenLimit = command.tokenLimit ?? settings.tokenLimit;
    const remainingTimeMs = () => context.getRemainingTimeInMillis();
    const database = await openDatabase(address, { remainingTimeMs });
    try {
      const names = { ...settings, defaultSchema: address.schema };
      const result =
        command.mode === 'check'
          ? await check(database, names, tokenLimit)
          : await cleanUp(database, names, {
              tokenLimit,
              requestId: context.awsRequestId,
              remainingTimeMs,
              onBatch: (progress) => logger.info('Batch done', { ...progress }),
            });
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

/** The counts of a result: every number and truth value in it, and no text. */
function figuresOf(result: CheckResult | CleanupResult): Record<string, unknown> {
  return Object.fromEntries(Object.entries(result).filter(([, value]) => ['number', 'boolean'].includes(typeof value)));
}
