import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { findRun, listCleanups } from '../../../lambda/job/audit-lists.ts';
import type { RestoreTarget } from '../../../lambda/model/results.ts';
import { cleanUpOn, restoreOn } from '../../support/job/run.ts';
import { PATIENCE } from '../../support/patience.ts';
import {
  type Contact,
  contactsByPhone,
  createAuditTable,
  createDatabase,
  emptyTables,
  insertContacts,
  TABLE_NAMES,
} from '../../support/postgres/database.ts';
import { createRole } from '../../support/postgres/roles.ts';
import { forbidUpdates } from '../../support/postgres/veto.ts';

const database = await createDatabase();
const { sql } = database;
const job = await database.open();
beforeEach(() => emptyTables(database));

const restoring = (target: RestoreTarget, requestId = 'restore-1', connection = job) =>
  restoreOn(connection, target, requestId);

/** Inserts contacts, clears those over the limit and returns the id of the audit row. */
async function cleared(contacts: readonly Contact[], requestId = 'cleanup-1'): Promise<number> {
  await insertContacts(database, contacts);
  const { auditIds } = await cleanUpOn(job, { requestId });
  return auditIds[0] ?? 0;
}

test('restores thread id and tokens as they were', async () => {
  const auditId = await cleared([
    { phone: '1', tokens: 1_000_001 },
    { phone: '2', tokens: 1_000_002 },
  ]);
  expect(await restoring({ auditId })).toMatchObject({
    mode: 'restore',
    auditId,
    restoredCount: 2,
    skippedCount: 0,
    alreadyRestoredCount: 0,
  });
  expect(Object.fromEntries(await contactsByPhone(database))).toEqual({
    1: { threadId: 'conv_1', threadTokenCount: 1_000_001 },
    2: { threadId: 'conv_2', threadTokenCount: 1_000_002 },
  });
});

test('adds to the tokens that the assistant counted in the meantime', async () => {
  const auditId = await cleared([{ phone: '1', tokens: 1_000_000 }]);
  await sql`update "ClientView" set "threadTokenCount" = 77`;
  await restoring({ auditId });
  expect((await contactsByPhone(database)).get('1')).toEqual({ threadId: 'conv_1', threadTokenCount: 1_000_077 });
});

test('never overwrites a newer conversation', async () => {
  const auditId = await cleared([{ phone: '1', tokens: 1_000_000 }]);
  await sql`update "ClientView" set "threadId" = 'newer', "threadTokenCount" = 5`;
  expect(await restoring({ auditId })).toMatchObject({ restoredCount: 0, skippedCount: 1 });
  expect((await contactsByPhone(database)).get('1')).toEqual({ threadId: 'newer', threadTokenCount: 5 });
});

test('skips a contact that is gone, one that is locked, one without a thread id and a sum beyond the column', async () => {
  const auditId = await cleared([
    { phone: 'gone', tokens: 1_000_000 },
    { phone: 'locked', tokens: 1_000_000 },
    { phone: 'nameless', tokens: 1_000_000, threadId: null },
    { phone: 'full', tokens: 2_147_483_647 },
    { phone: 'free', tokens: 1_000_000 },
  ]);
  await sql`delete from "ClientView" where "phoneNumber" = 'gone'`;
  await sql`update "ClientView" set "threadTokenCount" = 1 where "phoneNumber" = 'full'`;
  await sql.begin(async (holder) => {
    await holder`select from "ClientView" where "phoneNumber" = 'locked' for update`;
    expect(await restoring({ auditId })).toMatchObject({ restoredCount: 1, skippedCount: 4 });
  });
  expect(await restoring({ auditId }, 'restore-2')).toMatchObject({
    restoredCount: 1,
    skippedCount: 3,
    alreadyRestoredCount: 1,
  });
  expect((await contactsByPhone(database)).get('full')).toEqual({ threadId: null, threadTokenCount: 1 });
});

test('a restored thread is not restored from the same row again, even after another cleanup', async () => {
  const auditId = await cleared([{ phone: '1', tokens: 1_000_000 }]);
  await restoring({ auditId });
  await cleared([], 'cleanup-2');
  expect(await restoring({ auditId }, 'restore-2')).toMatchObject({ restoredCount: 0, alreadyRestoredCount: 1 });
  expect((await contactsByPhone(database)).get('1')).toEqual({ threadId: null, threadTokenCount: 0 });
});

test('notes in the audit row who was restored, when and by which request', async () => {
  const auditId = await cleared([{ phone: '1', tokens: 1_000_000 }]);
  await restoring({ auditId }, 'restore-7');
  const [row] =
    await sql`select details -> 'restored' as restored, details -> 'threads' as threads from "ThreadCleanupLog"`;
  expect(row?.['restored']).toEqual([
    { at: expect.stringMatching(/^20\d\d-\d\d-\d\dT[\d:.]+Z$/), requestId: 'restore-7', phones: ['1'] },
  ]);
  expect(row?.['threads']).toHaveLength(1);
});

test('restores all rows of a run by its request id, and nothing of another run', async () => {
  await insertContacts(
    database,
    Array.from({ length: 4_100 }, (_, index) => ({ phone: `${index}`, tokens: 1_000_000 })),
  );
  await cleared([], 'big');
  await cleared([{ phone: 'other', tokens: 1_000_000 }], 'other');
  expect(await restoring({ requestId: 'big' })).toMatchObject({
    requestId: 'big',
    restoredCount: 4_100,
    skippedCount: 0,
  });
  expect((await contactsByPhone(database)).get('other')).toEqual({ threadId: null, threadTokenCount: 0 });
});

test('of two threads that a run cleared of one contact, the newer one is restored', async () => {
  await cleared([{ phone: '1', tokens: 1_000_001, threadId: 'A' }], 'run');
  await sql`update "ClientView" set "threadId" = 'B', "threadTokenCount" = 1000002`;
  await cleared([], 'run');
  expect(await restoring({ requestId: 'run' })).toMatchObject({ restoredCount: 1, skippedCount: 1 });
  expect((await contactsByPhone(database)).get('1')).toEqual({ threadId: 'B', threadTokenCount: 1_000_002 });
});

test('two restores at once restore each thread once', async () => {
  const auditId = await cleared(Array.from({ length: 500 }, (_, index) => ({ phone: `${index}`, tokens: 1_000_000 })));
  const other = await database.open();
  // Both wait for the row, and then one for the other.
  const holder = await sql.reserve();
  await holder`begin`;
  await holder`select from "ThreadCleanupLog" for update`;
  const runs = Promise.all([restoring({ auditId }, 'a'), restoring({ auditId }, 'b', other)]);
  const waiting = () => sql`select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock'`;
  await vi.waitFor(async () => expect(await waiting()).toHaveLength(2), PATIENCE);
  await holder`commit`;
  holder.release();
  const results = await runs;
  expect(results.map(({ restoredCount }) => restoredCount).sort()).toEqual([0, 500]);
  expect(results.map(({ alreadyRestoredCount }) => alreadyRestoredCount).sort()).toEqual([0, 500]);
  expect(await sql`select sum("threadTokenCount")::int as tokens from "ClientView"`).toEqual([{ tokens: 500_000_000 }]);
  expect(await sql`select jsonb_array_length(details -> 'restored') as notes from "ThreadCleanupLog"`).toEqual([
    { notes: 1 },
  ]);
});

test('when the audit row cannot be updated, nothing is restored', async () => {
  const auditId = await cleared([{ phone: '1', tokens: 1_000_000 }]);
  await sql`alter table "ThreadCleanupLog" add constraint frozen check (not details ? 'restored')`;
  await expect(restoring({ auditId })).rejects.toMatchObject({ name: 'StatementFailed' });
  expect((await contactsByPhone(database)).get('1')).toEqual({ threadId: null, threadTokenCount: 0 });
});

test('an unknown id, an unknown request and a missing audit table get a clear answer', async () => {
  await expect(restoring({ auditId: 42 })).rejects.toThrow('There is no audit row 42.');
  // A phone number in the wrong place.
  await expect(restoring({ auditId: 573001234567 })).rejects.toThrow(
    'There is no audit row with that id (a number of 12 digits).',
  );
  await cleared([]);
  await expect(restoring({ auditId: 42 })).rejects.toMatchObject({ name: 'NotRestorable' });
  await expect(restoring({ requestId: 'nobody' })).rejects.toThrow('There is no audit row with that request id.');
});

test('restores the latest cleared thread of one contact, by phone, and nothing else', async () => {
  await cleared([
    { phone: '+57 1', tokens: 1_000_001, threadId: 'A' },
    { phone: '2', tokens: 1_000_002 },
  ]);
  await sql`update "ClientView" set "threadId" = 'B', "threadTokenCount" = 1000003 where "phoneNumber" = '+57 1'`;
  const auditId = await cleared([{ phone: '3', tokens: 1_000_000 }], 'cleanup-2');
  expect(await restoring({ phone: '+57 1' })).toEqual({
    mode: 'restore',
    startedAt: expect.any(String),
    auditId,
    restoredCount: 1,
    skippedCount: 0,
    alreadyRestoredCount: 0,
  });
  expect(Object.fromEntries(await contactsByPhone(database))).toEqual({
    '+57 1': { threadId: 'B', threadTokenCount: 1_000_003 },
    2: { threadId: null, threadTokenCount: 0 },
    3: { threadId: null, threadTokenCount: 0 },
  });
  expect(await restoring({ phone: '+57 1' })).toMatchObject({ restoredCount: 0, alreadyRestoredCount: 1 });
  expect(await restoring({ phone: '2' })).toMatchObject({ auditId: auditId - 1, restoredCount: 1 });
});

test('a contact with a newer thread keeps it when asked for by phone, and tokens without a thread do not hide the thread', async () => {
  await cleared([{ phone: '1', tokens: 1_000_001, threadId: 'A' }]);
  await sql`update "ClientView" set "threadTokenCount" = 2000000`;
  await cleared([], 'cleanup-2');
  await sql`update "ClientView" set "threadId" = 'newer'`;
  expect(await restoring({ phone: '1' })).toMatchObject({ restoredCount: 0, skippedCount: 1 });
  await sql`update "ClientView" set "threadId" = null`;
  expect(await restoring({ phone: '1' })).toMatchObject({ restoredCount: 1, skippedCount: 0 });
  expect((await contactsByPhone(database)).get('1')).toEqual({ threadId: 'A', threadTokenCount: 1_000_001 });
});

test('a phone that no audit row names gets a clear answer that does not repeat it', async () => {
  await expect(restoring({ phone: '573009998877' })).rejects.toMatchObject({ name: 'NotRestorable' });
  await cleared([{ phone: '1', tokens: 1_000_000 }]);
  // Neither a part of a phone, nor a pattern, nor a name is one.
  for (const phone of ['573009998877', '', '%', '01', '1 ', 'conv_1', '["1"]', '1"}]}']) {
    await expect(restoring({ phone })).rejects.toThrow(
      /^No audit row names that contact\. Give the phone number exactly/,
    );
  }
});

test('says of how many restored threads the id is one that OpenAI no longer answers to', async () => {
  const auditId = await cleared([
    { phone: '1', tokens: 1_000_000, threadId: 'thread_abc' },
    { phone: '2', tokens: 1_000_000, threadId: 'conv_thread_' },
    { phone: '3', tokens: 1_000_000, threadId: 'threadless' },
  ]);
  expect(await restoring({ auditId })).toMatchObject({ restoredCount: 3, assistantsCount: 1 });
  expect(await restoring({ auditId })).not.toHaveProperty('assistantsCount');
});

test('a row of the old script is refused, since it has no thread ids', async () => {
  await cleared([]);
  const details = { threads: [{ phone: '1', name: 'A', tokens: 1_000_000 }] };
  await sql`insert into "ThreadCleanupLog" (cleaned_count, total_tokens_cleared, details)
            values (1, 1000000, ${sql.json(details)})`;
  await expect(restoring({ auditId: 1 })).rejects.toThrow('Audit row 1 comes from the old script');
});

test('values with quotes, backslashes, emoji, control characters and 10,000 characters are restored as they were', async () => {
  const strange = `"'\\ 🧑‍👩‍👧 \u0001\u001b[31m\n\t$1 \${x} {}[]`;
  const contacts = [
    { phone: strange, tokens: 1_000_000, threadId: strange, name: strange },
    { phone: 'x'.repeat(2_000), tokens: 1_000_001, threadId: 'é'.repeat(10_000), name: '\u202e'.repeat(10_000) },
  ];
  const auditId = await cleared(contacts);
  expect(await restoring({ auditId })).toMatchObject({ restoredCount: 2 });
  const rows =
    await sql`select "phoneNumber" as phone, "threadTokenCount" as tokens, "threadId", name from "ClientView"`;
  expect([...rows].sort((a, b) => a['tokens'] - b['tokens'])).toEqual(contacts);
});

test('a role with the least rights can restore', async () => {
  await createAuditTable(database);
  const auditId = await cleared([{ phone: '1', tokens: 1_000_000 }]);
  const role = await createRole(database);
  await sql.unsafe(`
    grant select (ctid, "phoneNumber", "name", "userName", "threadId", "threadTokenCount") on "ClientView" to ${role.name};
    grant update ("threadId", "threadTokenCount") on "ClientView" to ${role.name};
    grant select (id, cleaned_count, total_tokens_cleared, execution_time, details) on "ThreadCleanupLog" to ${role.name}`);
  const connection = await database.open(role);
  onTestFinished(() => connection.close());
  await expect(restoring({ auditId }, 'r', connection)).rejects.toThrow('GRANT UPDATE ("details") ON');
  await sql.unsafe(`grant update (details) on "ThreadCleanupLog" to ${role.name}`);
  expect(await restoring({ auditId }, 'r', connection)).toMatchObject({ restoredCount: 1 });
});

test('a thread that was locked but not restored, here because a trigger forbids it, is not noted as restored', async () => {
  const auditId = await cleared([
    { phone: '1', tokens: 1_000_000 },
    { phone: '2', tokens: 1_000_000 },
  ]);
  const veto = await forbidUpdates(sql, '1');
  expect(await restoring({ auditId })).toMatchObject({ restoredCount: 1, skippedCount: 1 });
  await veto.lift();
  expect(await restoring({ auditId })).toMatchObject({ restoredCount: 1, alreadyRestoredCount: 1 });
  expect(await sql`select "threadId", "threadTokenCount" as tokens from "ClientView" order by 1`).toEqual([
    { threadId: 'conv_1', tokens: 1_000_000 },
    { threadId: 'conv_2', tokens: 1_000_000 },
  ]);
});

test('the list of cleanups says how many of a run have been restored, and when', async () => {
  const auditId = await cleared([
    { phone: '1', tokens: 1_000_001 },
    { phone: '2', tokens: 1_000_002 },
    { phone: '3', tokens: 1_000_003 },
  ]);
  const runOf = async () => (await listCleanups(job, TABLE_NAMES, 5))[0];
  expect(await runOf()).toMatchObject({
    id: auditId,
    firstId: auditId,
    auditCount: 1,
    restoredCount: 0,
    restoredAt: null,
  });
  await sql`update "ClientView" set "threadId" = 'newer' where "phoneNumber" = '3'`;
  await restoring({ auditId });
  await sql`update "ClientView" set "threadId" = null where "phoneNumber" = '3'`;
  expect(await runOf()).toMatchObject({ cleanedCount: 3, restoredCount: 2 });
  await restoring({ auditId }, 'restore-2');
  const run = await runOf();
  expect(run).toMatchObject({ cleanedCount: 3, restoredCount: 3 });
  expect(Math.abs(Date.parse(run?.restoredAt ?? '') - Date.now())).toBeLessThan(60_000);
});

test('a run is found by its first and last audit row, and by no part of it', async () => {
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
  const { auditIds } = await cleanUpOn(job, { requestId: 'one' });
  const first = (auditIds[0] ?? 0) + 1;
  await sql`insert into "ThreadCleanupLog" (cleaned_count, total_tokens_cleared, details)
            select 1, 1, jsonb_build_object('threads', '[]'::jsonb, 'requestId', id)
              from unnest(array['run', 'other', 'run', 'run']) id`;
  const last = first + 3;
  expect(await findRun(job, TABLE_NAMES, { first, last })).toBe('run');
  for (const rows of [
    { first, last: last - 1 },
    { first: first + 2, last },
    { first: first - 1, last },
  ]) {
    await expect(findRun(job, TABLE_NAMES, rows)).rejects.toMatchObject({ name: 'NotRestorable' });
  }
});
