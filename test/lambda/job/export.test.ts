import { gunzipSync } from 'node:zlib';
import { beforeEach, expect, test } from 'vitest';
import type { Database } from '../../../lambda/database/database.ts';
import type { CleanupOptions } from '../../../lambda/job/cleanup.ts';
import { exportKey, packRows } from '../../../lambda/model/export-file.ts';
import { JobError } from '../../../lambda/model/job-error.ts';
import { cleanUpOn } from '../../support/job/run.ts';
import {
  contactsByPhone,
  createAuditTable,
  createDatabase,
  emptyTables,
  insertContacts,
  insertDueContacts,
} from '../../support/postgres/database.ts';
import { createRole } from '../../support/postgres/roles.ts';

const database = await createDatabase();
const { sql } = database;
const job = await database.open();
beforeEach(() => emptyTables(database));

const runCleanup = (exportRows: CleanupOptions['exportRows'], connection: Database = job) =>
  cleanUpOn(connection, { exportRows });

test('keeps the complete rows before they are cleared, and the audit row says where', async () => {
  await insertContacts(database, [
    { phone: '1', tokens: 1_000_000, name: 'A', userName: 'a' },
    { phone: '2', tokens: 5 },
  ]);
  const kept: string[] = [];
  const result = await runCleanup(async (rows) => {
    expect((await contactsByPhone(database)).get('1')?.threadTokenCount).toBe(1_000_000);
    kept.push(...rows);
    return 's3://bucket/key';
  });
  expect(result.cleanedCount).toBe(1);
  expect(kept.map((row) => JSON.parse(row))).toEqual([
    {
      phoneNumber: '1',
      name: 'A',
      userName: 'a',
      labels: null,
      chatId: null,
      lastActivity: '2026-01-01T00:00:00',
      threadId: 'conv_1',
      threadTokenCount: 1_000_000,
    },
  ]);
  expect(await sql`select details ->> 'export' as export from "ThreadCleanupLog"`).toEqual([
    { export: 's3://bucket/key' },
  ]);
});

test('clears nothing of a batch that could not be exported', async () => {
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
  const failing = async () => {
    throw new JobError('ExportFailed', 'The bucket is gone.');
  };
  await expect(runCleanup(failing)).rejects.toMatchObject({ name: 'ExportFailed' });
  expect((await contactsByPhone(database)).get('1')).toEqual({ threadId: 'conv_1', threadTokenCount: 1_000_000 });
  expect(await sql`select * from "ThreadCleanupLog"`).toEqual([]);
});

test('leaves a row that changed after its export to the next run, even a column that is not ours', async () => {
  await insertContacts(database, [
    { phone: '1', tokens: 1_000_000 },
    { phone: '2', tokens: 1_000_000 },
  ]);
  const result = await runCleanup(async () => {
    await sql`update "ClientView" set labels = 'Confirmada' where "phoneNumber" = '1'`;
    return 'kept';
  });
  expect(result).toMatchObject({ cleanedCount: 1, remainingCount: 1 });
  expect((await contactsByPhone(database)).get('1')).toEqual({ threadId: 'conv_1', threadTokenCount: 1_000_000 });
});

test('a due row that took the place of an exported one is not cleared unexported', async () => {
  await insertContacts(database, [{ phone: 'old', tokens: 1_000_000 }]);
  let replaced = false;
  const result = await runCleanup(async () => {
    await sql`delete from "ClientView"`;
    await sql`vacuum "ClientView"`;
    await insertContacts(database, [{ phone: 'new', tokens: 2_000_000 }]);
    const [row] = await sql`select ctid::text from "ClientView"`;
    replaced = row?.['ctid'] === '(0,1)';
    return 'kept';
  });
  expect(replaced).toBe(true);
  expect(result.cleanedCount).toBe(0);
  expect((await contactsByPhone(database)).get('new')).toEqual({ threadId: 'conv_new', threadTokenCount: 2_000_000 });
});

test('has no lock and no transaction while it uploads', async () => {
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
  const [{ pid } = { pid: 0 }] = await job.run((s) => s<{ pid: number }[]>`select pg_catalog.pg_backend_pid() as pid`);
  let seen: unknown = 'not looked';
  await runCleanup(async () => {
    seen = await sql`select state, (select count(*)::int from pg_locks l where l.pid = a.pid) as locks
                     from pg_stat_activity a where pid = ${pid}`;
    return 'kept';
  });
  expect(seen).toEqual([{ state: 'idle', locks: 0 }]);
});

test('needs SELECT on every column, and says so', async () => {
  await createAuditTable(database);
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
  const role = await createRole(database);
  await sql.unsafe(`
    grant select (ctid, "phoneNumber", "name", "userName", "threadId", "threadTokenCount") on "ClientView" to ${role.name};
    grant update ("threadId", "threadTokenCount") on "ClientView" to ${role.name};
    grant select, insert on "ThreadCleanupLog" to ${role.name}`);
  const connection = await database.open(role);
  const run = runCleanup(async () => 'kept', connection);
  await expect(run).rejects.toThrow('GRANT SELECT ("xmin", "chatId", "labels", "lastActivity") ON public."ClientView"');
  await sql.unsafe(`grant select on "ClientView" to ${role.name}`);
  expect(await runCleanup(async () => 'kept', connection)).toMatchObject({ cleanedCount: 1 });
  await connection.close();
});

test('objects lie by day and request, never twice under the same name, as gzipped NDJSON', async () => {
  const key = exportKey('request-1');
  expect(key).toMatch(/^exports\/20\d\d\/\d\d\/\d\d\/request-1\/[\da-f-]{36}\.ndjson\.gz$/);
  expect(exportKey('request-1')).not.toBe(key);
  expect(gunzipSync(await packRows(['{"a":1}', '{"a":2}'])).toString()).toBe('{"a":1}\n{"a":2}\n');
});

test('rows that are too large to be read together are exported in parts, each cleared with its own object', async () => {
  await sql`insert into "ClientView" ("phoneNumber", "name", "lastActivity", "threadId", "threadTokenCount")
    select n::text, repeat(md5(n::text), 1250 * 8), now(), 'conv_' || n, 1000000 from generate_series(1, 100) n`;
  const sizes: number[] = [];
  const result = await runCleanup(async (rows) => {
    sizes.push(rows.reduce((total, row) => total + row.length, 0));
    return `object-${sizes.length}`;
  });
  expect(result).toMatchObject({ cleanedCount: 100, remainingCount: 0 });
  expect(sizes.length).toBeGreaterThanOrEqual(4);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(8_000_000);
  const objects =
    await sql`select details ->> 'export' as export, cleaned_count as threads from "ThreadCleanupLog" order by id`;
  expect(objects.map((row) => row['export'])).toEqual(sizes.map((_, index) => `object-${index + 1}`));
});

test('a json column with what jsonb refuses is exported as it is', async () => {
  await sql`alter table "ClientView" add extra json`;
  await sql`insert into "ClientView" ("phoneNumber", "lastActivity", "threadId", "threadTokenCount", extra)
    values ('1', now(), 'conv_1', 1000000, '{"a":"\\u0000"}')`;
  const exported: string[] = [];
  const result = await runCleanup(async (rows) => {
    exported.push(...rows);
    return 'kept';
  });
  await sql`alter table "ClientView" drop extra`;
  expect(result).toMatchObject({ cleanedCount: 1 });
  expect(exported).toEqual([expect.stringContaining('"extra":{"a":"\\u0000"}')]);
});

test('a row that cannot be read is left, counted and mentioned; the others are exported and cleared', async () => {
  await insertContacts(database, [
    { phone: '1', tokens: 1_000_000 },
    { phone: '2', tokens: 1_000_000 },
  ]);
  await sql`alter table "ClientView" add extra text`;
  // 33 MB, which is more than the export takes.
  await sql`update "ClientView" set extra = repeat('x', 33000000) where "phoneNumber" = '2'`;
  const result = await runCleanup(async () => 'kept');
  await sql`alter table "ClientView" drop extra`;
  expect(result).toMatchObject({ cleanedCount: 1, remainingCount: 1 });
  expect(result.warnings).toEqual([
    expect.stringContaining('1 thread was not cleared, because the export takes no row of more than 32 MB'),
  ]);
});

test('a rewrite of the table during the upload clears nothing that no object holds', async () => {
  await sql.begin(async (one) => {
    await one`insert into "ClientView" ("phoneNumber", "lastActivity", "threadId", "threadTokenCount")
      select n::text, now(), 'conv_' || n, case when n % 2 = 0 then 1000000 else 5 end from generate_series(1, 200) n`;
  });
  const exported = new Set<string>();
  let isFirst = true;
  const result = await runCleanup(async (rows) => {
    for (const row of rows) exported.add(JSON.parse(row).phoneNumber);
    if (isFirst) {
      isFirst = false;
      // Rows of one transaction have one xmin; other rows get these places, and are due by then.
      await sql`delete from "ClientView" where "phoneNumber"::int <= 100`;
      await sql`update "ClientView" set "threadTokenCount" = 1000000`;
      await sql`vacuum full "ClientView"`;
    }
    return 'kept';
  });
  const audited = await sql<{ phone: string }[]>`
    select t ->> 'phone' as phone from "ThreadCleanupLog", jsonb_array_elements(details -> 'threads') t`;
  expect(audited.filter(({ phone }) => !exported.has(phone))).toEqual([]);
  // The pass has begun anew, and has exported what it found then.
  expect(result).toMatchObject({ cleanedCount: 100, remainingCount: 0, complete: true });
});

test('a contact that changed during the upload and came back to its place is not cleared: the object holds what it was', async () => {
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
  const place = () => sql`select ctid from "ClientView"`;
  const before = await place();
  const result = await runCleanup(async () => {
    await sql`update "ClientView" set "threadTokenCount" = 1000005`;
    await sql`vacuum full "ClientView"`;
    expect(await place()).toEqual(before);
    return 'kept';
  });
  expect(result).toMatchObject({ cleanedCount: 0, remainingCount: 1 });
});

test('rows of one insert that move to the places of exported ones during the upload are not cleared in their stead', async () => {
  await insertDueContacts(database, 2_500);
  const exported = new Set<string>();
  await runCleanup(async (rows) => {
    if (exported.size === 0) {
      await sql`delete from "ClientView" where "phoneNumber"::int <= 500`;
      await sql`vacuum full "ClientView"`;
      for (const row of rows) exported.add(JSON.parse(row).phoneNumber);
      return 'first';
    }
    return 'later';
  });
  const cleared = await sql<{ phone: string }[]>`
    select t ->> 'phone' as phone from "ThreadCleanupLog", jsonb_array_elements(details -> 'threads') t
     where details ->> 'export' = 'first'`;
  expect(cleared.filter(({ phone }) => !exported.has(phone))).toEqual([]);
});
