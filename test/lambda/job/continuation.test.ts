import { beforeEach, expect, test } from 'vitest';
import { parseEvent } from '../../../lambda/input/event.ts';
import { type CleanupOptions, cleanUp } from '../../../lambda/job/cleanup.ts';
import type { Continuation } from '../../../lambda/model/continuation.ts';
import type { CleanupResult } from '../../../lambda/model/results.ts';
import {
  auditedThreads,
  createDatabase,
  emptyTables,
  insertDueContacts,
  TABLE_NAMES,
} from '../../support/postgres/database.ts';

const database = await createDatabase();
const { sql } = database;
const job = await database.open();
beforeEach(() => emptyTables(database));

/** An invocation that has time for so many looks at the clock, one before each range and each batch. */
async function invoke(looks: number, options: Partial<CleanupOptions> = {}): Promise<CleanupResult> {
  let left = looks;
  const { result } = await cleanUp(job, TABLE_NAMES, {
    tokenLimitFrom: 'deployment',
    tokenLimit: 1_000_000,
    requestId: 'another-request',
    maxClearedShare: undefined,
    pagesPerRead: 1,
    remainingTimeMs: () => (left-- > 0 ? 60_000 : 29_000),
    ...options,
  });
  return result;
}

/** What a result hands out, as it comes back: through JSON, and through the reader of payloads. */
function nextOf(result: CleanupResult): Continuation | undefined {
  if (result.next === undefined) return undefined;
  const command = parseEvent(JSON.parse(JSON.stringify(result.next)));
  return command.mode === 'cleanup' ? command.next : undefined;
}

/** A run to its end, over as many invocations as it takes: the first one clears one batch. `between` happens in between. */
async function wholeRun(looks: number, first: Partial<CleanupOptions> = {}, between = async (_: number) => {}) {
  const results = [await invoke(1, { requestId: 'the-run', ...first })];
  for (let next = nextOf(results[0] ?? never()); next !== undefined; ) {
    await between(results.length);
    const result = await invoke(looks, { next });
    results.push(result);
    expect(results.length, 'invocations').toBeLessThan(500);
    next = nextOf(result);
  }
  return { results, last: results.at(-1) ?? never() };
}

function never(): never {
  throw new Error('There is a result.');
}

const overLimit = async () => {
  const [row] = await sql<
    { n: number }[]
  >`select count(*)::int as n from "ClientView" where "threadTokenCount" >= 1000000`;
  return row?.n;
};
/** Contacts far under the limit, before or behind the others; some 60 to a page. */
const idle = (count: number, prefix: string) => sql`
  insert into "ClientView" ("phoneNumber", "lastActivity", "threadId", "threadTokenCount")
  select ${prefix}::text || n, now(), 'conv_' || n, 5 from generate_series(1, ${count}::int) n`;

test('a run with time for little and ranges of one page reaches the last row, with nothing due in the first half', async () => {
  await idle(3_000, 'a');
  await insertDueContacts(database, 3_000);
  await sql`update "ClientView" set "threadTokenCount" = "threadTokenCount" + 1`;
  const { results, last } = await wholeRun(2);
  expect(results.length).toBeGreaterThan(1);
  expect(last).toMatchObject({ complete: true, requestId: 'the-run', cleanedCount: 3_000, remainingCount: 0 });
  expect(await overLimit()).toBe(0);
});

test('so it does where the places are not known, and every range has to be read', async () => {
  await idle(3_000, 'a');
  await insertDueContacts(database, 3_000);
  const start = await invoke(0, { requestId: 'the-run' });
  const next = nextOf(start) ?? never();
  expect(next).toMatchObject({ page: 0, requestId: 'the-run', unreached: 3_000 });
  const { results, last } = await wholeRun(3, { next, requestId: 'ignored' });
  expect(results.length).toBeGreaterThan(20);
  const pages = results.flatMap((result) => nextOf(result)?.page ?? []);
  expect(pages).toEqual([...pages].sort((a, b) => a - b));
  expect(last).toMatchObject({ complete: true, requestId: 'the-run', cleanedCount: 3_000, remainingCount: 0 });
});

test('a run is one run however often it continues: one request id, sums of all of it, and no phone in what it hands out', async () => {
  await insertDueContacts(database, 5_000);
  const { results, last } = await wholeRun(2);
  expect(results.length).toBeGreaterThan(2);
  const rows =
    await sql`select id::int, details ->> 'requestId' as run, cleaned_count as threads from "ThreadCleanupLog" order by id`;
  expect(new Set(rows.map(({ run }) => run))).toEqual(new Set(['the-run']));
  expect(last).toMatchObject({
    cleanedCount: 5_000,
    totalTokensCleared: 5_000_000_000,
    auditCount: rows.length,
    auditIds: rows.map(({ id }) => id),
    startedAt: results[0]?.startedAt,
  });
  for (const { next } of results) expect(JSON.stringify(next ?? {})).not.toMatch(/phone|conv_/);
});

test.each([
  ['grows', async () => void (await insertDueContacts(database, 500))],
  ['shrinks', async () => void (await sql`delete from "ClientView" where "phoneNumber" like '%7'`)],
  ['is rewritten', async () => void (await sql`vacuum full "ClientView"`)],
  ['is clustered', async () => void (await sql`cluster "ClientView" using "ClientView_pkey"`)],
])('a table that %s between two continuations loses nothing, and its figures are true', async (what, change) => {
  await idle(1_000, 'a');
  await sql`insert into "ClientView" ("phoneNumber", "lastActivity", "threadId", "threadTokenCount")
    select 'x' || n, now(), 'conv_' || n, 1000000 + n from generate_series(1, 4000) n`;
  const { last } = await wholeRun(4, {}, async (nth) => {
    if (nth === 1) await change();
    if (nth === 1 && what === 'shrinks') await sql`vacuum "ClientView"`;
  });
  const left = await overLimit();
  expect(last).toMatchObject({ complete: true, remainingCount: left });
  // What came behind the end that was fixed at the beginning waits for the next run; what still fits on the last page may not.
  expect(left).toBeLessThanOrEqual(what === 'grows' ? 500 : 0);
  expect(left).toBeGreaterThanOrEqual(what === 'grows' ? 400 : 0);
  const audited = await auditedThreads(database);
  expect(last.cleanedCount).toBe(audited.length);
  expect(new Set(audited.map(({ phone }) => phone)).size).toBe(audited.length);
});

test('a continuation that is delivered twice changes nothing that once would not', async () => {
  await insertDueContacts(database, 6_000);
  const next = nextOf(await invoke(1, { requestId: 'the-run' })) ?? never();
  const results = await Promise.all([
    invoke(100, { next }),
    database.open().then(async (other) => {
      const { result } = await cleanUp(other, TABLE_NAMES, {
        tokenLimitFrom: 'deployment',
        tokenLimit: 1,
        requestId: 'x',
        maxClearedShare: undefined,
        next,
      });
      return result;
    }),
  ]);
  const audited = await auditedThreads(database);
  expect(audited).toHaveLength(6_000);
  expect(new Set(audited.map(({ phone }) => phone)).size).toBe(6_000);
  for (const result of results) expect(result.complete).toBe(true);
  expect(await overLimit()).toBe(0);
});

test('a continuation counts nothing anew, and the safety limit stops it no more', async () => {
  await insertDueContacts(database, 3_000);
  const next = nextOf(await invoke(1, { requestId: 'the-run', maxClearedShare: 100 })) ?? never();
  await expect(invoke(1, { requestId: 'a run of its own', maxClearedShare: 50 })).rejects.toThrow(
    /a run may clear at most 50%/,
  );
  expect(await invoke(100, { next, maxClearedShare: 50 })).toMatchObject({ complete: true, cleanedCount: 3_000 });
});

test('a continuation that gets no further is the last one', async () => {
  await insertDueContacts(database, 3_000);
  const next = nextOf(await invoke(0, { requestId: 'the-run' })) ?? never();
  const result = await invoke(0, { next });
  expect(result).toMatchObject({ complete: false, cleanedCount: 0, remainingCount: 3_000 });
  expect(result.next).toBeUndefined();
});

test('a pause ends a run between two parts, and nothing continues it', async () => {
  await insertDueContacts(database, 3_000);
  // The places are known from 16 on; before, ranges are read, each of one page.
  let next = nextOf(await invoke(1, { requestId: 'the-run' })) ?? never();
  for (let part = 0; part < 500 && ((await overLimit()) ?? 0) > 2_000; part += 1) {
    next = nextOf(await invoke(2, { next })) ?? never();
  }
  const before = (await overLimit()) ?? 0;
  const result = await invoke(100, { next, paused: true });
  expect(before).toBeLessThanOrEqual(2_000);
  expect(result).toMatchObject({
    ...{ paused: true, complete: false, requestId: 'the-run' },
    ...{ cleanedCount: 3_000 - before, remainingCount: before },
  });
  expect(result.auditIds).toHaveLength(result.auditCount);
  expect(result.next).toBeUndefined();
  expect(await overLimit()).toBe(before);
});
