import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { cleanUpOn, eraseOn, restoreOn } from '../../support/job/run.ts';
import { PATIENCE } from '../../support/patience.ts';
import {
  type Contact,
  createAuditTable,
  createDatabase,
  emptyTables,
  insertContacts,
} from '../../support/postgres/database.ts';
import { createRole } from '../../support/postgres/roles.ts';

const database = await createDatabase();
const { sql } = database;
const job = await database.open();
beforeEach(async () => {
  await emptyTables(database);
  await createAuditTable(database);
});

const ANA = { phone: '573001', tokens: 1_000_001, name: 'Ana Canary', threadId: 'conv_ana_1' };
const EVA = { phone: '573002', tokens: 1_000_002, name: 'Eva', threadId: 'conv_eva_1' };
const ERASED_AT = expect.stringMatching(/^20\d\d-\d\d-\d\dT[\d:.]+Z$/);

async function cleared(contacts: readonly Contact[], requestId = 'cleanup-1'): Promise<number> {
  await insertContacts(database, contacts);
  return (await cleanUpOn(job, { requestId })).auditIds[0] ?? 0;
}

async function clearedAgain({ phone, tokens }: Contact, threadId: string): Promise<number> {
  await sql`update "ClientView" set "threadId" = ${threadId}, "threadTokenCount" = ${tokens} where "phoneNumber" = ${phone}`;
  return cleared([], 'cleanup-2');
}

const auditText = async () =>
  (await sql`select coalesce(string_agg(l::text, ''), '') as text from "ThreadCleanupLog" l`)[0]?.['text'];
const entriesOf = async (id: number) =>
  (await sql`select details -> 'threads' as threads from "ThreadCleanupLog" where id = ${id}`)[0]?.['threads'];

test('phone, name and thread ids of the person go from every row; all of the others stays, and so do counts and tokens', async () => {
  const first = await cleared([ANA, EVA]);
  const second = await clearedAgain(ANA, 'conv_ana_2');
  const figures = () => sql`
    select id, cleaned_count, total_tokens_cleared, execution_time, details - 'threads' as details,
           (select sum((t ->> 'tokens')::bigint) from jsonb_array_elements(details -> 'threads') t) as tokens
      from "ThreadCleanupLog" order by id`;
  const before = await figures();
  const receipt = await eraseOn(job, ANA.phone);
  expect(receipt).toEqual({
    mode: 'erase',
    startedAt: expect.any(String),
    erasedRows: 2,
    exports: [],
    threadIds: ['conv_ana_1', 'conv_ana_2'],
    complete: true,
  });
  expect(await figures()).toEqual(before);
  const { phone, name, threadId, tokens } = EVA;
  expect(await entriesOf(first)).toEqual(
    expect.arrayContaining([
      { tokens: ANA.tokens, erasedAt: ERASED_AT },
      { phone, name, threadId, tokens },
    ]),
  );
  expect(await entriesOf(second)).toEqual([{ tokens: ANA.tokens, erasedAt: ERASED_AT }]);
  expect(await auditText()).not.toMatch(/573001|Canary|conv_ana/);
});

test('the contacts are not touched, and erasing twice erases nothing more', async () => {
  await cleared([ANA, { ...EVA, tokens: 5 }]);
  const contacts = await sql`select * from "ClientView" order by 1`;
  await eraseOn(job, ANA.phone);
  const rows = await auditText();
  expect(await eraseOn(job, ANA.phone)).toMatchObject({ erasedRows: 0, threadIds: [], complete: true });
  expect(await auditText()).toBe(rows);
  expect(await sql`select * from "ClientView" order by 1`).toEqual(contacts);
});

test('who was restored is erased from the notes as well; that and how many were restored still shows', async () => {
  const auditId = await cleared([ANA, EVA]);
  await restoreOn(job, { auditId });
  await eraseOn(job, ANA.phone);
  expect(await auditText()).not.toMatch(/573001|Canary|conv_ana/);
  expect(await entriesOf(auditId)).toContainEqual({ tokens: ANA.tokens, erasedAt: ERASED_AT, restored: true });
  const [row] = await sql`select details #> '{restored,0,phones}' as phones from "ThreadCleanupLog"`;
  expect(new Set(row?.['phones'])).toEqual(new Set([null, EVA.phone]));
});

test('a restore skips people who were erased, each of them, and restores the others', async () => {
  const people = Array.from({ length: 5 }, (_, index) => ({ phone: `p${index}`, tokens: 1_000_000 }));
  const auditId = await cleared([ANA, EVA, ...people]);
  await restoreOn(job, { phone: 'p0' });
  for (const phone of [ANA.phone, 'p0', 'p1']) await eraseOn(job, phone);
  expect(await restoreOn(job, { auditId })).toMatchObject({
    restoredCount: 4,
    skippedCount: 3,
    alreadyRestoredCount: 0,
  });
  expect(await restoreOn(job, { auditId })).toMatchObject({
    restoredCount: 0,
    skippedCount: 3,
    alreadyRestoredCount: 4,
  });
  await expect(restoreOn(job, { phone: ANA.phone })).rejects.toMatchObject({ name: 'NotRestorable' });
});

test('a row whose only person was erased is no row of the old script: a restore skips the person', async () => {
  const auditId = await cleared([ANA]);
  await eraseOn(job, ANA.phone);
  expect(await restoreOn(job, { auditId })).toMatchObject({
    restoredCount: 0,
    skippedCount: 1,
    alreadyRestoredCount: 0,
  });
});

test('rows of the old script are erased, too', async () => {
  const details = { threads: [{ phone: ANA.phone, name: ANA.name, tokens: 7 }] };
  await sql`insert into "ThreadCleanupLog" (cleaned_count, total_tokens_cleared, details) values (1, 7, ${sql.json(details)})`;
  expect(await eraseOn(job, ANA.phone)).toMatchObject({ erasedRows: 1, threadIds: [] });
  expect(await entriesOf(1)).toEqual([{ tokens: 7, erasedAt: ERASED_AT }]);
});

test('the receipt names the exports of those rows, and of no others', async () => {
  const exportRows = async (rows: readonly string[]) => `s3://bucket/${rows.length}`;
  await insertContacts(database, [ANA, EVA]);
  await cleanUpOn(job, { exportRows });
  await insertContacts(database, [{ phone: 'x', tokens: 1_000_000 }]);
  await cleanUpOn(job, { exportRows });
  expect(await eraseOn(job, EVA.phone)).toMatchObject({ exports: ['s3://bucket/2'], threadIds: [EVA.threadId] });
});

test('a key of another type is erased by its text', async () => {
  await sql`alter table "ClientView" alter "phoneNumber" type bigint using "phoneNumber"::bigint`;
  onTestFinished(async () => {
    await sql`truncate "ClientView"`;
    await sql`alter table "ClientView" alter "phoneNumber" type text`;
  });
  await cleared([ANA, EVA]);
  expect(await restoreOn(job, { phone: ANA.phone })).toMatchObject({ restoredCount: 1 });
  expect(await eraseOn(job, ANA.phone)).toMatchObject({ erasedRows: 1, threadIds: [ANA.threadId] });
});

describe('an erasure that cannot do all at once', () => {
  const nights = (count: number) => sql`
    insert into "ThreadCleanupLog" (cleaned_count, total_tokens_cleared, details)
    select 1, 7, jsonb_build_object('threads', jsonb_build_array(jsonb_build_object(
      'phone', ${ANA.phone}::text, 'name', 'A', 'threadId', 'conv_' || n, 'tokens', 7)))
      from generate_series(1, ${count}::int) n`;

  test('hands out receipts of at most 100 thread ids, which together are all of them', async () => {
    await nights(230);
    const receipts = [];
    do receipts.push(await eraseOn(job, ANA.phone));
    while (receipts.at(-1)?.complete === false);
    expect(receipts.map(({ erasedRows, threadIds }) => [erasedRows, threadIds.length])).toEqual([
      [100, 100],
      [100, 100],
      [30, 30],
    ]);
    expect(new Set(receipts.flatMap(({ threadIds }) => threadIds)).size).toBe(230);
    expect(await auditText()).not.toContain(ANA.phone);
  });

  test('stops in time, with a receipt of what it has done', async () => {
    await nights(10);
    let looks = 0;
    const receipt = await eraseOn(job, ANA.phone, () => {
      looks += 1;
      return looks > 3 ? 20_000 : 60_000;
    });
    expect(receipt).toMatchObject({ erasedRows: 3, threadIds: ['conv_1', 'conv_2', 'conv_3'], complete: false });
    expect(await eraseOn(job, ANA.phone)).toMatchObject({ erasedRows: 7, complete: true });
  });

  test('still hands out the receipt of what it has done when a row is refused', async () => {
    await nights(3);
    await sql`alter table "ThreadCleanupLog" add constraint frozen check (id <> 2 or not details::text ~ 'erasedAt')`;
    const receipt = await eraseOn(job, ANA.phone);
    expect(receipt).toMatchObject({ erasedRows: 1, threadIds: ['conv_1'], complete: false });
    expect(receipt.warnings).toEqual([expect.stringContaining('23514')]);
    expect(receipt.warnings?.join()).not.toContain(ANA.phone);
  });
});

test.each([
  ['puts it back', 'before update', 'new.details := old.details; return new;'],
  ['refuses the change without a word', 'before update', 'return null;'],
  [
    'puts it back afterwards',
    'after update',
    `update "ThreadCleanupLog" set details = old.details where id = new.id and details::text ~ 'erasedAt'; return null;`,
  ],
  [
    'puts it back when the transaction ends',
    'after update deferrable',
    `update "ThreadCleanupLog" set details = old.details where id = new.id and details::text ~ 'erasedAt'; return null;`,
  ],
])('where a trigger %s, nothing is said to be erased, and the error names it', async (_, when, body) => {
  await cleared([ANA]);
  const isConstraint = when.includes('deferrable');
  await sql.unsafe(`
    create function meddle() returns trigger language plpgsql as $$ begin ${body} end $$;
    create ${isConstraint ? 'constraint' : ''} trigger meddler ${when.replace(' deferrable', '')} on "ThreadCleanupLog"
      ${isConstraint ? 'deferrable initially deferred' : ''} for each row execute function meddle()`);
  onTestFinished(async () => {
    await sql`drop function meddle cascade`;
  });
  await expect(eraseOn(job, ANA.phone)).rejects.toMatchObject({
    name: 'TableUnusable',
    message: expect.stringMatching(/"meddler".*nothing is erased/),
  });
  expect(await auditText()).toContain(ANA.threadId);
});

test.each(['read committed', 'repeatable read'])(
  'an erasure waits for a restore of the row and then erases its note as well, in %s',
  async (isolation) => {
    const auditId = await cleared([ANA, EVA]);
    const role = await createRole(database);
    await sql.unsafe(`
      grant all on "ThreadCleanupLog" to ${role.name};
      alter role ${role.name} set default_transaction_isolation = '${isolation}'`);
    const other = await database.open({ url: role.url });
    const holder = await sql.reserve();
    await holder`begin`;
    await holder`update "ThreadCleanupLog" set details = details || ${sql.json({ restored: [{ requestId: 'r', phones: [ANA.phone] }] })}`;
    const erasing = eraseOn(other, ANA.phone);
    const waiting = () =>
      sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await vi.waitFor(async () => expect(await waiting()).toHaveLength(1), PATIENCE);
    await holder`commit`;
    holder.release();
    expect(await erasing).toMatchObject({ erasedRows: 1, complete: true });
    expect(await auditText()).not.toMatch(/573001|Canary|conv_ana/);
    expect(await entriesOf(auditId)).toContainEqual({ tokens: ANA.tokens, erasedAt: ERASED_AT, restored: true });
  },
);

test('a role with the least rights can erase, without any right on the contacts', async () => {
  await cleared([ANA]);
  const role = await createRole(database);
  const connection = await database.open(role);
  await sql.unsafe(`grant select (id, details) on "ThreadCleanupLog" to ${role.name}`);
  await expect(eraseOn(connection, ANA.phone)).rejects.toThrow('GRANT UPDATE ("details") ON');
  await sql.unsafe(`grant update (details) on "ThreadCleanupLog" to ${role.name}`);
  expect(await eraseOn(connection, ANA.phone)).toMatchObject({ erasedRows: 1 });
});

test('a role that policies keep from seeing some rows is refused, since the receipt would not be true', async () => {
  await cleared([ANA]);
  const role = await createRole(database);
  await sql.unsafe(`
    grant all on "ThreadCleanupLog" to ${role.name};
    alter table "ThreadCleanupLog" enable row level security;
    create policy half on "ThreadCleanupLog" using (id > 1)`);
  const connection = await database.open(role);
  await expect(eraseOn(connection, ANA.phone)).rejects.toMatchObject({
    name: 'PrivilegeMissing',
    message: expect.stringContaining('row-level security'),
  });
  expect(await eraseOn(job, ANA.phone)).toMatchObject({ erasedRows: 1 });
});

test('works without an audit table, and without the contacts', async () => {
  await sql`drop table "ThreadCleanupLog"`;
  expect(await eraseOn(job, ANA.phone)).toMatchObject({ erasedRows: 0, complete: true });
  await createAuditTable(database);
  await cleared([ANA]);
  await sql`alter table "ClientView" rename to "Elsewhere"`;
  onTestFinished(async () => void (await sql`alter table "Elsewhere" rename to "ClientView"`));
  expect(await eraseOn(job, ANA.phone)).toMatchObject({ erasedRows: 1 });
});
