import { beforeEach, expect, test } from 'vitest';
import type { CleanupOptions } from '../../../lambda/job/cleanup.ts';
import { cleanUpOn } from '../../support/job/run.ts';
import {
  createAuditTable,
  createDatabase,
  emptyTables,
  insertContacts,
  interrupted,
} from '../../support/postgres/database.ts';
import { createRole } from '../../support/postgres/roles.ts';

const database = await createDatabase();
const { sql } = database;
const job = await database.open();
beforeEach(() => emptyTables(database));

const runCleanup = (auditRetentionDays: number | undefined, connection = job, options: Partial<CleanupOptions> = {}) =>
  cleanUpOn(connection, { auditRetentionDays, ...options });

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

test('no statement deletes more than 500 rows, whose details may be large', async () => {
  await runCleanup(undefined);
  await insertAuditRows(1_200, 30);
  const counts: number[] = [];
  const watched = interrupted(job, async () => counts.push(await auditRows()));
  await runCleanup(30, watched);
  counts.push(await auditRows());
  const deleted = counts.slice(1).map((count, index) => (counts[index] ?? 0) - count);
  expect(deleted.reduce((sum, count) => sum + count, 0)).toBe(1_200);
  expect(Math.max(...deleted)).toBeLessThanOrEqual(500);
});

test('a run whose time ran out before the end of the table leaves old audit rows to the next one', async () => {
  await runCleanup(undefined);
  await insertAuditRows(3, 30);
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
  const late = await runCleanup(30, job, { remainingTimeMs: () => 1_000 });
  expect(late).toMatchObject({ complete: false, cleanedCount: 0 });
  expect(await auditRows()).toBe(3);
  expect(await runCleanup(30)).toMatchObject({ complete: true, cleanedCount: 1 });
  expect(await auditRows()).toBe(1);
});

test('a run whose time runs out while it deletes old audit rows stops, and is complete all the same', async () => {
  await runCleanup(undefined);
  await insertAuditRows(2_000, 30);
  let rows = 2_000;
  const watched = interrupted(job, async () => {
    rows = await auditRows();
  });
  const result = await runCleanup(30, watched, { remainingTimeMs: () => (rows < 2_000 ? 1_000 : 900_000) });
  expect(result.complete).toBe(true);
  const left = await auditRows();
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThan(2_000);
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
  await createAuditTable(database);
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
