import { execFile } from 'node:child_process';
import { Socket } from 'node:net';
import { promisify } from 'node:util';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { freePort } from '../../../bin/local/sample/free-port.ts';
import { parseDatabaseAddress } from '../../../lambda/database/address.ts';
import { databaseError } from '../../../lambda/database/connection-errors.ts';
import { type DatabaseOptions, openDatabase } from '../../../lambda/database/database.ts';
import { everythingIn, failureOfAsync } from '../../support/failure.ts';
import {
  type AwkwardServer,
  startBlackHole,
  startServerThatHangsUp,
  startSilentServer,
} from '../../support/network/awkward-servers.ts';
import { byWayOf, startProxy } from '../../support/network/proxy.ts';
import { PATIENCE } from '../../support/patience.ts';
import { createDatabase } from '../../support/postgres/database.ts';
import { createRole } from '../../support/postgres/roles.ts';

const database = await createDatabase();
const PASSWORD = 'wvJ4kPq9Zt';

/** The error with which connecting ends; whatever it is, the password is not in it. */
async function refusal(url: string, options: DatabaseOptions = {}) {
  const failure = await failureOfAsync(openDatabase(parseDatabaseAddress(url, 'the test'), options));
  expect(everythingIn(failure)).not.toContain(PASSWORD);
  return failure;
}

const urlOf = (port: number, parameters = '') =>
  `postgres://admin:${PASSWORD}@127.0.0.1:${port}/assistant${parameters}`;

async function start<T extends { close(): unknown }>(starting: Promise<T>): Promise<T> {
  const server = await starting;
  onTestFinished(async () => {
    await server.close();
  });
  return server;
}

/** Counts from now on how often somebody connects; who does so a second time has been refused the first time. */
function countAttempts() {
  const connecting = vi.spyOn(Socket.prototype, 'connect');
  onTestFinished(() => connecting.mockRestore());
  return { reach: (count: number) => vi.waitUntil(() => connecting.mock.calls.length >= count, PATIENCE) };
}

/** That the client leaves nothing behind which would keep a process alive. */
const expectNoneOpen = (server: AwkwardServer) => vi.waitFor(() => expect(server.open()).toBe(0), PATIENCE);

test('a wrong password is refused as such', async () => {
  const url = new URL(database.url);
  url.password = PASSWORD;
  expect(await refusal(url.href)).toMatchObject({
    code: 'DatabaseLoginRefused',
    message: expect.stringMatching(/^127\.0\.0\.1, port \d+ refuses the user or the password \(28P01\)\. Check both/),
  });
  expect((await refusal(url.href)).message).toContain(`; the user is "${url.username}". `);
});

test('a user that does not exist is refused as such', async () => {
  const url = new URL(database.url);
  url.username = 'nobody';
  expect(await refusal(url.href)).toMatchObject({
    code: 'DatabaseLoginRefused',
    message: expect.stringContaining('refuses the user or the password (28P01)'),
  });
});

test('a database that does not exist is named', async () => {
  expect(await refusal(`${inject('postgresUrl')}no_such_database`)).toMatchObject({
    code: 'DatabaseLoginRefused',
    message: expect.stringMatching(/^There is no database "no_such_database" at 127\.0\.0\.1, port \d+ \(3D000\)/),
  });
});

test('a host that nobody knows is named', async () => {
  expect(await refusal(`postgres://admin:${PASSWORD}@database.invalid/assistant`)).toMatchObject({
    code: 'DatabaseUnreachable',
    message: expect.stringMatching(
      /^The host database\.invalid is unknown \((ENOTFOUND|EAI_AGAIN)\)\. Check the host in the test\. Nothing was changed\.$/,
    ),
  });
});

test.each(['', '?sslmode=require'])('a port where nobody listens refuses the connection%s', async (parameters) => {
  expect(await refusal(urlOf(await freePort(), parameters), { connectTimeoutMs: 1_000 })).toMatchObject({
    code: 'DatabaseUnreachable',
    message: expect.stringMatching(
      /^127\.0\.0\.1, port \d+ refuses the connection\. Check that the database is running and that the port in the test is right\. Nothing was changed\.$/,
    ),
  });
});

test('a server that is just being restarted, and refuses connections until it is there, is asked again', async () => {
  const port = await freePort();
  const attempts = countAttempts();
  const opening = openDatabase(parseDatabaseAddress(byWayOf(port, database.url), 'the test'));
  await attempts.reach(2);
  await start(startProxy(Number(new URL(database.url).port), () => () => 'pass', port));
  const connection = await opening;
  expect(await connection.run((query) => query`select 1 as one`)).toEqual([{ one: 1 }]);
  await connection.close();
});

test('a role that may not connect to the database is told which grant is missing', async () => {
  const role = await createRole(database);
  const name = new URL(database.url).pathname.slice(1);
  await database.sql.unsafe(`revoke connect on database ${name} from public`);
  onTestFinished(async () => {
    await database.sql.unsafe(`grant connect on database ${name} to public`);
  });
  expect(await refusal(role.url)).toMatchObject({
    code: 'PrivilegeMissing',
    message: expect.stringContaining(`GRANT CONNECT ON DATABASE "${name}" TO "${role.name}";`),
  });
});

test('a database that accepts no connections is refused as such', async () => {
  await database.sql`create database closed allow_connections false`;
  onTestFinished(async () => {
    await database.sql`drop database closed`;
  });
  expect(await refusal(`${inject('postgresUrl')}closed`)).toMatchObject({
    code: 'DatabaseLoginRefused',
    message: expect.stringMatching(/^The database "closed" at .* accepts no connections \(55000\)/),
  });
});

test('an address that the system cannot send to is out of reach, and does not end the process', async () => {
  expect(await refusal(`postgres://admin:${PASSWORD}@255.255.255.255/assistant`)).toMatchObject({
    code: 'DatabaseUnreachable',
  });
});

test('a host that has an IPv6 address only, where there is no IPv6, is said to', () => {
  const place = { ...parseDatabaseAddress(urlOf(5432), 'the test'), deployed: false, sent: 'nothing' as const };
  const unreachable = (code: string, address: string) => Object.assign(new Error(code), { code, address });
  const message = (error: Error, deployed = false) => databaseError(error, { ...place, deployed }).message;
  const both = ['ENETUNREACH', 'EHOSTUNREACH'].map((code) => unreachable(code, '2001:db8::1'));
  for (const error of [...both, Object.assign(new AggregateError(both), { code: 'ENETUNREACH' })]) {
    expect(message(error)).toMatch(/has an IPv6 address only, which cannot be reached from here.*pooler/);
    expect(message(error, true)).toMatch(/a Lambda function reaches IPv6 only from a dual-stack VPC/);
  }
  expect(message(unreachable('ENETUNREACH', '10.0.0.1'))).not.toContain('IPv6');
  const mixed = new AggregateError([unreachable('ENETUNREACH', '2001:db8::1'), unreachable('ETIMEDOUT', '10.0.0.1')]);
  expect(message(Object.assign(mixed, { code: 'ENETUNREACH' }))).not.toContain('IPv6');
});

test('what may be there at the next attempt is told from what somebody has to set right', () => {
  const place = { ...parseDatabaseAddress(urlOf(5432), 'the test'), deployed: true, sent: 'nothing' as const };
  const mayPass = (code: string, fields: object = {}) =>
    databaseError(Object.assign(new Error(code), { code, ...fields }), place).mayPass;
  const passing = [
    'EAI_AGAIN',
    'ECONNREFUSED',
    'ECONNRESET',
    'ETIMEDOUT',
    'CONNECT_TIMEOUT',
    'EHOSTUNREACH',
    'CONNECTION_CLOSED',
  ];
  expect(passing.filter((code) => !mayPass(code))).toEqual([]);
  const lasting = [
    'ENOTFOUND',
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    'SELF_SIGNED_CERT_IN_CHAIN',
    'EPROTO',
  ];
  expect(lasting.filter((code) => mayPass(code))).toEqual([]);
  expect(mayPass('ENETUNREACH', { address: '2001:db8::1' })).toBe(false);
  const noTls = 'Client network socket disconnected before secure TLS connection was established';
  expect(mayPass('ECONNRESET', { message: noTls })).toBe(false);
});

test("nothing of libpq's environment changes where or how the job connects", async () => {
  const lambda = new URL('../../../lambda/database/', import.meta.url);
  const program = `
    import { parseDatabaseAddress } from '${lambda}address.ts';
    import { openDatabase } from '${lambda}database.ts';
    const database = await openDatabase(parseDatabaseAddress('${database.url}', 'The test'));
    console.log(...await database.run((sql) => sql\`select pg_catalog.current_setting('application_name') as name\`));
    await database.close();`;
  const env = {
    ...{ PGTARGETSESSIONATTRS: 'any', PGHOST: 'elsewhere', PGPORT: '1', PGUSER: 'x', PGPASSWORD: 'x', PGDATABASE: 'x' },
    ...{
      PGAPPNAME: 'x',
      PGOPTIONS: '-c search_path=x',
      PGSSLMODE: 'require',
      PGSSL: 'require',
      PGSSLNEGOTIATION: 'direct',
    },
    ...{ PGPREPARE: 'true', PGDEBUG: 'true', PGMAX: '7', PGMAX_PIPELINE: '0', PGBACKOFF: 'x', PGKEEP_ALIVE: 'x' },
  };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], { env });
  expect(stdout).toBe("{ name: 'thread-cleanup' }\n");
});

test('the host may be an IPv6 address', async () => {
  const connecting = vi.spyOn(Socket.prototype, 'connect');
  onTestFinished(() => connecting.mockRestore());
  const port = await freePort();
  // A machine without IPv6 refuses it for another reason.
  await refusal(`postgres://admin:${PASSWORD}@[::1]:${port}/assistant`, { connectTimeoutMs: 200 });
  expect(connecting.mock.calls[0]).toEqual([port, '::1']);
});

test.concurrent.each(['', '?sslmode=require'])(
  'a server that takes connections and never answers is given up in time%s',
  async (parameters) => {
    const server = await startSilentServer();
    const failure = await refusal(urlOf(server.port, parameters), { connectTimeoutMs: 1_200 });
    expect(failure.code).toBe('DatabaseUnreachable');
    expect(failure.message).toMatch(
      /accepted the connection but did not finish the login within 1\.2 s\. It may be asleep or starting/,
    );
    await expectNoneOpen(server);
    await server.close();
  },
);

test.concurrent.each(['', '?sslmode=require'])(
  'a server that hangs up at once is tried again a few times a second, not without pause, and given up in time%s',
  async (parameters) => {
    const server = await startServerThatHangsUp();
    const failure = await refusal(urlOf(server.port, parameters), { connectTimeoutMs: 1_200 });
    expect(failure.message).toMatch(/accepted the connection but did not finish the login within 1\.2 s/);
    expect(server.taken()).toBeGreaterThan(1);
    expect(server.taken()).toBeLessThan(6);
    await server.close();
  },
);

test.concurrent('once a server that hangs up is given up nobody tries again: the process ends by itself', async () => {
  const server = await startServerThatHangsUp();
  const lambda = new URL('../../../lambda/database/', import.meta.url);
  const program = `
    import { parseDatabaseAddress } from '${lambda}address.ts';
    import { openDatabase } from '${lambda}database.ts';
    openDatabase(parseDatabaseAddress('${urlOf(server.port)}', 'The test'), { connectTimeoutMs: 1_200 })
      .catch(({ code }) => console.log(code, 'given up'));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', program], {
    env: {},
  });
  expect(stdout).toBe('DatabaseUnreachable given up\n');
  expect(server.taken()).toBeGreaterThan(1);
  expect(server.taken()).toBeLessThan(6);
  await server.close();
});

test('a port that answers nothing at all is given up in time, and the network is what to check', async () => {
  const { port } = await start(startBlackHole());
  const failure = await refusal(urlOf(port), { connectTimeoutMs: 500 });
  expect(failure.code).toBe('DatabaseUnreachable');
  expect(failure.message).toMatch(
    /did not answer within 0\.5 s\. Check host and port in the test, and the network: VPN, firewall/,
  );
  const deployed = await refusal(urlOf(port), { connectTimeoutMs: 500, deployed: true });
  expect(deployed.message).toMatch(
    /did not answer within 0\.5 s\. Check host and port in the test, and the VPC, its subnets and routes/,
  );
});

test("connecting takes no longer than the caller's time allows", async () => {
  const { port } = await start(startSilentServer());
  const failure = await refusal(urlOf(port), { remainingTimeMs: () => 5_400 });
  expect(failure.message).toContain('did not finish the login within 0.4 s');
});

test('an interrupted caller stops connecting', async () => {
  const server = await start(startSilentServer());
  const controller = new AbortController();
  const outcome = refusal(urlOf(server.port), { signal: controller.signal });
  await vi.waitUntil(() => server.taken() > 0, PATIENCE);
  controller.abort();
  expect(await outcome).toMatchObject({ code: 'Interrupted' });
  await expectNoneOpen(server);
});

test('a server without a free connection is asked again, and when none gets free it says so', async () => {
  await database.sql.unsafe(`create role one_only login password 'role' connection limit 0`);
  onTestFinished(async () => {
    await database.sql`drop role one_only`;
  });
  const url = new URL(database.url);
  url.username = 'one_only';
  url.password = 'role';
  expect(await refusal(url.href, { connectTimeoutMs: 1_000 })).toMatchObject({
    code: 'DatabaseUnreachable',
    message: expect.stringContaining('has no free connection (53300). Try again later.'),
  });
  const attempts = countAttempts();
  const opening = database.open({ url: url.href });
  await attempts.reach(2);
  await database.sql`alter role one_only connection limit 1`;
  const connection = await opening;
  expect(await connection.run((query) => query`select 1 as one`)).toEqual([{ one: 1 }]);
  await connection.close();
});

test('nothing but its name is sent at the start beyond what every client sends, since a pooler refuses more', async () => {
  const connection = await database.open();
  const [row] = await connection.run(
    (sql) => sql<{ name: string; changed: string[] }[]>`
      select pg_catalog.current_setting('application_name') as name,
             (select coalesce(pg_catalog.jsonb_agg(name order by name), '[]')
                from pg_catalog.pg_settings where source = 'client') as changed`,
  );
  expect(row).toEqual({ name: 'thread-cleanup', changed: ['application_name', 'client_encoding'] });
});
