import { beforeEach, describe, expect, test } from 'vitest';
import type { TableNames } from '../../../lambda/input/settings.ts';
import { checkOn, cleanUpOn } from '../../support/job/run.ts';
import {
  auditedThreads,
  createAuditTable,
  createDatabase,
  emptyTables,
  insertContacts,
  TABLE_NAMES,
} from '../../support/postgres/database.ts';
import { createRole } from '../../support/postgres/roles.ts';

const database = await createDatabase();
const { sql } = database;
beforeEach(() => emptyTables(database));

const unqualified = (name: string) => ({ schema: undefined, name });

async function cleanUpWith({ url, names = {} }: { url?: string; names?: Partial<TableNames> } = {}) {
  const job = await database.open(url === undefined ? {} : { url });
  try {
    return await cleanUpOn(job, {}, { ...TABLE_NAMES, ...names });
  } finally {
    await job.close();
  }
}

async function checkWith({ url }: { url?: string } = {}) {
  const job = await database.open(url === undefined ? {} : { url });
  try {
    return await checkOn(job);
  } finally {
    await job.close();
  }
}

describe('an audit table of the old script', () => {
  beforeEach(async () => {
    await sql`create table "ThreadCleanupLog" (id serial primary key, cleaned_count integer,
              total_tokens_cleared bigint, execution_time timestamp default now(), details jsonb)`;
    await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
  });

  test('is used as it is, and written in UTC by a session that is not in UTC', async () => {
    const name = new URL(database.url).pathname.slice(1);
    await sql.unsafe(`alter database ${name} set timezone = 'America/Bogota'`);
    const definition = () => sql`select attname, atttypid from pg_attribute
      where attrelid = '"ThreadCleanupLog"'::regclass order by attnum`;
    const before = await definition();
    await cleanUpWith();
    const report = await checkWith();
    await sql.unsafe(`alter database ${name} reset timezone`);
    expect(await definition()).toEqual(before);
    const [row] = await sql`select abs(extract(epoch from execution_time - (now() at time zone 'UTC')))::int as seconds
      from "ThreadCleanupLog"`;
    expect(row?.['seconds']).toBeLessThan(60);
    const shown = Date.parse(report.recentCleanups[0]?.executionTime ?? '');
    expect(Math.abs(shown - Date.now())).toBeLessThan(60_000);
  });

  test('keeps its rows readable', async () => {
    const details = { threads: [{ phone: '9', name: 'Old', tokens: 1_234_567 }] };
    await sql`insert into "ThreadCleanupLog" (cleaned_count, total_tokens_cleared, details)
              values (1, 1234567, ${sql.json(details)})`;
    await cleanUpWith();
    expect((await auditedThreads(database)).map(({ phone }) => phone)).toEqual(['9', '1']);
    expect((await checkWith()).recentCleanups.map(({ cleanedCount }) => cleanedCount)).toEqual([1, 1]);
  });
});

test('an audit table of our own shows the right time whatever the time zone of the session', async () => {
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
  const name = new URL(database.url).pathname.slice(1);
  await sql.unsafe(`alter database ${name} set timezone = 'Asia/Tokyo'`);
  await cleanUpWith();
  const report = await checkWith();
  await sql.unsafe(`alter database ${name} reset timezone`);
  expect(Math.abs(Date.parse(report.recentCleanups[0]?.executionTime ?? '') - Date.now())).toBeLessThan(60_000);
});

describe('table names', () => {
  test.each([
    { schema: 'crm', name: 'Contacts' },
    { schema: 'Select', name: 'table' },
    { schema: 'my.schema', name: 'a "quoted" name; drop table x' },
    { schema: undefined, name: 'with space.and dot' },
  ])('$schema.$name is quoted by the server, with an audit table of the same kind', async (clientViewName) => {
    const auditTableName = { ...clientViewName, name: `${clientViewName.name} log` };
    const schema = clientViewName.schema ?? 'public';
    await sql`create schema if not exists ${sql.unsafe(`"${schema.replaceAll('"', '""')}"`)}`;
    const quoted = `"${schema}"."${clientViewName.name.replaceAll('"', '""')}"`;
    await sql.unsafe(`create table ${quoted} (like "ClientView" including all)`);
    await sql.unsafe(`insert into ${quoted} values ('1', null, null, null, null, now(), 't', 1000000)`);
    expect(await cleanUpWith({ names: { clientViewName, auditTableName } })).toMatchObject({ cleanedCount: 1 });
    expect(await sql.unsafe(`select "threadTokenCount" as tokens from ${quoted}`)).toEqual([{ tokens: 0 }]);
    await sql.unsafe(`drop table ${quoted}`);
  });

  test("without a schema are looked for in Prisma's ?schema=, and the audit table is made there", async () => {
    await sql`create schema tenant`;
    await sql`create table tenant."ClientView" (like "ClientView" including all)`;
    await sql`insert into tenant."ClientView" values ('1', null, null, null, null, now(), 't', 1000000)`;
    expect(await cleanUpWith({ url: `${database.url}?schema=tenant` })).toMatchObject({ cleanedCount: 1 });
    expect(await sql`select cleaned_count from tenant."ThreadCleanupLog"`).toHaveLength(1);
  });

  test('that lead nowhere are refused, with the tables that look as if they were meant', async () => {
    await expect(cleanUpWith({ names: { clientViewName: unqualified('clientview') } })).rejects.toMatchObject({
      name: 'TableUnusable',
      message: expect.stringMatching(
        /There is no table "clientview" in the schema public\. Tables with a column "threadTokenCount": .*public\."ClientView"/,
      ),
    });
    await expect(cleanUpWith({ names: { auditTableName: { schema: 'nowhere', name: 'Log' } } })).rejects.toMatchObject({
      name: 'TableUnusable',
      message: expect.stringContaining('schema nowhere'),
    });
  });
});

test.each([['threadTokenCount'], ['threadId'], ['userName']])(
  'a table without "%s" is refused by that name',
  async (column) => {
    await sql.unsafe(`create table "Short" (like "ClientView"); alter table "Short" drop column "${column}"`);
    const run = cleanUpWith({ names: { clientViewName: unqualified('Short') } });
    await expect(run).rejects.toThrow(`public."Short" has no column "${column}"`);
    await sql`drop table "Short"`;
  },
);

test('a token column that is no whole number is refused', async () => {
  await sql`create table "Odd" (like "ClientView")`;
  await sql`alter table "Odd" alter "threadTokenCount" drop default, alter "threadTokenCount" type text`;
  const run = cleanUpWith({ names: { clientViewName: unqualified('Odd') } });
  await expect(run).rejects.toThrow(
    '"threadTokenCount" of public."Odd" must be smallint, integer or bigint (got text)',
  );
  await sql`drop table "Odd"`;
});

describe('a role with the least rights', () => {
  const CHECK_GRANT =
    'grant select ("phoneNumber", "name", "userName", "threadId", "threadTokenCount") on "ClientView" to';
  const CLEANUP_GRANTS = [
    'grant select (ctid, "phoneNumber", "name", "userName", "threadId", "threadTokenCount") on "ClientView" to',
    'grant update ("threadId", "threadTokenCount") on "ClientView" to',
    'grant select (id, cleaned_count, total_tokens_cleared, execution_time, details) on "ThreadCleanupLog" to',
    'grant insert (cleaned_count, total_tokens_cleared, execution_time, details) on "ThreadCleanupLog" to',
  ];

  test('can check with SELECT alone', async () => {
    const role = await createRole(database);
    await sql.unsafe(`${CHECK_GRANT} ${role.name}`);
    await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
    expect(await checkWith(role)).toMatchObject({ overLimitThreads: 1 });
  });

  test('can clean up with the column grants of the README, and lacks any one of them by name', async () => {
    await createAuditTable(database);
    await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
    for (const left of CLEANUP_GRANTS) {
      const role = await createRole(database);
      for (const grant of CLEANUP_GRANTS.filter((other) => other !== left)) await sql.unsafe(`${grant} ${role.name}`);
      const run = cleanUpWith(role);
      await expect(run).rejects.toMatchObject({ name: 'PrivilegeMissing' });
      const words = left.replace(
        /^grant (\w+) \(.*on "(\w+)" to$/,
        (_, privilege, table) => `${privilege.toUpperCase()} .*${table}`,
      );
      await expect(run).rejects.toThrow(new RegExp(`GRANT ${words}" TO ${role.name};`));
    }
    const role = await createRole(database);
    for (const grant of CLEANUP_GRANTS) await sql.unsafe(`${grant} ${role.name}`);
    expect(await cleanUpWith(role)).toMatchObject({ cleanedCount: 1 });
  });

  test('the grant that an error names is the one that helps', async () => {
    await cleanUpWith();
    const role = await createRole(database);
    for (let tries = 0; tries < 5; tries += 1) {
      const error: unknown = await cleanUpWith(role).catch((reason) => reason);
      if (!(error instanceof Error)) break;
      const grant = /GRANT [^;]*;/.exec(error.message)?.[0];
      await sql.unsafe(grant ?? 'the message names no grant');
    }
    expect(await cleanUpWith(role)).toMatchObject({ cleanedCount: 0 });
  });

  test('is told to create the audit table when it is absent and may not be created', async () => {
    const role = await createRole(database);
    for (const grant of CLEANUP_GRANTS.slice(0, 2)) await sql.unsafe(`${grant} ${role.name}`);
    await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
    await expect(cleanUpWith(role)).rejects.toMatchObject({
      name: 'PrivilegeMissing',
      message: expect.stringContaining(`GRANT CREATE ON SCHEMA public TO ${role.name};`),
    });
  });

  test('needs the sequence of an old audit table, and is told so', async () => {
    await sql`create table "ThreadCleanupLog" (id serial primary key, cleaned_count integer,
              total_tokens_cleared bigint, execution_time timestamp default now(), details jsonb)`;
    const role = await createRole(database);
    for (const grant of CLEANUP_GRANTS) await sql.unsafe(`${grant} ${role.name}`);
    await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
    const grant = `GRANT USAGE ON SEQUENCE "ThreadCleanupLog_id_seq" TO ${role.name};`;
    await expect(cleanUpWith(role)).rejects.toThrow(grant);
    await sql.unsafe(grant);
    expect(await cleanUpWith(role)).toMatchObject({ cleanedCount: 1 });
  });
});
