import type { JSONValue } from 'postgres';
import { beforeEach, expect, test } from 'vitest';
import { checkOn } from '../../support/job/run.ts';
import { createDatabase, emptyTables, insertContacts } from '../../support/postgres/database.ts';
import { createRole } from '../../support/postgres/roles.ts';

const database = await createDatabase();
const { sql } = database;
const job = await database.open();
beforeEach(() => emptyTables(database));

const runCheck = (tokenLimit = 1_000_000) => checkOn(job, { tokenLimit });

test('puts a thread on a bound into the band above it', async () => {
  await insertContacts(
    database,
    [0, 1, 499_999, 500_000, 799_999, 800_000, 999_999, 1_000_000].map((tokens) => ({ phone: `${tokens}`, tokens })),
  );
  const { bands } = await runCheck();
  expect(bands).toEqual({
    normal: { threads: 2, tokens: 500_000 },
    caution: { threads: 2, tokens: 1_299_999 },
    warning: { threads: 2, tokens: 1_799_999 },
    critical: { threads: 1, tokens: 1_000_000 },
  });
});

test('counts contacts, active threads, tokens, largest and average', async () => {
  await insertContacts(database, [
    { phone: '1', tokens: null },
    { phone: '2', tokens: 0 },
    { phone: '3', tokens: 900_000 },
    { phone: '4', tokens: 1_100_001 },
  ]);
  expect(await runCheck()).toMatchObject({
    mode: 'check',
    tokenLimit: 1_000_000,
    totalContacts: 4,
    activeThreads: 2,
    nearLimitThreads: 1,
    overLimitThreads: 1,
    totalTokens: 2_000_001,
    maxTokens: 1_100_001,
    averageTokens: 1_000_001,
  });
});

test('an empty table gives zeros', async () => {
  expect(await runCheck()).toMatchObject({
    totalContacts: 0,
    activeThreads: 0,
    averageTokens: 0,
    maxTokens: 0,
    bands: { critical: { threads: 0, tokens: 0 } },
    topThreads: [],
    recentCleanups: [],
  });
});

test('names the ten largest threads, largest first', async () => {
  await insertContacts(
    database,
    Array.from({ length: 12 }, (_, index) => ({ phone: `${index}`, tokens: index * 100_000, name: `N${index}` })),
  );
  const { topThreads } = await runCheck();
  expect(topThreads.map(({ phone }) => phone)).toEqual(['11', '10', '9', '8', '7', '6', '5', '4', '3', '2']);
  expect(topThreads[3]).toEqual({
    phone: '8',
    name: 'N8',
    threadId: 'conv_8',
    tokens: 800_000,
    percent: 80,
    band: 'warning',
  });
});

test('never shows 100 % before the limit is reached', async () => {
  await insertContacts(database, [{ phone: '1', tokens: 999_999 }]);
  expect((await runCheck()).topThreads[0]).toMatchObject({ percent: 99.9, band: 'warning' });
});

test('writes nothing, not even the audit table', async () => {
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
  const state = () => sql`select xmin::text, ctid::text, * from "ClientView"`;
  const rows = await state();
  await runCheck();
  expect(await state()).toEqual(rows);
  expect(await sql`select to_regclass('"ThreadCleanupLog"') as log`).toEqual([{ log: null }]);
});

test('works in a database that takes no writes at all', async () => {
  const url = new URL(database.url);
  await sql.unsafe(`alter database ${url.pathname.slice(1)} set default_transaction_read_only = on`);
  const readOnly = await database.open();
  await sql.unsafe(`alter database ${url.pathname.slice(1)} reset default_transaction_read_only`);
  expect(await checkOn(readOnly)).toMatchObject({ totalContacts: 0 });
});

test('reads one snapshot: the totals, the largest threads and the last cleanups fit together', async () => {
  await sql`create table "ThreadCleanupLog" (id serial primary key, cleaned_count int, total_tokens_cleared bigint,
            execution_time timestamp default now(), details jsonb)`;
  await insertContacts(database, [{ phone: '1', tokens: 1 }]);
  let writing = true;
  const assistant = (async () => {
    for (let n = 2; writing; n += 1) {
      await sql.begin(async (tx) => {
        await tx`update "ClientView" set "threadTokenCount" = ${n}`;
        await tx`insert into "ThreadCleanupLog" (cleaned_count, total_tokens_cleared, details) values (1, ${n}, '{}')`;
      });
    }
  })();
  const reports = [];
  try {
    for (let n = 0; n < 60; n += 1) reports.push(await runCheck());
  } finally {
    writing = false;
    await assistant;
  }
  const later = reports.filter(({ totalTokens }) => totalTokens > 1);
  expect(later.length).toBeGreaterThan(0);
  for (const { totalTokens, topThreads, recentCleanups } of later) {
    expect([totalTokens, topThreads[0]?.tokens, recentCleanups[0]?.totalTokensCleared]).toEqual(
      Array(3).fill(totalTokens),
    );
  }
});

test('lists the last five runs, the rows of one request together, and those of the old script one by one', async () => {
  await sql`create table "ThreadCleanupLog" (id serial primary key, cleaned_count int, total_tokens_cleared bigint,
            execution_time timestamp default now(), details jsonb)`;
  const insert = (count: number, details: JSONValue, time = '2026-01-02T03:04:05.678') =>
    sql`insert into "ThreadCleanupLog" (cleaned_count, total_tokens_cleared, execution_time, details)
        values (${count}, ${count * 1_000_000}, ${time}::text::timestamp, ${sql.json(details)})`;
  await insert(9, { threads: [], requestId: 'first' });
  await insert(1, { threads: [{ phone: '1', name: 'A', tokens: 1_000_000 }] });
  await insert(2, { threads: [{ phone: '2', name: 'B', tokens: 1_000_000 }] });
  await insert(2000, { threads: [], requestId: 'big' });
  await insert(500, { threads: [], requestId: 'big' }, '2026-01-02T03:04:09');
  await insert(3, { threads: [], requestId: 'late' });
  await insert(4, { threads: [], requestId: 'latest' });
  expect((await runCheck()).recentCleanups).toEqual([
    run(7, 'latest', 4, '2026-01-02T03:04:05.678Z'),
    run(6, 'late', 3, '2026-01-02T03:04:05.678Z'),
    { ...run(5, 'big', 2500, '2026-01-02T03:04:09.000Z'), firstId: 4, auditCount: 2 },
    run(3, null, 2, '2026-01-02T03:04:05.678Z'),
    run(2, null, 1, '2026-01-02T03:04:05.678Z'),
  ]);
});

function run(id: number, requestId: string | null, cleanedCount: number, executionTime: string) {
  const totalTokensCleared = cleanedCount * 1_000_000;
  const restored = { restoredCount: 0, restoredAt: null };
  return { id, firstId: id, requestId, executionTime, cleanedCount, totalTokensCleared, auditCount: 1, ...restored };
}

test('rows of two runs that took turns are put together, and the last five runs are found behind them', async () => {
  await sql`create table "ThreadCleanupLog" (id serial primary key, cleaned_count int, total_tokens_cleared bigint,
            execution_time timestamptz default now(), details jsonb)`;
  const runs = ['a', 'b', 'c', 'd', ...Array.from({ length: 20 }, (_, n) => (n % 2 ? 'odd' : 'even'))];
  for (const requestId of runs) {
    await sql`insert into "ThreadCleanupLog" (cleaned_count, total_tokens_cleared, details)
              values (1, 1, ${sql.json({ threads: [], requestId })})`;
  }
  const { recentCleanups } = await runCheck();
  expect(recentCleanups.map(({ requestId, cleanedCount }) => [requestId, cleanedCount])).toEqual([
    ['odd', 10],
    ['even', 10],
    ['d', 1],
    ['c', 1],
    ['b', 1],
  ]);
});

test('an audit table with columns of its own, and rows without figures, is read all the same', async () => {
  await sql`create table "ThreadCleanupLog" (id serial primary key, cleaned_count int, total_tokens_cleared bigint,
            execution_time timestamp default now(), details jsonb, "requestId" text, run text, secret text)`;
  await sql`insert into "ThreadCleanupLog" (execution_time) values (null)`;
  const role = await createRole(database);
  await sql.unsafe(`
    grant select ("phoneNumber", "name", "userName", "threadId", "threadTokenCount") on "ClientView" to ${role.name};
    grant select (id, cleaned_count, total_tokens_cleared, execution_time, details) on "ThreadCleanupLog" to ${role.name}`);
  const reader = await database.open(role);
  expect((await checkOn(reader)).recentCleanups).toEqual([{ ...run(1, null, 0, ''), executionTime: null }]);
});

test('an empty name is none: the next one that a contact has is shown', async () => {
  await insertContacts(database, [
    { phone: '5700001', tokens: 3, name: '', userName: 'ana' },
    { phone: '5700002', tokens: 2, name: '', userName: '' },
    { phone: '5700003', tokens: 1, name: 'Beto', userName: '' },
  ]);
  expect((await runCheck()).topThreads.map(({ name }) => name)).toEqual(['ana', '5700002', 'Beto']);
});
