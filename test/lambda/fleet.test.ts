import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { JobError, namedInMessage } from '../../lambda/model/job-error.ts';
import {
  awsFailure,
  GET_PARAMETERS,
  PUBLISH,
  parameterValues,
  published,
  startFakeAws,
} from '../support/aws/fake-aws.ts';
import { catchLog } from '../support/aws/logged.ts';
import { LIST_SECRETS, secretPages } from '../support/fleet/fleet-aws.ts';
import { fleetEnvironment, playNight } from '../support/fleet/night.ts';
import { secretsOf } from '../support/fleet/scripted-engine.ts';

const aws = await startFakeAws();
afterAll(() => aws.close());

let log: readonly string[] = [];
beforeEach(() => {
  const environment = fleetEnvironment('prod/tenants/', { DATABASE_CONCURRENCY: '100' });
  for (const [name, value] of Object.entries({ ...aws.environment, ...environment })) vi.stubEnv(name, value);
  aws.answer(
    LIST_SECRETS,
    secretPages(() => secretsOf(3)),
  );
  aws.answer(GET_PARAMETERS, parameterValues({}));
  aws.answer(PUBLISH, published);
  log = catchLog();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
});

const CLEANUP = { mode: 'cleanup', scheduled: true };
const DONE = {
  ...{ mode: 'cleanup', tokenLimit: 1_000_000, requestId: 'run-1', cleanedCount: 1, totalTokensCleared: 1_000_000 },
  ...{ nearLimitCount: 0, remainingCount: 0, activeCount: 0, complete: true, durationMs: 5 },
};
const done = async () => DONE;

/** How often AWS was asked for this while something was done. */
async function countOf<T>(operation: string, act: () => Promise<T>): Promise<[T, number]> {
  const count = () => aws.requests.filter((request) => request.operation === operation).length;
  const before = count();
  return [await act(), count() - before];
}
const metricLines = () => log.filter((line) => line.includes('"_aws"'));

test('what more databases did than one checkpoint holds is remembered all the same', async () => {
  // More than 256 kB in all: the SDK then keeps a summary, and builds the rest from what was invoked.
  const secrets = secretsOf(300);
  aws.answer(
    LIST_SECRETS,
    secretPages(() => secrets),
  );
  const refused = namedInMessage(new JobError('CleanupRefused', 'x'.repeat(950)));
  const [night, mails] = await countOf(PUBLISH, () =>
    playNight({ payload: CLEANUP, invoke: () => Promise.reject(refused) }),
  );
  expect([...night.invocations.values()].filter((count) => count !== 1)).toEqual([]);
  expect(night.invocations.size).toBe(300);
  expect(night.error).toMatchObject({
    errorType: 'TooManyFailed',
    errorMessage: expect.stringMatching(/^300 of 300 databases failed \(100%\), .*: CleanupRefused 300\./),
  });
  expect([mails, metricLines().length]).toEqual([1, 1]);
  expect(JSON.parse(metricLines()[0] ?? '')).toMatchObject({ FailedDatabases: 300, Databases: 300 });
  expect(metricLines()[0]).not.toContain('CleanupCompleted');
});

test('a list that AWS refuses ends the run by its own name, and is not asked for again', async () => {
  aws.answer(LIST_SECRETS, awsFailure('AccessDeniedException'));
  const [night, asked] = await countOf(LIST_SECRETS, () => playNight({ payload: CLEANUP, invoke: done }));
  expect(asked).toBe(1);
  expect(night.error).toMatchObject({
    errorType: 'SecretUnavailable',
    errorMessage: expect.stringMatching(/^The secrets below prod\/tenants\/ cannot be listed: access denied\./),
  });
  const errors = log.flatMap((line) => (line.includes('"level":"ERROR"') ? [JSON.parse(line)] : []));
  expect(errors).toMatchObject([{ errorName: 'SecretUnavailable', message: night.error?.errorMessage }]);
  expect(night.invocations.size).toBe(0);
});

test('a list that AWS has no time for just now is asked for again in two more attempts', async () => {
  aws.answer(LIST_SECRETS, awsFailure('ThrottlingException'));
  const [night, asked] = await countOf(LIST_SECRETS, () => playNight({ payload: CLEANUP, invoke: done }));
  // The SDK itself tries three times in each.
  expect(asked).toBe(9);
  expect(night.error).toMatchObject({ errorType: 'SecretUnavailable' });
});

test('what nobody expected says in the log where it came from, and nothing of what it quoted', async () => {
  vi.spyOn(Math, 'random').mockImplementation(() => {
    throw new TypeError('canary-573001234567');
  });
  const passing = namedInMessage(new JobError('DatabaseUnreachable', 'It is starting.', { mayPass: true }));
  const night = await playNight({ payload: CLEANUP, invoke: () => Promise.reject(passing) });
  expect(night.error).toMatchObject({ errorType: 'UnexpectedError' });
  const [first] = log.flatMap((line) => (line.includes('"level":"ERROR"') ? [JSON.parse(line)] : []));
  expect(first).toMatchObject({
    errorName: 'UnexpectedError',
    stack: expect.stringMatching(/^UnexpectedError: Unexpected error \(TypeError\).*\n\s+at .*fleet/),
  });
  expect(log.join()).not.toContain('canary');
});

test('more secrets than one deployment works on end the run at once', async () => {
  aws.answer(
    LIST_SECRETS,
    secretPages(() => secretsOf(1_001)),
  );
  const night = await playNight({ payload: CLEANUP, invoke: done });
  expect(night.error).toMatchObject({ errorType: 'TooManyDatabases' });
  expect(night.invocations.size).toBe(0);
});

test('an e-mail that cannot be sent fails the run, which has cleaned up and measured once', async () => {
  aws.answer(PUBLISH, awsFailure('NotFoundException'));
  const [night, tried] = await countOf(PUBLISH, () => playNight({ payload: CLEANUP, invoke: done }));
  expect(tried).toBe(1);
  expect(night.error).toMatchObject({ errorType: 'NoticeFailed' });
  expect([...night.invocations.values()]).toEqual([1, 1, 1]);
  expect(metricLines()).toHaveLength(1);
});

test('a night in which every database failed measures that, and no threads, of which it saw none', async () => {
  const refused = namedInMessage(new JobError('DatabaseLoginRefused', 'The password is wrong.'));
  await playNight({ payload: CLEANUP, invoke: () => Promise.reject(refused) });
  expect(JSON.parse(metricLines()[0] ?? '')).toMatchObject({ FailedDatabases: 3, Databases: 3, ThreadsCleared: 0 });
  expect(metricLines()[0]).not.toMatch(/ActiveThreads|NearLimitThreads|TokenLimit|RemainingThreads/);
  await playNight({ payload: CLEANUP, invoke: done });
  expect(JSON.parse(metricLines()[1] ?? '')).toMatchObject({ TokenLimit: 1_000_000, RemainingThreads: 0 });
});

test('while the cleanup is paused nothing is invoked, and the metrics say so', async () => {
  aws.answer(GET_PARAMETERS, parameterValues({ '/stack/state': 'paused' }));
  const [night, mails] = await countOf(PUBLISH, () => playNight({ payload: CLEANUP, invoke: done }));
  expect(night.result).toMatchObject({ paused: true, summary: 'The cleanup is paused: nothing was cleared.' });
  expect([night.invocations.size, mails]).toEqual([0, 0]);
  expect(JSON.parse(metricLines()[0] ?? '')).toMatchObject({ CleanupPaused: 1, CleanupCompleted: 1 });
  expect(metricLines()[0]).not.toMatch(/ActiveThreads|FailedDatabases|RemainingThreads/);
});

test('a run by hand does not count as one that the schedule asked for, and neither does one without a database', async () => {
  await playNight({ payload: { mode: 'cleanup' }, invoke: done });
  aws.answer(
    LIST_SECRETS,
    secretPages(() => []),
  );
  const night = await playNight({ payload: CLEANUP, invoke: done });
  expect(night.result).toMatchObject({ databaseCount: 0, summary: expect.stringContaining('There is no secret with') });
  expect(metricLines().filter((line) => line.includes('CleanupCompleted'))).toEqual([]);
});

test('there is a line in the log for each database, which the dashboard’s table is made of', async () => {
  const broken = namedInMessage(new JobError('InvalidSecret', 'The secret is empty.'));
  await playNight({
    payload: CLEANUP,
    invoke: ({ secret }) => (secret.endsWith('t1') ? Promise.reject(broken) : done()),
  });
  const lines = log.flatMap((line) => (line.includes('"secret"') ? [JSON.parse(line)] : []));
  expect(lines).toMatchObject([
    { outcome: 'cleaned up', secret: 'prod/tenants/t0', cleanedCount: 1, requestId: 'run-1' },
    { outcome: 'cleaned up', secret: 'prod/tenants/t2' },
    { outcome: 'InvalidSecret', secret: 'prod/tenants/t1', reason: 'The secret is empty.' },
  ]);
});

test('a secret with the longest name that there is gets its turn, under a name that AWS takes', async () => {
  const secret = `prod/tenants/${'x'.repeat(499)}`;
  aws.answer(
    LIST_SECRETS,
    secretPages(() => [secret]),
  );
  const night = await playNight({ payload: CLEANUP, invoke: done });
  expect([...night.invocations.keys()]).toEqual([secret]);
  expect(night.history).not.toMatch(/"Name":"[^"]{257,}"/);
});

test('a payload that is about one database is refused, and nothing is asked of AWS', async () => {
  const before = aws.requests.length;
  const night = await playNight({ payload: { mode: 'restore', requestId: 'run-1' }, invoke: done });
  expect(night.error).toMatchObject({ errorType: 'InvalidPayload' });
  expect(aws.requests).toHaveLength(before);
});
