import { afterAll, beforeAll, expect, inject, test, vi } from 'vitest';
import { freePort } from '../../bin/local/sample/free-port.ts';
import { MAX_OPERATIONS } from '../../lambda/fleet/rounds.ts';
import { startFakeAws } from '../support/aws/fake-aws.ts';
import { catchLog } from '../support/aws/logged.ts';
import { clearedIn, INVOCATIONS, isCleanedUp, wrongBooks } from '../support/fleet/expectations.ts';
import { holdTenants } from '../support/fleet/fleet-aws.ts';
import { type FunctionPool, startFunctionPool } from '../support/fleet/function-pool.ts';
import { fleetEnvironment, type Night, playNight } from '../support/fleet/night.ts';
import { type Condition, createTenants, lockOne, PERSONAL_DATA, type Tenant } from '../support/fleet/tenants.ts';
import { startSilentServer } from '../support/network/awkward-servers.ts';

const PREFIX = 'prod/tenants/';
const BROKEN = [
  'wrong password',
  'no table',
  'no URL in the secret',
  'server down',
  'no TLS',
  'too many due',
  'hangs',
] as const;
const CONDITIONS: readonly Condition[] = [
  ...Array.from({ length: 10 }, () => 'healthy' as const),
  ...BROKEN,
  'locked',
  'large',
  'removed',
  'added',
  ...Array.from({ length: 10 }, () => 'healthy' as const),
];

const aws = await startFakeAws();
const silent = await startSilentServer();
let tenants: readonly Tenant[];
let pool: FunctionPool;
let night: Night;
let unlock: () => Promise<void>;
let log: readonly string[];
let secrets: ReturnType<typeof holdTenants>;

beforeAll(async () => {
  const places = { silentPort: silent.port, closedPort: await freePort() };
  tenants = await createTenants(inject('postgresUrl'), PREFIX, CONDITIONS, places);
  secrets = holdTenants(aws, tenants);
  pool = startFunctionPool(4, { ...aws.environment, DATABASE_SECRET_PREFIX: PREFIX });
  const environment = fleetEnvironment(PREFIX, { DATABASE_CONCURRENCY: '4', MAX_FAILED_SHARE: '25' });
  for (const [name, value] of Object.entries({ ...aws.environment, ...environment })) vi.stubEnv(name, value);
  unlock = await lockOne(only('locked'));
  log = catchLog();
  night = await playNight({
    payload: { mode: 'cleanup', scheduled: true },
    invoke: pool.invoke,
    remainingMs: (secret, nth) => timeFor(conditionOf(secret), nth),
  });
  vi.restoreAllMocks();
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await unlock();
  await Promise.all([pool.end(), aws.close(), silent.close()]);
});

const conditionOf = (secret: string) => tenants.find((tenant) => tenant.secret === secret)?.condition;

/** A database that is down, or hangs, is waited for as long as there is time. */
function timeFor(condition: Condition | undefined, nth: number): number | undefined {
  if (condition === 'hangs' || condition === 'server down') return 7_000;
  return condition === 'large' && nth === 1 ? 20_000 : undefined;
}

function only(condition: Condition): Tenant {
  const found = tenants.find((tenant) => tenant.condition === condition);
  if (found === undefined) throw new Error(`There is no tenant that is ${condition}.`);
  return found;
}

const total = (of: (tenant: Tenant) => number) => tenants.reduce((sum, tenant) => sum + of(tenant), 0);

test('one night clears every due thread of every database that works, once, and audits it', async () => {
  expect(await wrongBooks(tenants)).toEqual([]);
  expect(night.status).toBe('SUCCEEDED');
  expect(night.result).toMatchObject({
    databaseCount: CONDITIONS.length - 2,
    removedCount: 1,
    failedCount: BROKEN.length,
    cleanedCount: total(clearedIn),
    cleanedDatabaseCount: tenants.filter(isCleanedUp).length,
    remainingCount: 1,
    unfinishedCount: 0,
  });
});

test('however often the durable function is begun again, nothing is invoked twice', () => {
  expect(night.replays).toBeGreaterThan(10);
  const wrong = tenants.filter(
    ({ secret, condition }) => (night.invocations.get(secret) ?? 0) !== INVOCATIONS[condition],
  );
  expect(wrong.map(({ condition, secret }) => [condition, night.invocations.get(secret)])).toEqual([]);
  // One for each invocation, three for each round, and the times, the list, the state, the metrics and the e-mail; two to
  // see what was removed.
  const rounds = Math.max(...Object.values(INVOCATIONS));
  expect(night.operations).toBeLessThanOrEqual(total(({ condition }) => INVOCATIONS[condition]) + 3 * rounds + 8);
  expect(night.operations).toBeLessThanOrEqual(MAX_OPERATIONS);
});

test('every broken database is told with its own error', () => {
  const errors = {
    'wrong password': 'DatabaseLoginRefused',
    'no table': 'TableUnusable',
    'no URL in the secret': 'InvalidSecret',
    'server down': 'DatabaseUnreachable',
    'no TLS': 'DatabaseUnreachable',
    'too many due': 'CleanupRefused',
    hangs: 'DatabaseUnreachable',
  };
  const failed = BROKEN.map((condition) => ({ secret: only(condition).secret, error: errors[condition] }));
  expect(night.result).toMatchObject({
    failed,
    failures: [{ error: 'DatabaseUnreachable', count: 3 }, {}, {}, {}, {}],
  });
});

test('one e-mail and one set of metrics are all that goes out', () => {
  const mails = aws.requests.filter(({ operation }) => operation === 'sns.Publish');
  expect(mails).toHaveLength(1);
  expect(mails[0]?.input).toMatchObject({ Subject: 'Thread cleanup: 7 of 29 databases failed' });
  const metrics = log.filter((line) => line.includes('"_aws"'));
  expect(metrics).toHaveLength(1);
  expect(JSON.parse(metrics[0] ?? '')).toMatchObject({
    Databases: 29,
    FailedDatabases: 7,
    ThreadsCleared: total(clearedIn),
    CleanupCompleted: 1,
  });
  expect(pool.log().filter((line) => line.includes('"_aws"'))).toEqual([]);
});

test('no phone number, name, thread id or password is in history, logs or e-mail', () => {
  const everything = [night.history, JSON.stringify(aws.requests), ...log, ...pool.log()];
  // A URL has the password in it; an error shows only what one looks like.
  expect(everything.filter((text) => PERSONAL_DATA.test(text) || text.includes('postgres://postgres'))).toHaveLength(0);
});

test('somebody who asks for one database gets all of it, with commands that name it', async () => {
  const { secret, due } = only('large');
  const check = await pool.invoke({ mode: 'check', secret }, {});
  expect(check).toMatchObject({
    mode: 'check',
    topThreads: expect.any(Array),
    recentCleanups: [{ cleanedCount: due }],
  });
  const cleanup = await pool.invoke({ mode: 'cleanup', secret }, {});
  expect(cleanup).toMatchObject({ cleanedCount: 0, summary: expect.any(String) });
  const [run] = Object.values(check ?? {})
    .flatMap((value) => (Array.isArray(value) ? value : []))
    .filter((value) => typeof value === 'object' && 'requestId' in value);
  const restored = await pool.invoke({ mode: 'restore', requestId: run.requestId, secret }, {});
  expect(restored).toMatchObject({ restoredCount: due });
  const stopped = await pool.invoke({ mode: 'cleanup', secret }, { remainingMs: 20_000 });
  expect(stopped).toMatchObject({ complete: false, next: { mode: 'cleanup', secret } });
  // Sent back unchanged, what it handed out clears the rest.
  expect(await pool.invoke(Object(stopped)['next'], {})).toMatchObject({
    cleanedCount: due,
    complete: true,
    summary: expect.stringContaining(`"secret":"${secret}"}'`),
  });
  // Those of all databases together are the fleet's.
  expect(pool.log().filter((line) => line.includes('"_aws"'))).toEqual([]);
});

test('a secret of somebody else is refused without a question to AWS, and so is none at all', async () => {
  const before = aws.requests.length;
  await expect(pool.invoke({ mode: 'check', secret: 'prod/others/acme' }, {})).rejects.toThrow(
    /^InvalidPayload: "secret" must begin with prod\/tenants\/ /,
  );
  await expect(pool.invoke({ mode: 'cleanup' }, {})).rejects.toThrow(
    /^"secret" is required: .*"secret":"prod\/tenants\/NAME"/,
  );
  expect(aws.requests).toHaveLength(before);
});

test('a database that is added, or works again, joins the next night without anything else to do', async () => {
  secrets.nextNight();
  await unlock();
  catchLog();
  const next = await playNight({ payload: { mode: 'cleanup' }, invoke: pool.invoke });
  vi.restoreAllMocks();
  expect(next.invocations.get(only('added').secret)).toBe(1);
  expect(next.invocations.has(only('removed').secret)).toBe(false);
  expect(next.result).toMatchObject({ removedCount: 0, cleanedCount: only('added').due + 1, cleanedDatabaseCount: 2 });
});

test('a check of all databases says what the next cleanup will do in them, and changes nothing', async () => {
  catchLog();
  const check = await playNight({ payload: { mode: 'check' }, invoke: pool.invoke });
  vi.restoreAllMocks();
  expect(check.result).toMatchObject({
    mode: 'check',
    databaseCount: 28,
    failedCount: 4,
    forecast: { clears: 0, refused: 1, paused: 0, nothing: 23, threads: 0 },
    top: [{ secret: only('too many due').secret, forecast: { next: 'refused', threads: 39 } }],
  });
  expect(PERSONAL_DATA.test(check.history)).toBe(false);
});
