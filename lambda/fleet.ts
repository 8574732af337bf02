import { type DurableContext, NestingType, withDurableExecution } from '@aws/durable-execution-sdk-js';
import { Logger } from '@aws-lambda-powertools/logger';
import { listSecrets } from './aws/list-secrets.ts';
import { logFailure } from './aws/log-failure.ts';
import { writeFleetMetrics } from './aws/metrics.ts';
import { readParameters } from './aws/parameters.ts';
import { publish } from './aws/publish.ts';
import type { FleetEngine } from './fleet/engine.ts';
import { type Outcome, readFailure, readResult } from './fleet/outcome.ts';
import { type FleetPorts, runFleet } from './fleet/run.ts';
import type { FleetCleanup } from './fleet/sums.ts';
import { type FleetCommand, parseFleetEvent } from './input/fleet-event.ts';
import { type FleetSettings, loadFleetSettings } from './input/settings.ts';
import type { FleetCheckResult, FleetCleanupResult } from './model/fleet-results.ts';
import { asJobError, type JobError, namedInMessage, readNamedMessage } from './model/job-error.ts';
import type { Summarised } from './model/results.ts';
import { fleetNotice } from './notify/fleet-notice.ts';
import { fleetCheckSummary, fleetCleanupSummary } from './texts/fleet-summary.ts';
import { textsOf } from './texts/texts-of.ts';

const logger = new Logger({ serviceName: 'thread-cleanup-fleet' });

/**
 * The Lambda durable function that invokes the cleanup function for each of many databases. Payloads and results are those of
 * docs/configuration.md. Lambda begins it again from the start whenever something that it waits for is there, and what it
 * has done by then is remembered and not done again. A step that is interrupted before it is remembered runs once more: then
 * there may be a second e-mail.
 *
 * @throws JobError for a run that has failed. The execution ends as failed, of which the runtime writes nothing to the log
 */
export const handler = withDurableExecution(async (event: unknown, context: DurableContext) => {
  try {
    const command = parseFleetEvent(event);
    const settings = loadFleetSettings();
    return await run(command, settings, durableEngine(context, settings.cleanupFunctionArn));
  } catch (error) {
    throw logFailure(logger, thrownInStep(error));
  }
});

async function run(
  command: FleetCommand,
  settings: FleetSettings,
  engine: FleetEngine,
): Promise<Summarised<FleetCheckResult | FleetCleanupResult>> {
  const texts = textsOf(settings.language);
  const done = await runFleet(engine, portsOf(command, settings), {
    ...command,
    prefix: settings.databaseSecretPrefix,
    concurrency: settings.databaseConcurrency,
    maxFailedShare: settings.maxFailedShare,
  });
  if ('mode' in done) return { ...done, summary: fleetCheckSummary(done, texts) };
  return { ...done.result, summary: fleetCleanupSummary(done.result, texts) };
}

function portsOf(command: FleetCommand, settings: FleetSettings): FleetPorts {
  const { databaseSecretPrefix, stateParameter, topicArn } = settings;
  return {
    listSecrets: (most) => listSecrets(databaseSecretPrefix, most),
    isPaused: async () => (await readParameters({ tokenLimit: undefined, state: stateParameter })).paused,
    record: (cleanup, failure) => record(cleanup, command.scheduled && failure === undefined),
    tell: async ({ result }, failure, endedAt) => {
      const notice = fleetNotice(result, failure !== undefined, endedAt, settings);
      if (notice && topicArn !== undefined) await publish(topicArn, notice);
    },
    now: () => new Date().toISOString(),
    random: Math.random,
  };
}

/**
 * The metrics, and a line for each database: the dashboard's table is made of these lines, the last one on top, so that those
 * that failed come last.
 */
function record({ result, figures, tokenLimit, cleaned, failed }: FleetCleanup, completed: boolean): void {
  for (const database of cleaned) logger.info('database done', { outcome: 'cleaned up', ...database });
  for (const { secret, error, message } of failed) {
    logger.warn('database done', { outcome: error, secret, reason: message });
  }
  // Without a database nothing was looked at: the prefix may be mistyped.
  const lookedAtNone = result.databaseCount === 0 && !result.paused;
  writeFleetMetrics(figures, tokenLimit, result, completed && !lookedAtNone);
}

/** Remembers by way of Lambda's durable execution. */
function durableEngine(context: DurableContext, cleanupFunctionArn: string): FleetEngine {
  return {
    once: (name, work) => context.step(name, () => work().catch(throwNamed), STEP),
    pause: async (name, seconds) => context.wait(name, { seconds }),
    invokeEach: async (name, requests, concurrency) => {
      const batch = await context.map(
        name,
        [...requests],
        (child, request): Promise<Outcome> =>
          child
            .invoke<unknown, unknown>(request.secret.slice(-MAX_NAME), cleanupFunctionArn, request)
            .then(readResult, (error) => readFailure(error instanceof Error ? error.message : '')),
        // Flat: one operation for each database, not two.
        { maxConcurrency: concurrency, nesting: NestingType.FLAT },
      );
      return batch.getResults();
    },
  };
}

/** AWS, OperationUpdate: characters of a name; the end of a secret's tells it apart. */
const MAX_NAME = 256;

const MAX_ATTEMPTS = 3;

const STEP = {
  retryStrategy: (error: Error, attempt: number) => {
    const mayPass = readNamedMessage(error.message)?.mayPass ?? false;
    return { shouldRetry: mayPass && attempt < MAX_ATTEMPTS, delay: { seconds: 10 * attempt } };
  },
};

/**
 * Of an error in a step nothing comes back but its message, so what else it says is put in there, and taken out again. Where
 * an unexpected one came from has to be written down at once.
 */
function throwNamed(error: unknown): never {
  const failure = asJobError(error);
  if (failure.code === 'UnexpectedError') logFailure(logger, failure);
  throw namedInMessage(failure);
}

function thrownInStep(error: unknown): JobError {
  const named = error instanceof Error ? readNamedMessage(error.message) : undefined;
  return named ?? asJobError(error);
}
