import { beforeEach, expect, test } from 'vitest';
import type { CleanupOptions } from '../../../lambda/job/cleanup.ts';
import { checkOn, cleanUpOn } from '../../support/job/run.ts';
import {
  auditedThreads,
  contactsByPhone,
  createDatabase,
  emptyTables,
  insertContacts,
  insertDueContacts,
  interrupted,
} from '../../support/postgres/database.ts';

const database = await createDatabase();
const { sql } = database;
const job = await database.open();
beforeEach(() => emptyTables(database));

const runCleanup = (options: Partial<CleanupOptions> = {}, connection = job) =>
  cleanUpOn(connection, { requestId: 'request-1', ...options });

const CLEARED = { threadId: null, threadTokenCount: 0 };

test('clears every thread that has reached the limit and leaves the others as they are', async () => {
  await insertContacts(database, [
    { phone: '1', tokens: 999_999 },
    { phone: '2', tokens: 1_000_000 },
    { phone: '3', tokens: 2_147_483_647 },
    { phone: '4', tokens: null },
    { phone: '5', tokens: 0 },
  ]);
  const result = await runCleanup();
  expect(result).toMatchObject({
    cleanedCount: 2,
    totalTokensCleared: 2_148_483_647,
    remainingCount: 0,
    complete: true,
  });
  expect(Object.fromEntries(await contactsByPhone(database))).toEqual({
    1: { threadId: 'conv_1', threadTokenCount: 999_999 },
    2: CLEARED,
    3: CLEARED,
    4: { threadId: 'conv_4', threadTokenCount: null },
    5: { threadId: 'conv_5', threadTokenCount: 0 },
  });
});

test('clears a row over the limit that has no thread id, and records it', async () => {
  await insertContacts(database, [{ phone: '1', tokens: 1_200_000, threadId: null }]);
  expect(await runCleanup()).toMatchObject({ cleanedCount: 1 });
  expect(await auditedThreads(database)).toEqual([{ phone: '1', name: '1', threadId: null, tokens: 1_200_000 }]);
});

test('records each thread with the values it had, by the name people know', async () => {
  await insertContacts(database, [
    { phone: '1', tokens: 1_000_001, name: 'María 🌸', userName: 'mary' },
    { phone: '2', tokens: 1_000_002, userName: 'mary' },
    { phone: '3', tokens: 1_000_003 },
  ]);
  const result = await runCleanup();
  const rows = await sql`select id, cleaned_count, total_tokens_cleared::int, details from "ThreadCleanupLog"`;
  expect(rows).toEqual([
    {
      id: String(result.auditIds[0]),
      cleaned_count: 3,
      total_tokens_cleared: 3_000_006,
      details: {
        tokenLimit: 1_000_000,
        requestId: 'request-1',
        threads: [
          { phone: '1', name: 'María 🌸', threadId: 'conv_1', tokens: 1_000_001 },
          { phone: '2', name: 'mary', threadId: 'conv_2', tokens: 1_000_002 },
          { phone: '3', name: '3', threadId: 'conv_3', tokens: 1_000_003 },
        ],
      },
    },
  ]);
});

test("leaves the assistant's lastActivity alone", async () => {
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
  const activity = () => sql`select "lastActivity" from "ClientView"`;
  const before = await activity();
  await runCleanup();
  expect(await activity()).toEqual(before);
});

test('writes no audit row when nothing is cleared', async () => {
  await insertContacts(database, [{ phone: '1', tokens: 999_999 }]);
  expect(await runCleanup()).toMatchObject({ cleanedCount: 0, auditCount: 0, auditIds: [], complete: true });
  expect(await auditedThreads(database)).toEqual([]);
});

test('a second run changes nothing that the first did not', async () => {
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
  await runCleanup();
  expect(await runCleanup({ requestId: 'request-2' })).toMatchObject({ cleanedCount: 0, remainingCount: 0 });
  expect(await auditedThreads(database)).toHaveLength(1);
});

test('three runs at the same time clear each thread once, even when all create the audit table', async () => {
  const phones = Array.from({ length: 5_000 }, (_, index) => String(index));
  await insertContacts(
    database,
    phones.map((phone) => ({ phone, tokens: 1_000_000 })),
  );
  const jobs = await Promise.all([job, database.open(), database.open()]);
  const results = await Promise.all(jobs.map((connection) => runCleanup({}, connection)));
  expect(results.reduce((sum, { cleanedCount }) => sum + cleanedCount, 0)).toBe(5_000);
  // A run that ends while another is in the middle of a batch counts that batch as remaining: it was, just then.
  expect(await sql`select count(*)::int from "ClientView" where "threadTokenCount" > 0`).toEqual([{ count: 0 }]);
  expect((await auditedThreads(database)).map(({ phone }) => phone).sort()).toEqual(phones.sort());
});

test('a large run writes one audit row a batch, and lists at most 100 of them', async () => {
  // With room on every page for the row's next version, which spares the indexes, and this test half of its time.
  await sql`alter table "ClientView" set (fillfactor = 45)`;
  await insertDueContacts(database, 202_000);
  const batches: number[] = [];
  const result = await runCleanup({ onBatch: ({ cleanedCount }) => batches.push(cleanedCount) });
  expect(result).toMatchObject({ cleanedCount: 202_000, totalTokensCleared: 202_000_000_000, remainingCount: 0 });
  expect(result.auditIds).toHaveLength(100);
  expect(result.auditCount).toBeGreaterThan(100);
  expect(await sql`select count(*)::int from "ThreadCleanupLog"`).toEqual([{ count: result.auditCount }]);
  expect(batches.at(-1)).toBe(202_000);
  await sql`alter table "ClientView" reset (fillfactor)`;
});

test('takes a limit beyond 2^31 on an integer column, and a bigint column', async () => {
  await insertContacts(database, [{ phone: '1', tokens: 2_147_483_647 }]);
  expect(await runCleanup({ tokenLimit: 2 ** 53 - 1 })).toMatchObject({ cleanedCount: 0 });
  await sql`alter table "ClientView" alter column "threadTokenCount" type bigint`;
  await sql`update "ClientView" set "threadTokenCount" = 3000000000`;
  expect(await runCleanup({ tokenLimit: 3_000_000_000 }, await database.open())).toMatchObject({
    cleanedCount: 1,
    totalTokensCleared: 3_000_000_000,
  });
  await sql`alter table "ClientView" alter column "threadTokenCount" type integer`;
});

test('a sum too large for the audit row stops nobody: the most that fits is recorded', async () => {
  await sql`alter table "ClientView" alter column "threadTokenCount" type bigint`;
  const connection = await database.open();
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
  await sql`insert into "ClientView" ("phoneNumber", "lastActivity", "threadTokenCount") values ('2', now(), 9223372036854775807)`;
  expect(await runCleanup({}, connection)).toMatchObject({ cleanedCount: 2, remainingCount: 0 });
  expect(
    await sql`select total_tokens_cleared, details -> 'threads' -> 1 ->> 'tokens' as second from "ThreadCleanupLog"`,
  ).toEqual([{ total_tokens_cleared: '9223372036854775807', second: '9223372036854775807' }]);
  await sql`truncate "ClientView"`;
  await sql`alter table "ClientView" alter column "threadTokenCount" type integer`;
});

test('a row that somebody else has locked delays nobody: it is skipped, counted and left to the next run', async () => {
  await insertContacts(database, [
    { phone: '1', tokens: 1_000_000 },
    { phone: '2', tokens: 1_000_000 },
  ]);
  await sql.begin(async (holder) => {
    await holder`select from "ClientView" where "phoneNumber" = '1' for update`;
    expect(await runCleanup()).toMatchObject({ cleanedCount: 1, remainingCount: 1, complete: true });
  });
  expect(await runCleanup()).toMatchObject({ cleanedCount: 1, remainingCount: 0 });
});

test('when the audit row cannot be written, nothing is cleared', async () => {
  await runCleanup();
  await sql`alter table "ThreadCleanupLog" add constraint no_more check (cleaned_count < 0)`;
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
  await expect(runCleanup()).rejects.toMatchObject({ name: 'StatementFailed' });
  expect(await contactsByPhone(database)).toEqual(
    new Map([['1', { threadId: 'conv_1', threadTokenCount: 1_000_000 }]]),
  );
});

test('no lock and no transaction is left open between two statements', async () => {
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
  const held: unknown[] = [];
  const states: unknown[] = [];
  const [{ pid } = { pid: 0 }] = await job.run((s) => s<{ pid: number }[]>`select pg_catalog.pg_backend_pid() as pid`);
  const watched = interrupted(job, async () => {
    held.push(...(await sql`select locktype, mode from pg_locks where pid = ${pid}`));
    states.push(...(await sql`select state from pg_stat_activity where pid = ${pid}`));
  });
  await runCleanup({}, watched);
  expect(held).toEqual([]);
  expect(new Set(states.map((row) => JSON.stringify(row)))).toEqual(new Set(['{"state":"idle"}']));
});

test('a thread that changed its place and is still over the limit is left for the next run, and counted', async () => {
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
  const restless = interrupted(job, async () => {
    await sql`update "ClientView" set "threadTokenCount" = "threadTokenCount" + 1`;
  });
  expect(await runCleanup({}, restless)).toMatchObject({ cleanedCount: 0, remainingCount: 1, complete: true });
  expect(await runCleanup()).toMatchObject({ cleanedCount: 1, remainingCount: 0 });
});

test('a thread that another run cleared meanwhile is not counted as remaining', async () => {
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
  const overtaken = interrupted(job, async () => {
    await sql`update "ClientView" set "threadTokenCount" = 0, "threadId" = null`;
  });
  expect(await runCleanup({}, overtaken)).toMatchObject({ cleanedCount: 0, remainingCount: 0 });
});

test('when time runs out it stops between batches and says what it did not reach', async () => {
  await insertContacts(
    database,
    Array.from({ length: 4_500 }, (_, index) => ({ phone: String(index), tokens: 1_000_000 })),
  );
  let batches = 0;
  const result = await runCleanup({
    onBatch: () => {
      batches += 1;
    },
    remainingTimeMs: () => (batches < 1 ? 900_000 : 10_000),
  });
  expect(batches).toBe(1);
  expect(result.complete).toBe(false);
  expect(result.cleanedCount).toBeGreaterThan(0);
  expect(result.cleanedCount + result.remainingCount).toBe(4_500);
  expect(await runCleanup()).toMatchObject({ cleanedCount: result.remainingCount, complete: true });
});

test('the result contains no phone number, name or thread id', async () => {
  await insertContacts(database, [
    { phone: '573001234567', tokens: 1_000_000, name: 'Canary', threadId: 'conv_canary' },
  ]);
  expect(JSON.stringify(await runCleanup())).not.toMatch(/573001234567|canary/i);
});

test('the check before it counts what the cleanup then clears', async () => {
  await insertContacts(
    database,
    Array.from({ length: 300 }, (_, index) => ({ phone: String(index), tokens: index * 7_000 })),
  );
  const preview = await checkOn(job);
  const result = await runCleanup();
  expect(result).toMatchObject({
    cleanedCount: preview.overLimitThreads,
    totalTokensCleared: preview.bands.critical.tokens,
    nearLimitCount: preview.nearLimitThreads,
  });
});
