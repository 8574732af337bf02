import type { Sql } from 'postgres';
import { expect, onTestFinished, test, vi } from 'vitest';
import { parseDatabaseAddress } from '../../../lambda/database/address.ts';
import { type Database, openDatabase } from '../../../lambda/database/database.ts';
import { asSql } from '../../../lambda/database/sql-text.ts';
import { failureOfAsync } from '../../support/failure.ts';
import { byWayOf, startProxy, type Verdict } from '../../support/network/proxy.ts';
import { PATIENCE } from '../../support/patience.ts';
import { createDatabase } from '../../support/postgres/database.ts';
import { activeStatements } from '../../support/postgres/gate.ts';

const database = await createDatabase();
const { sql, url } = database;
const port = Number(new URL(url).port);

const pass = () => 'pass' as const;
const sleep = (connection: Sql) => connection`select pg_catalog.pg_sleep(60)`;

/** What the server says about the job's sessions in this database. */
const sessions = () => sql<{ pid: number; state: string }[]>`
  select pid, state from pg_stat_activity where application_name = 'thread-cleanup' and datname = current_database()`;

/** What is lost is lost: closing does not wait for it again. */
async function closesAtOnce(connection: Database): Promise<void> {
  const start = performance.now();
  await connection.close();
  expect(performance.now() - start).toBeLessThan(1_500);
}

async function pidOf(connection: Database): Promise<number> {
  const [row] = await connection.run((query) => query<{ pid: number }[]>`select pg_catalog.pg_backend_pid() as pid`);
  return row?.pid ?? 0;
}

test('a table that a migration has locked ends in StatementTimeout, and nothing waits at the server any more', async () => {
  const migration = await sql.reserve();
  onTestFinished(() => migration.release());
  await migration`begin`;
  await migration`lock table "ClientView" in access exclusive mode`;
  const connection = await database.open({ statementTimeoutMs: 300 });
  const failure = await failureOfAsync(connection.run((query) => query`select count(*) from "ClientView"`));
  expect(failure.code).toBe('StatementTimeout');
  expect(failure.message).toMatch(
    /did not end within 0\.3 s and was cancelled\. The table may be locked, for example by a migration/,
  );
  expect(failure.message).toContain('pg_locks');
  expect(await sql`select from pg_locks where not granted and relation = '"ClientView"'::regclass`).toHaveLength(0);
  await migration`rollback`;
  expect(await connection.run((query) => query`select pg_catalog.count(*)::int as n from "ClientView"`)).toEqual([
    { n: 0 },
  ]);
  await connection.close();
});

test('a timeout that the role has of its own is a StatementTimeout too', async () => {
  const connection = await database.open();
  await connection.run((query) => query`set statement_timeout = 100`);
  const failure = await failureOfAsync(connection.run(sleep));
  expect(failure.code).toBe('StatementTimeout');
  expect(failure.message).toMatch(
    /The server ended a statement \(57014\).*statement_timeout or lock_timeout of this role/,
  );
  await connection.close();
});

test("a statement takes no longer than the caller's time allows, with enough left to say so", async () => {
  let remaining = 60_000;
  const connection = await database.open({ remainingTimeMs: () => remaining });
  remaining = 5_300;
  const failure = await failureOfAsync(connection.run(sleep));
  expect(failure.message).toContain('did not end within 0.3 s');
  remaining = 0;
  expect(await failureOfAsync(connection.run(sleep))).toMatchObject({ code: 'StatementTimeout' });
  await connection.close();
});

test('an interruption ends the statement at the server and refuses further ones', async () => {
  const controller = new AbortController();
  const connection = await database.open({ signal: controller.signal });
  const pid = await pidOf(connection);
  const outcome = failureOfAsync(connection.run(sleep));
  const isActive = async () => (await sessions()).some((session) => session.pid === pid && session.state === 'active');
  await vi.waitUntil(isActive, PATIENCE);
  controller.abort();
  expect(await outcome).toMatchObject({ code: 'Interrupted', message: 'Interrupted. No thread was changed.' });
  expect(await isActive()).toBe(false);
  await sql`truncate "ClientView"`;
  const further = connection.run(
    (query) => query`insert into "ClientView" ("phoneNumber", "lastActivity") values ('1', pg_catalog.now())`,
  );
  expect(await failureOfAsync(further)).toMatchObject({ code: 'Interrupted' });
  await connection.close();
  expect(await sql`select from "ClientView"`).toHaveLength(0);
});

test('from the first change on, a failure says that what is recorded was cleared', async () => {
  const connection = await database.open({ statementTimeoutMs: 300 });
  const late = () => failureOfAsync(connection.run(sleep));
  expect((await late()).message).toMatch(/ No thread was changed\.$/);
  await connection.change({ statement: asSql('select 1 as done') }, (query) => query`select 1 as done`);
  expect((await late()).message).toMatch(/ Only the threads recorded in the audit table were cleared\.$/);
  await connection.close();
});

test('closing leaves no session at the server', async () => {
  const connection = await database.open();
  const pid = await pidOf(connection);
  await connection.close();
  await vi.waitFor(async () => expect((await sessions()).map((session) => session.pid)).not.toContain(pid), PATIENCE);
  await connection.close();
  expect(await failureOfAsync(connection.run((query) => query`select 1`))).toMatchObject({
    code: 'DatabaseUnreachable',
  });
});

test('a cancellation that gets lost on its way is sent again', async () => {
  let drops = 0;
  const proxy = await startProxy(port, () => (drops-- > 0 ? undefined : pass));
  const connection = await database.open({ url: byWayOf(proxy.port, url), statementTimeoutMs: 1_000 });
  const pid = await pidOf(connection);
  drops = 1;
  expect(await failureOfAsync(connection.run(sleep))).toMatchObject({ code: 'StatementTimeout' });
  expect(await sql`select from pg_stat_activity where pid = ${pid}::int and state = 'active'`).toHaveLength(0);
  await connection.close();
  await proxy.close();
});

test('a session that is lost when there is no time to try again is an error that says what to do', async () => {
  let remaining = 60_000;
  const connection = await database.open({ remainingTimeMs: () => remaining });
  const pid = await pidOf(connection);
  const outcome = failureOfAsync(connection.run(sleep));
  await vi.waitUntil(
    async () => (await sessions()).some((session) => session.pid === pid && session.state === 'active'),
    PATIENCE,
  );
  remaining = 0;
  await sql`select pg_terminate_backend(${pid}::int)`;
  const failure = await outcome;
  expect(failure.code).toBe('DatabaseUnreachable');
  expect(failure.message).toMatch(/(was lost|ended the connection).* [Tt]ry again/);
  await closesAtOnce(connection);
});

test('a proxy that hangs up on every new connection is not called again without pause', async () => {
  let gone = false;
  const proxy = await startProxy(port, () => (gone ? undefined : pass));
  let remaining = 60_000;
  const connection = await database.open({
    url: byWayOf(proxy.port, url),
    statementTimeoutMs: 1_200,
    remainingTimeMs: () => remaining,
  });
  remaining = 6_500;
  gone = true;
  proxy.hangUp();
  const taken = proxy.taken();
  expect((await failureOfAsync(connection.run((query) => query`select 1`))).code).toMatch(
    /^(DatabaseUnreachable|StatementTimeout)$/,
  );
  expect(proxy.taken() - taken).toBeLessThan(20);
  await connection.close();
  await proxy.close();
});

test("the server's words about a row are in no error", async () => {
  const connection = await database.open();
  await sql`insert into "ClientView" ("phoneNumber", "lastActivity") values ('573001234567', now())`;
  const failure = await failureOfAsync(
    connection.run(
      (query) =>
        query`insert into "ClientView" ("phoneNumber", "lastActivity") values (${'573001234567'}, pg_catalog.now())`,
    ),
  );
  expect(failure.code).toBe('StatementFailed');
  expect(failure.message).toMatch(/SQLSTATE 23505, public\.ClientView\.ClientView_pkey/);
  expect(JSON.stringify(failure) + failure.message + failure.stack).not.toContain('573001234567');
  await connection.close();
});

test.concurrent('a server process that is frozen in the middle of a statement is given up', async () => {
  const connection = await database.open({ statementTimeoutMs: 1_000 });
  const pid = await pidOf(connection);
  process.kill(pid, 'SIGSTOP');
  try {
    expect(await failureOfAsync(connection.run(sleep))).toMatchObject({ code: 'StatementTimeout' });
    await closesAtOnce(connection);
  } finally {
    process.kill(pid, 'SIGCONT');
  }
});

test.concurrent.each([
  ['falls silent', '', false],
  ['falls silent to a connection that asked for TLS', '?sslmode=prefer', false],
  ['falls silent and takes no cancellation', '', true],
])(
  'a server that %s is given up, no connection is left open, and the process lives on',
  async (_, parameters, refuses) => {
    let verdict: Verdict = 'pass';
    const proxy = await startProxy(port, () => () => verdict);
    const connection = await database.open({ url: byWayOf(proxy.port, url + parameters), statementTimeoutMs: 1_000 });
    verdict = 'keep';
    if (refuses) proxy.refuse();
    expect(await failureOfAsync(connection.run(sleep))).toMatchObject({ code: 'StatementTimeout' });
    await closesAtOnce(connection);
    await vi.waitFor(() => expect(proxy.open()).toBe(0), PATIENCE);
    await proxy.close();
  },
);

test('a process that was stopped while the server worked finds the result, and its late clock ends nothing else', async () => {
  const job = await openDatabase(parseDatabaseAddress(url, 'The test'), { statementTimeoutMs: 400 });
  onTestFinished(() => job.close());
  const slept = job.run((sql) => sql<{ n: number }[]>`select 1 as n from pg_catalog.pg_sleep(0.2)`);
  await vi.waitUntil(async () => (await activeStatements(sql)).length > 0, PATIENCE);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_000);
  expect(await slept).toEqual([{ n: 1 }]);
  expect(await job.run((its) => its<{ n: number }[]>`select 2 as n from pg_catalog.pg_sleep(0.3)`)).toEqual([{ n: 2 }]);
});

test('a result that breaks off in its middle leaves no holes in the next one', async () => {
  const connection = await database.open();
  const failing = (query: Sql) => query`select 1 / (3 - n) as n from pg_catalog.generate_series(1, 5) as n`;
  expect(await failureOfAsync(connection.run(failing))).toMatchObject({ code: 'StatementFailed' });
  expect(await connection.run((query) => query<{ one: number }[]>`select 1 as one`)).toEqual([{ one: 1 }]);
});

test('without time left it says so, not that the network is to blame', async () => {
  const open = (ms: number) => openDatabase(parseDatabaseAddress(url, 'The test'), { remainingTimeMs: () => ms });
  await expect(open(5_000)).rejects.toMatchObject({
    name: 'StatementTimeout',
    message: expect.stringMatching(/^The time that the caller has is over/),
  });
  let left = 60_000;
  const job = await openDatabase(parseDatabaseAddress(url, 'The test'), { remainingTimeMs: () => left });
  onTestFinished(() => job.close());
  left = 4_000;
  await expect(job.run((its) => its`select 1`)).rejects.toThrow(/^The time that the caller has is over/);
});
