import { Signer } from '@aws-sdk/rds-signer';
import postgres from 'postgres';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { openFunctionDatabase } from '../../../lambda/aws/open-database.ts';
import { rdsToken } from '../../../lambda/aws/rds-token.ts';
import { parseDatabaseAddress } from '../../../lambda/database/address.ts';
import { openDatabase } from '../../../lambda/database/database.ts';
import { JobError } from '../../../lambda/model/job-error.ts';
import { GET_SECRET_VALUE, secretText, startFakeAws } from '../../support/aws/fake-aws.ts';
import { lambdaContext } from '../../support/aws/lambda-context.ts';
import { everythingIn, failureOfAsync } from '../../support/failure.ts';
import { PATIENCE } from '../../support/patience.ts';
import { startTlsServer } from '../../support/postgres/tls-server.ts';

const ROLE = 'with_tls_only';
const server = await startTlsServer();
const aws = await startFakeAws();
const { port } = new URL(server.url('127.0.0.1'));
const admin = postgres(server.url('127.0.0.1', '?sslmode=disable'), { max: 1 });

beforeAll(() => server.present({ names: ['localhost'] }));
beforeEach(() => {
  for (const [name, value] of Object.entries(aws.environment)) vi.stubEnv(name, value);
  // A token is signed with the time: at the same time it is the same.
  vi.useFakeTimers({ toFake: ['Date'] });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});
afterAll(async () => {
  await admin.end();
  await Promise.all([server.stop(), aws.close()]);
});

/** Makes the token of that time the only password that the server takes. */
async function acceptTokenOf(time: string, region = 'eu-west-1'): Promise<void> {
  vi.setSystemTime(time);
  const token = await new Signer({ hostname: '127.0.0.1', port: Number(port), username: ROLE, region }).getAuthToken();
  await admin.unsafe(`alter role ${ROLE} password '${token}'`);
}

function openWith(secret: Record<string, unknown>, secretId = 'prod/database-url') {
  aws.answer(GET_SECRET_VALUE, secretText(JSON.stringify(secret)));
  const settings = { databaseDefaults: { iamUser: ROLE }, region: 'eu-west-1' };
  return openFunctionDatabase(secretId, settings, lambdaContext());
}

const whoAmI = (sql: postgres.Sql) => sql<{ user: string; pid: number }[]>`select user, pg_backend_pid() as pid`;
const withoutPassword = { host: '127.0.0.1', port, dbname: 'postgres', sslmode: 'require' };

describe('a function that logs in with IAM', () => {
  test('shows the server a token as the password of the role, from a secret that has neither', async () => {
    await acceptTokenOf('2026-11-26T03:00:00Z');
    const database = await openWith(withoutPassword);
    expect(await database.run(whoAmI)).toMatchObject([{ user: ROLE }]);
    await database.close();
  });

  test('makes a new one for each connection', async () => {
    await acceptTokenOf('2026-11-26T03:00:00Z');
    const database = await openWith({ ...withoutPassword, username: ROLE, password: 'not used' });
    const [before] = await database.run(whoAmI);
    // The first token is of no use any more.
    await acceptTokenOf('2026-11-26T03:16:00Z');
    await admin`select pg_terminate_backend(${before?.pid ?? 0})`;
    const [after] = await vi.waitFor(() => database.run(whoAmI), PATIENCE);
    expect(after?.user).toBe(ROLE);
    expect(after?.pid).not.toBe(before?.pid);
    await database.close();
  });

  test('signs for the region of the secret', async () => {
    await acceptTokenOf('2026-11-26T03:00:00Z', 'us-east-2');
    const arn = 'arn:aws:secretsmanager:us-east-2:111122223333:secret:prod/db-AbCdEf';
    await (await openWith(withoutPassword, arn)).close();
  });

  test('is refused with a token of another time, and says nothing of it', async () => {
    await acceptTokenOf('2026-11-26T03:00:00Z');
    vi.setSystemTime('2026-11-26T04:00:00Z');
    const failure = await failureOfAsync(openWith(withoutPassword));
    expect(failure.code).toBe('DatabaseLoginRefused');
    expect(everythingIn(failure)).not.toMatch(/X-Amz|Signature/i);
  });

  test('fails with the reason when a token cannot be made, and does not try for ever', async () => {
    const address = parseDatabaseAddress(server.url('127.0.0.1'), 'the test');
    const reason = new JobError('DatabaseLoginRefused', 'no credentials');
    const opening = openDatabase({ ...address, password: () => Promise.reject(reason) });
    expect(await failureOfAsync(opening)).toBe(reason);
  });

  test('says so when it has no credentials to sign with', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', '');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', '');
    const failure = await failureOfAsync(rdsToken({ host: 'db', port: 5432, user: ROLE }, 'eu-west-1')());
    expect(failure).toMatchObject({ code: 'DatabaseLoginRefused' });
    expect(failure.message).toMatch(/^The token of IAM for the role with_tls_only cannot be made \(\w+\)\. /);
  });
});

test.each([
  ['db.cluster-abc.eu-central-1.rds.amazonaws.com', 'eu-central-1'],
  ['db.abc.cn-north-1.rds.amazonaws.com.cn', 'cn-north-1'],
  ['app.proxy-abc.us-gov-west-1.rds.amazonaws.com', 'us-gov-west-1'],
  ['db.example.com', 'us-west-2'],
])('the token for %s is signed for the region %s', async (host, region) => {
  const token = new URL(`https://${await rdsToken({ host, port: 5432, user: 'app' }, 'us-west-2')()}`);
  expect(token.searchParams.get('X-Amz-Credential')).toContain(`/${region}/rds-db/`);
  expect(Object.fromEntries(token.searchParams)).toMatchObject({
    Action: 'connect',
    DBUser: 'app',
    'X-Amz-Expires': '900',
  });
  expect(token.host).toBe(`${host}:5432`);
});
