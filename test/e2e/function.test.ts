import { afterAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type FunctionInstance, type Outcome, synthesiseFunction } from '../support/aws/deployed-function.ts';
import {
  type AwsAnswer,
  awsFailure,
  GET_PARAMETERS,
  GET_SECRET_VALUE,
  parameterValues,
  secretBinary,
  secretText,
  startFakeAws,
} from '../support/aws/fake-aws.ts';
import { SCHEDULED_EVENT } from '../support/aws/scheduled-event.ts';
import { PATIENCE } from '../support/patience.ts';
import {
  auditedThreads,
  contactsByPhone,
  createDatabase,
  emptyTables,
  insertContacts,
} from '../support/postgres/database.ts';
import { createRole } from '../support/postgres/roles.ts';

/** Texts that occur nowhere else: where one turns up, it came from the data or the secret. */
const CANARY = {
  phone: '573009998877',
  name: 'Zuleika Qvx',
  userName: 'qvx.zuleika',
  threadId: 'conv_QvXzQ7',
  password: 'wv#J4/kP?q@9%Zt:',
};
const SECRET = 'prod/database-url';

const database = await createDatabase();
const role = await createRole(database);
await database.sql.unsafe(`
  alter role ${role.name} password '${CANARY.password}';
  grant all on schema public to ${role.name};
  grant all on "ClientView" to ${role.name}`);
const { hostname, port, pathname } = new URL(database.url);
const urlWith = (password: string, place = `${hostname}:${port}${pathname}`) =>
  `postgres://${role.name}:${password}@${place}`;
const URL_TEXT = urlWith(encodeURIComponent(CANARY.password));

const aws = await startFakeAws();
const deployed = synthesiseFunction({
  databaseSecret: SECRET,
  databaseHost: hostname,
  databasePort: port,
  databaseName: pathname.slice(1),
});
// The lowest level there is: what is in no line now is in none at any level.
const instance = deployed.start({ ...aws.environment, AWS_LAMBDA_LOG_LEVEL: 'TRACE', POWERTOOLS_LOG_LEVEL: 'TRACE' });
afterAll(async () => {
  await aws.close();
  deployed.remove();
});

const CONTACTS = [
  { ...CANARY, tokens: 1_500_000 },
  { phone: '2', tokens: 1_000_000 },
  { phone: '3', tokens: 999_999 },
  { phone: '4', tokens: null },
];
beforeEach(async () => {
  aws.answer(GET_SECRET_VALUE, secretText(URL_TEXT));
  aws.answer(GET_PARAMETERS, parameterValues({}));
  await emptyTables(database);
  await insertContacts(database, CONTACTS);
});

/** Invokes the function and makes sure of what is true whatever comes out: it has hung up, and no secret is anywhere. */
async function invoke(event?: unknown, { by = instance }: { by?: FunctionInstance } = {}) {
  const outcome = await by.invoke(event);
  await vi.waitFor(
    async () => expect(await database.sql`select from pg_stat_activity where usename = ${role.name}`).toHaveLength(0),
    PATIENCE,
  );
  expectNoCanary([CANARY.password, encodeURIComponent(CANARY.password), 'postgres://r'], JSON.stringify(outcome));
  return outcome;
}

function expectNoCanary(canaries: readonly string[], text: string): void {
  expect(canaries.filter((canary) => text.includes(canary))).toEqual([]);
}

async function expectNothingChanged(): Promise<void> {
  const tokens = [...(await contactsByPhone(database)).values()].map((row) => row.threadTokenCount);
  expect(tokens).toEqual([1_000_000, 999_999, null, 1_500_000]);
  expect(await database.sql`select to_regclass('"ThreadCleanupLog"') as log`).toEqual([{ log: null }]);
}

async function expectFailure(outcome: Outcome, errorType: string, message: RegExp): Promise<void> {
  expect(outcome.error).toMatchObject({
    errorType,
    errorMessage: expect.stringMatching(message),
  });
  await expectNothingChanged();
}

test.each([
  ['{"mode":"cleanup"}', { mode: 'cleanup' }],
  ['the event of a schedule', SCHEDULED_EVENT],
])('%s cleans up, and its result names no contact', async (_, event) => {
  const { result, requestId } = await invoke(event);
  expect(result).toMatchObject({
    mode: 'cleanup',
    requestId,
    tokenLimit: 1_000_000,
    cleanedCount: 2,
    totalTokensCleared: 2_500_000,
    remainingCount: 0,
    complete: true,
  });
  expectNoCanary(Object.values(CANARY), JSON.stringify(result));
  expect((await contactsByPhone(database)).get(CANARY.phone)).toEqual({ threadId: null, threadTokenCount: 0 });
  expect(await auditedThreads(database)).toContainEqual({
    phone: CANARY.phone,
    name: CANARY.name,
    threadId: CANARY.threadId,
    tokens: 1_500_000,
  });
});

test.each([
  ['{"mode":"check"}', { mode: 'check' }],
  ['an empty payload', {}],
  ['null', null],
  ['no payload', undefined],
])('%s reports, and changes nothing', async (_, event) => {
  const { result } = await invoke(event);
  expect(result).toMatchObject({ mode: 'check', totalContacts: 4, overLimitThreads: 2, nearLimitThreads: 1 });
  expect(result?.['topThreads']).toContainEqual(
    expect.objectContaining({ phone: CANARY.phone, name: CANARY.name, threadId: CANARY.threadId, percent: 150 }),
  );
  await expectNothingChanged();
});

test('one contact is restored and then erased by phone; neither result names them, but for the ids in the receipt', async () => {
  await invoke({ mode: 'cleanup' });
  const restored = await invoke({ mode: 'restore', phone: CANARY.phone });
  expect(restored.result).toMatchObject({ mode: 'restore', restoredCount: 1, skippedCount: 0, auditId: 1 });
  expectNoCanary(Object.values(CANARY), JSON.stringify(restored));
  const { result } = await invoke({ mode: 'erase', phone: CANARY.phone });
  expect(result).toMatchObject({
    mode: 'erase',
    erasedRows: 1,
    exports: [],
    threadIds: [CANARY.threadId],
    complete: true,
  });
  expectNoCanary(Object.values(CANARY), JSON.stringify({ ...result, threadIds: [] }));
  const [rows] = await database.sql`select string_agg(l::text, '') as text from "ThreadCleanupLog" l`;
  expectNoCanary(Object.values(CANARY), rows?.['text']);
  const { error } = await invoke({ mode: 'restore', phone: CANARY.phone });
  expect(error?.errorType).toBe('NotRestorable');
  expectNoCanary(Object.values(CANARY), JSON.stringify(error));
});

test('a token limit in the payload goes before that of the operator, and that before the deployed one', async () => {
  const cleanup = async (payload: object = {}) => (await invoke({ mode: 'cleanup', ...payload })).result;
  expect(await cleanup({ tokenLimit: 2_000_000 })).toMatchObject({ tokenLimit: 2_000_000, tokenLimitFrom: 'payload' });
  aws.answer(GET_PARAMETERS, parameterValues({ [String(deployed.parameters[0])]: '1200000' }));
  expect(await cleanup()).toMatchObject({ cleanedCount: 1, tokenLimit: 1_200_000, tokenLimitFrom: 'parameter' });
  aws.answer(GET_PARAMETERS, parameterValues({}));
  expect(await cleanup()).toMatchObject({ cleanedCount: 1, tokenLimit: 1_000_000, tokenLimitFrom: 'deployment' });
  expect((await invoke({ mode: 'check', tokenLimit: 900_000 })).result).toMatchObject({ overLimitThreads: 1 });
});

test('asks for the secret and the parameters that were deployed, and for nothing else', async () => {
  const before = aws.requests.length;
  await invoke({ mode: 'cleanup' });
  expect(aws.requests.slice(before)).toEqual([
    { operation: GET_PARAMETERS, input: { Names: deployed.parameters }, region: 'eu-west-1' },
    { operation: GET_SECRET_VALUE, input: { SecretId: SECRET }, region: 'eu-west-1' },
  ]);
});

test.each([
  ['an unknown mode', { mode: 'clean' }, /^"mode" must be "check", "cleanup", "restore" or "erase" \(got "clean"\)/],
  ['a wrong key', { mode: 'cleanup', limit: 5 }, /^Unknown key "limit" for mode "cleanup"\. Keys: /],
  [
    'the token limit 0',
    { mode: 'cleanup', tokenLimit: 0 },
    /^"tokenLimit" must be a positive whole number, .* \(got 0\)/,
  ],
  ['a negative token limit', { mode: 'cleanup', tokenLimit: -1 }, /^"tokenLimit" must be .* \(got -1\)/],
  ['a fractional token limit', { mode: 'cleanup', tokenLimit: 1.5 }, /^"tokenLimit" must be .* \(got 1\.5\)/],
  ['a token limit in quotes', { mode: 'cleanup', tokenLimit: '5' }, /^"tokenLimit" must be .* \(got "5"\)/],
  [
    'a token limit over 2^53',
    { mode: 'cleanup', tokenLimit: 2 ** 53 },
    /^"tokenLimit" must be .* \(got 9007199254740992\)/,
  ],
  ['a list', [{ mode: 'cleanup' }], /^The payload must be .* \(got a list\)/],
  ['a text', 'cleanup', /^The payload must be .* \(got "cleanup"\)/],
])('%s is refused before anything is asked or changed', async (_, event, message) => {
  const before = aws.requests.length;
  await expectFailure(await invoke(event), 'InvalidPayload', message);
  expect(aws.requests.length).toBe(before);
});

const rds = { engine: 'postgres', username: role.name, password: CANARY.password };

test.each([
  ['JSON with the URL in it', JSON.stringify({ DATABASE_URL: URL_TEXT })],
  ["a URL with Prisma's parameters", `${URL_TEXT}?schema=public&pgbouncer=true&connection_limit=1`],
  ['JSON as RDS writes it', JSON.stringify({ ...rds, host: hostname, port: Number(port), dbname: pathname.slice(1) })],
  ['JSON of a secret that RDS manages, the rest from the context', JSON.stringify(rds)],
])('connects with a secret that is %s', async (_, secret) => {
  aws.answer(GET_SECRET_VALUE, secretText(secret));
  expect((await invoke()).result).toMatchObject({ totalContacts: 4 });
});

const broken: readonly (readonly [string, AwsAnswer, string, RegExp])[] = [
  ['absent', awsFailure('ResourceNotFoundException'), 'SecretUnavailable', /no secret of that name exists/],
  ['forbidden', awsFailure('AccessDeniedException'), 'SecretUnavailable', /access denied/],
  ['empty', secretText(''), 'InvalidSecret', /is empty or binary/],
  ['binary', secretBinary(URL_TEXT), 'InvalidSecret', /is empty or binary/],
  ['no URL', secretText(CANARY.password), 'InvalidSecret', /must be a postgres:\/\/ or postgresql:\/\/ URL/],
  [
    'JSON without the keys',
    secretText(JSON.stringify({ uri: URL_TEXT })),
    'InvalidSecret',
    /JSON without any of the expected keys/,
  ],
  ['broken JSON', secretText(`{"url":"${URL_TEXT}`), 'InvalidSecret', /looks like JSON but cannot be parsed/],
  ['a URL with all characters raw', secretText(urlWith(CANARY.password)), 'InvalidSecret', /"#" as %23/],
  ['a URL with a raw "/"', secretText(urlWith('12/kPq9Zt')), 'InvalidSecret', /"\/" as %2F/],
  ['a wrong password', secretText(urlWith('kPq9Zt')), 'DatabaseLoginRefused', /the user or the password \(28P01\)/],
  ['a wrong host', secretText(urlWith('kPq9Zt', 'db.invalid/d')), 'DatabaseUnreachable', /db\.invalid is unknown/],
  ['a wrong port', secretText(urlWith('kPq9Zt', `${hostname}:1/d`)), 'DatabaseUnreachable', /refuses the connection/],
  ['no TLS', secretText(`${URL_TEXT}?sslmode=require`), 'DatabaseUnreachable', /does not speak TLS/],
];

test.each(broken)('a secret that is broken (%s) is an error that says how', async (_, answer, errorType, message) => {
  aws.answer(GET_SECRET_VALUE, answer);
  const outcome = await invoke({ mode: 'cleanup' });
  await expectFailure(outcome, errorType, message);
  expectNoCanary(['kPq9Zt', 'kP?q', 'J4/'], JSON.stringify(outcome));
});

test('a Secrets Manager that cannot be reached is an error that says so', async () => {
  const alone = deployed.start({
    ...aws.environment,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: 'http://127.0.0.1:1',
  });
  await expectFailure(await invoke({ mode: 'cleanup' }, { by: alone }), 'SecretUnavailable', /cannot be reached/);
  expect(await alone.end()).toEqual({ exitCode: 0 });
});

test('a failure in the middle is reported, closes the connection, and names a line of the sources', async () => {
  await database.sql`alter table "ClientView" rename to "Clients"`;
  const outcome = await invoke({ mode: 'cleanup' });
  await database.sql`alter table "Clients" rename to "ClientView"`;
  await expectFailure(outcome, 'TableUnusable', /There is no table "ClientView" .*"Clients"/);
  expect(outcome.error?.trace.join('\n')).toMatch(/lambda\/tables\/table-lookup\.ts:\d+/);
});

describe('the log of all these invocations', () => {
  const lines = () => instance.log.map((line): Record<string, unknown> => JSON.parse(line));
  const requestIdOf = (line: Record<string, unknown>) => line['function_request_id'] ?? line['requestId'];
  const linesOf = (requestId: string) => lines().filter((line) => requestIdOf(line) === requestId);

  test('consists of JSON lines: metrics, and what happened, with the request id', () => {
    const whatHappened = lines().filter((line) => !('_aws' in line));
    expect(whatHappened.length).toBeGreaterThan(20);
    for (const line of whatHappened) {
      expect(line).toMatchObject({ level: expect.any(String) });
      expect(requestIdOf(line)).toEqual(expect.any(String));
    }
  });

  test('has counts and durations', async () => {
    const { requestId } = await invoke({ mode: 'cleanup' });
    const line = (message: string) => linesOf(requestId).find((entry) => entry['message'] === message);
    const done = await vi.waitUntil(() => line('cleanup done'), PATIENCE);
    expect(line('Batch done')).toMatchObject({ cleanedCount: 2, durationMs: expect.any(Number) });
    expect(done).toMatchObject({
      cleanedCount: 2,
      totalTokensCleared: 2_500_000,
      remainingCount: 0,
      durationMs: expect.any(Number),
    });
  });

  test('has each error once, under its own name', async () => {
    const { requestId } = await invoke({ mode: 'clean' });
    const refused = await vi.waitUntil(() => linesOf(requestId).length > 0 && linesOf(requestId), PATIENCE);
    expect(refused).toMatchObject([
      {
        level: 'ERROR',
        message: {
          errorType: 'InvalidPayload',
          errorMessage: expect.stringContaining('(got "clean")'),
          stackTrace: expect.arrayContaining([expect.stringMatching(/^InvalidPayload: /)]),
        },
      },
    ]);
  });

  test('has no phone number, name, thread id, URL or password in it, at the lowest level', () => {
    expectNoCanary([...Object.values(CANARY), 'kPq9Zt', '://r'], instance.log.join('\n'));
  });
});

test('leaves nothing open that keeps its process alive', async () => {
  expect(await instance.end()).toEqual({ exitCode: 0 });
});
