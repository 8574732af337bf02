import type { FleetCommand } from '../input/fleet-event.ts';
import type { FleetCheckResult } from '../model/fleet-results.ts';
import type { JobError } from '../model/job-error.ts';
import type { FleetEngine } from './engine.ts';
import { MAX_DATABASES, requireFewEnough, tooManyFailed } from './limits.ts';
import { type Ended, workThrough } from './rounds.ts';
import { type FleetCleanup, sumCheck, sumCleanup, type Times } from './sums.ts';

/** What a run over all databases asks of the world. */
export interface FleetPorts {
  /** @returns names of the secrets below the prefix, no more than `most` */
  readonly listSecrets: (most: number) => Promise<string[]>;
  readonly isPaused: () => Promise<boolean>;
  /** Writes the metrics, and a line of the log for each database. */
  readonly record: (cleanup: FleetCleanup, failure: JobError | undefined) => void;
  /** Sends the one e-mail of the run, if it deserves one. */
  readonly tell: (cleanup: FleetCleanup, failure: JobError | undefined, endedAt: string) => Promise<void>;
  /** Now, in ISO 8601 UTC. */
  readonly now: () => string;
  /** A number from 0 to 1. */
  readonly random: () => number;
}

export interface FleetOptions extends FleetCommand {
  /** What the names of the secrets begin with. */
  readonly prefix: string;
  /** Databases that are worked on at the same time. */
  readonly concurrency: number;
  /** Per cent of the databases that may fail before the run itself has failed. */
  readonly maxFailedShare: number;
}

/**
 * Cleans up, or checks, every database of which there is a secret below the prefix. A database that fails keeps none of the
 * others waiting; one that is removed meanwhile is no failure, and one that is added joins the next run.
 *
 * A cleanup ends with the metrics, then the e-mail. A paused one invokes nothing.
 *
 * @throws JobError TooManyDatabases before anything is invoked; TooManyFailed at the end, after metrics and e-mail
 */
export async function runFleet(
  engine: FleetEngine,
  { listSecrets, isPaused, record, tell, now, random }: FleetPorts,
  { mode, prefix, concurrency, maxFailedShare }: FleetOptions,
): Promise<FleetCheckResult | FleetCleanup> {
  const startedAt = await engine.once('start', async () => now());
  const paused = mode === 'cleanup' && (await engine.once('state', isPaused));
  const list = async () => {
    const found = await listSecrets(MAX_DATABASES + 1);
    requireFewEnough(found, prefix);
    return found;
  };
  const secrets = paused ? [] : await engine.once('list of secrets', list);
  const worked = await workThrough(engine, secrets, { mode, concurrency, jitter: random });
  const times: Times = { startedAt, endedAt: await engine.once('end', async () => now()) };
  const ended = await withoutStillListed(engine, worked, listSecrets);
  if (mode === 'check') return sumCheck(ended, times);

  const cleanup = sumCleanup(ended, paused, times);
  const failure = tooManyFailed(cleanup.result, maxFailedShare);
  await engine.once('metrics', async () => record(cleanup, failure));
  try {
    await engine.once('e-mail', () => tell(cleanup, failure, times.endedAt));
  } catch (error) {
    // What the run failed of is worse than an e-mail that says so.
    throw failure ?? error;
  }
  if (failure !== undefined) throw failure;
  return cleanup;
}

/** AWS, ListSecrets: a secret of which something changed may be listed as before for so long. */
const LIST_DELAY_SECONDS = 300;

/**
 * What looked like a database that was removed, and is listed all the same, has failed: AWS says of a secret without a value
 * what it says of one that is gone.
 */
async function withoutStillListed(
  engine: FleetEngine,
  ended: readonly Ended[],
  listSecrets: FleetPorts['listSecrets'],
): Promise<readonly Ended[]> {
  const removed = ended.flatMap(({ secret, outcome }) => (outcome.kind === 'removed' ? [secret] : []));
  if (removed.length === 0) return ended;
  await engine.pause('before the list of removed secrets', LIST_DELAY_SECONDS);
  const stillListed = async () => {
    const all = new Set(await listSecrets(MAX_DATABASES + 1));
    return removed.filter((secret) => all.has(secret));
  };
  // Without that list they stay what they looked like: metrics and e-mail of the night matter more.
  const listed = await engine.once('list of removed secrets', stillListed).catch((): string[] => []);
  return ended.map((database) => {
    const { secret, outcome } = database;
    if (outcome.kind !== 'removed' || !listed.includes(secret)) return database;
    const { message } = outcome;
    return { ...database, outcome: { kind: 'failed', error: 'SecretUnavailable', message, mayPass: false } };
  });
}
