import { beforeEach, expect, test } from 'vitest';
import { cleanUp } from '../../lambda/cleanup.ts';
import { createDatabase, emptyTables, insertContacts, TABLE_NAMES } from '../support/database.ts';
import { createRole } from '../support/roles.ts';

const database = await createDatabase();
const { sql } = database;
const job = await database.open();
beforeEach(() => emptyTables(database));

const runCleanup = (auditRetentionDays: number | undefined, connection = job) =>
  cleanUp(connection, TABLE_NAMES, {
    tokenLimit: 1_000_000,
    maxClearedShare: undefined,
    requestId: 'request-1',
    commands: { undo: 'undo', resume: 'resume' },
    auditRetentionDays,
  });

async function insertAuditRows(count: number, ageDays: number) {
  await sql`insert into "ThreadCleanupLog" (cleaned_count, total_tokens_cleared, execution_time, details)
            select 1, 1, now() - make_interval(days => ${ageDays}::int, mins => 1), '{}' from generate_series(1, ${count}::int)`;
}

const auditRows = async () => (await sql`select id from "ThreadCleanupLog"`).length;

test('audit rows are kept for ever unless somebody says otherwise', async () => {
  await runCleanup(undefined);
  await insertAuditRows(1, 10_000);
  await runCleanup(undefined);
  expect(await auditRows()).toBe(1);
});

test('older audit rows are deleted at the end of a run, however many, and younger ones are kept', async () => {
  await runCleanup(undefined);
  await insertAuditRows(1_200, 30);
  await insertAuditRows(3, 29);
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
  await runCleanup(30);
  expect(await auditRows()).toBe(4);
});

test('a table of the old script expires in UTC, whatever the time zone of the session', async () => {
  await sql`create table "ThreadCleanupLog" (id serial primary key, cleaned_count integer,
            total_tokens_cleared bigint, execution_time timestamp default now(), details jsonb)`;
  const name = new URL(database.url).pathname.slice(1);
  await sql.unsafe(`alter database ${name} set timezone = 'Pacific/Kiritimati'`);
  const connection = await database.open();
  await sql`insert into "ThreadCleanupLog" (cleaned_count, execution_time) values
            (1, (now() at time zone 'UTC') - interval '23 hours'), (2, (now() at time zone 'UTC') - interval '25 hours')`;
  await runCleanup(1, connection);
  await sql.unsafe(`alter database ${name} reset timezone`);
  expect(await sql`select cleaned_count from "ThreadCleanupLog"`).toEqual([{ cleaned_count: 1 }]);
});

test('needs rights on the audit table, says so before anything is cleared, and needs no others', async () => {
  await runCleanup(undefined);
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
  const role = await createRole(database);
  await sql.unsafe(`
    grant select, update on "ClientView" to ${role.name};
    grant select (id, cleaned_count, total_tokens_cleared, execution_time, details),
          insert (cleaned_count, total_tokens_cleared, execution_time, details) on "ThreadCleanupLog" to ${role.name}`);
  const connection = await database.open(role);
  const grant = `GRANT UPDATE ("details"), DELETE ON public."ThreadCleanupLog" TO ${role.name};`;
  await expect(runCleanup(30, connection)).rejects.toThrow(grant);
  expect(await auditRows()).toBe(0);
  await sql.unsafe(grant);
  await insertAuditRows(3, 31);
  expect(await runCleanup(30, connection)).toMatchObject({ cleanedCount: 1 });
  expect(await auditRows()).toBe(1);
  await connection.close();
});
