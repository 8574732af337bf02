import { expect, test } from 'vitest';
import type { Outcome } from '../../../lambda/fleet/outcome.ts';
import { type FleetOptions, type FleetPorts, runFleet } from '../../../lambda/fleet/run.ts';
import { JobError } from '../../../lambda/model/job-error.ts';
import { failureOfAsync } from '../../support/failure.ts';
import { cleaned, failed, scriptedEngine, secretsOf } from '../../support/fleet/scripted-engine.ts';

const OPTIONS: FleetOptions = {
  mode: 'cleanup',
  scheduled: true,
  prefix: 'prod/tenants/',
  concurrency: 10,
  maxFailedShare: 10,
};

/** A run over so many databases, and what it did besides, in this order. */
function run(
  count: number,
  answer: (secret: string) => Outcome,
  options: Partial<FleetOptions> = {},
  ports: Partial<FleetPorts> = {},
) {
  const engine = scriptedEngine(({ secret }) => answer(secret));
  const events: string[] = [];
  const times = ['2026-01-02T03:00:00.000Z', '2026-01-02T03:00:01.000Z'];
  const outcome = runFleet(
    engine,
    {
      listSecrets: async (most) => secretsOf(count).slice(0, most),
      isPaused: async () => false,
      record: (cleanup, failure) => void events.push(`metrics ${cleanup.result.failedCount} ${failure?.code}`),
      tell: async (cleanup, failure) => void events.push(`e-mail ${cleanup.result.cleanedCount} ${failure?.code}`),
      now: () => times.shift() ?? '',
      random: () => 0,
      ...ports,
    },
    { ...OPTIONS, ...options },
  );
  return { outcome, engine, events };
}

const broken = (few: number) => (secret: string) =>
  Number(secret.slice('prod/tenants/t'.length)) < few ? failed(false) : cleaned(2);

const withoutSecret = (secret: string): Outcome =>
  secret.endsWith('t0') ? { kind: 'removed', message: 'No value.' } : broken(2)(secret);

test('a cleanup ends with the sums, then metrics, then the e-mail, each once', async () => {
  const { outcome, events, engine } = run(100, broken(10));
  expect(await outcome).toMatchObject({
    result: { databaseCount: 100, failedCount: 10, cleanedCount: 180, cleanedDatabaseCount: 90, durationMs: 1_000 },
  });
  expect(events).toEqual(['metrics 10 undefined', 'e-mail 180 undefined']);
  expect(engine.done).toEqual(['start', 'state', 'list of secrets', 'end', 'metrics', 'e-mail']);
});

test('where more than a tenth fail the run has failed, after metrics and e-mail, and says which', async () => {
  const { outcome, events } = run(100, broken(11));
  const failure = await failureOfAsync(outcome);
  expect(failure.code).toBe('TooManyFailed');
  expect(failure.message).toMatch(
    /^11 of 100 databases failed \(11%\), and at most 10% may in one run \(maxFailedShare\): DatabaseUnreachable 11\. So many have one cause: .* Failed: prod\/tenants\/t0, .*, prod\/tenants\/t9 and 1 more, which the log has\.$/,
  );
  expect(events).toEqual(['metrics 11 TooManyFailed', 'e-mail 178 TooManyFailed']);
});

test('an e-mail that cannot be sent fails a run that went well, and hides nothing of one that did not', async () => {
  const tell = () => Promise.reject(new JobError('NoticeFailed', 'The topic does not exist.'));
  expect((await failureOfAsync(run(100, broken(10), {}, { tell }).outcome)).code).toBe('NoticeFailed');
  expect((await failureOfAsync(run(100, broken(11), {}, { tell }).outcome)).code).toBe('TooManyFailed');
});

test('a database that was removed meanwhile is none of those that the share is of', async () => {
  const lists = [secretsOf(11), secretsOf(11).slice(1)];
  const { outcome, engine } = run(11, withoutSecret, {}, { listSecrets: async () => lists.shift() ?? [] });
  expect(await outcome).toMatchObject({ result: { databaseCount: 10, removedCount: 1, failedCount: 1 } });
  // The list may be of five minutes ago.
  expect(engine.pauses).toEqual([300]);
});

test('a database whose secret is listed all the same, without a value, has failed and was not removed', async () => {
  const { outcome } = run(11, withoutSecret, { maxFailedShare: 20 });
  expect(await outcome).toMatchObject({
    result: {
      ...{ databaseCount: 11, removedCount: 0, failedCount: 2 },
      failed: [{ secret: 'prod/tenants/t0', error: 'SecretUnavailable', message: 'No value.' }, {}],
    },
  });
});

test('a paused cleanup lists and invokes nothing, and says that it is paused', async () => {
  const { outcome, engine, events } = run(5, () => cleaned(1), {}, { isPaused: async () => true });
  expect(await outcome).toMatchObject({ result: { paused: true, cleanedCount: 0, databaseCount: 0 } });
  expect(engine.requests).toEqual([]);
  expect(engine.done).not.toContain('list of secrets');
  expect(events).toHaveLength(2);
});

test('more than a thousand secrets are refused before anything is invoked, with what to do', async () => {
  const { outcome, engine } = run(1_001, () => cleaned(1));
  const failure = await failureOfAsync(outcome);
  expect(failure.code).toBe('TooManyDatabases');
  expect(failure.message).toMatch(
    /^More than 1,000 secrets have names that begin with prod\/tenants\/.*a second stack with another prefix/,
  );
  expect(engine.requests).toEqual([]);
});

test('names that are too long to be remembered together are refused, with what to do', async () => {
  const names = secretsOf(600).map((name) => name.padEnd(450, 'x'));
  const { outcome, engine } = run(1, () => cleaned(1), {}, { listSecrets: async () => names });
  const failure = await failureOfAsync(outcome);
  expect([failure.code, failure.message]).toEqual([
    'TooManyDatabases',
    expect.stringMatching(
      /^The names of the 600 secrets below prod\/tenants\/ have 271,801 bytes together, .* Give the secrets shorter names/,
    ),
  ]);
  expect(engine.requests).toEqual([]);
});

test('a check sends nothing, writes nothing, and throws for no database that fails', async () => {
  const { outcome, events } = run(3, () => failed(false), { mode: 'check' });
  expect(await outcome).toMatchObject({ mode: 'check', failedCount: 3, databaseCount: 3 });
  expect(events).toEqual([]);
});

test('a list that cannot be read fails the run', async () => {
  const refused = new JobError('SecretUnavailable', 'The secrets below prod/tenants/ cannot be listed: access denied.');
  const { outcome } = run(3, () => cleaned(1), {}, { listSecrets: () => Promise.reject(refused) });
  expect(await failureOfAsync(outcome)).toBe(refused);
});
