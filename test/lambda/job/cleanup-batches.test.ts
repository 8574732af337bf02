import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { beginning, passOver } from '../../../lambda/job/table-pass.ts';
import { CLEANUP_NEEDS, clearThreads, openClientView, selectStorage } from '../../../lambda/tables/client-view.ts';
import { cleanUpOn } from '../../support/job/run.ts';
import {
  auditedThreads,
  contactsByPhone,
  createDatabase,
  emptyTables,
  insertContacts,
  insertDueContacts,
  interrupted,
  TABLE_NAMES,
} from '../../support/postgres/database.ts';
import { closeGateBeforeLock } from '../../support/postgres/gate.ts';
import { createRole } from '../../support/postgres/roles.ts';
import { forbidUpdates } from '../../support/postgres/veto.ts';

const database = await createDatabase();
const { sql } = database;
const databaseName = new URL(database.url).pathname.slice(1);
beforeEach(() => emptyTables(database));

/**
 * Starts a cleanup, as a role that policies bind, and halts its clearing statement before it locks the contact `phone`.
 *
 * @returns what lets it go on, and waits for its result
 */
async function cleanUpHaltedAt(phone: string) {
  const { name, url } = await createRole(database);
  await sql.unsafe(`grant all on schema public to ${name}; grant all on "ClientView" to ${name}`);
  const gate = await closeGateBeforeLock(sql, phone);
  const run = cleanUpOn(await database.open({ url }));
  await gate.reached();
  return async () => {
    await gate.open();
    return run;
  };
}

test('misses no thread where an index on the token column returns rows out of order', async () => {
  // Wide rows: 3,000 pages. Few due rows at the start, all others behind two thirds of them.
  await sql`insert into "ClientView" select n::text, null, null, repeat('x', 990), null, now(), 't' || n,
              case when n <= 5 then 1000005 - n when n > 17000 then 1000000 + (n * 7919) % 100000 else n % 1000 end
            from generate_series(1, 24000) n`;
  await sql`create index token_count on "ClientView" ("threadTokenCount")`;
  await sql`analyze "ClientView"`;
  await sql.unsafe(`alter database ${databaseName} set random_page_cost = 1.1`);
  const job = await database.open();
  const view = await openClientView(job, TABLE_NAMES.clientViewName, CLEANUP_NEEDS);
  const [storage = { pages: 0, file: 0 }] = await job.run((its) => selectStorage(its, view));
  for (const pagesPerRead of [100, 2_048, 65_536]) {
    const found: string[] = [];
    const pass = { tokenLimit: 1_000_000, start: beginning(storage), expectedCount: 7_005, pagesPerRead };
    for await (const { due } of passOver(job, view, pass)) found.push(...due);
    expect([found.length, new Set(found).size], `${pagesPerRead} pages a read`).toEqual([7_005, 7_005]);
  }
  const result = await cleanUpOn(job);
  await sql`drop index token_count`;
  expect(result).toMatchObject({ cleanedCount: 7_005, remainingCount: 0, complete: true });
  expect(await sql`select count(*)::int from "ClientView" where "threadTokenCount" >= 1000000`).toEqual([{ count: 0 }]);
});

test('a batch reads the rows that it clears, not the whole table, however few pages that has', async () => {
  await insertDueContacts(database, 20_000);
  await sql`analyze "ClientView"`;
  const due = Array.from({ length: 2_000 }, (_, n) => `(${Math.floor(n / 50)},${(n % 50) + 1})`);
  const view = await openClientView(await database.open(), TABLE_NAMES.clientViewName, CLEANUP_NEEDS);
  const plan = await sql.unsafe(`explain with ${clearThreads(view, due, 1_000_000).sql} select count(*) from cleared`);
  const steps = plan.map((row) => String(row['QUERY PLAN'])).filter((step) => step.includes('on "ClientView"'));
  expect(steps.map((step) => /[A-Z][A-Za-z ]+ on/.exec(step)?.[0])).toEqual([
    'Tid Scan on',
    'Update on',
    'Tid Scan on',
  ]);
});

test.each(['enable_nestloop', 'enable_hashjoin'])(
  'tokens that the assistant adds between snapshot and lock are neither lost nor audited (%s off)',
  async (planner) => {
    await sql.unsafe(`alter database ${databaseName} set ${planner} = off`);
    onTestFinished(async () => {
      await sql.unsafe(`alter database ${databaseName} reset ${planner}`);
    });
    await insertContacts(database, [
      { phone: '1', tokens: 1_000_000 },
      { phone: '2', tokens: 1_000_000 },
      { phone: '3', tokens: 1_000_000 },
    ]);
    const openGate = await cleanUpHaltedAt('1');
    await sql`update "ClientView" set "threadTokenCount" = "threadTokenCount" + 77 where "phoneNumber" = '2'`;
    const result = await openGate();
    expect((await auditedThreads(database)).map(({ phone }) => phone)).toEqual(['1', '3']);
    expect((await contactsByPhone(database)).get('2')).toEqual({ threadId: 'conv_2', threadTokenCount: 1_000_077 });
    expect(result).toMatchObject({ cleanedCount: 2, totalTokensCleared: 2_000_000, remainingCount: 1 });
  },
);

test('a thread that was locked but not cleared, here because a trigger forbids it, is not audited', async () => {
  await insertContacts(database, [
    { phone: '1', tokens: 1_000_000 },
    { phone: '2', tokens: 1_000_000 },
  ]);
  await forbidUpdates(sql, '1');
  const result = await cleanUpOn(await database.open());
  expect((await auditedThreads(database)).map(({ phone }) => phone)).toEqual(['2']);
  expect(result).toMatchObject({ cleanedCount: 1, remainingCount: 1 });
});

test('rows that refer to a contact can be written while it is being cleared', async () => {
  await sql`create table "Message" ("phoneNumber" text references "ClientView")`;
  await insertContacts(database, [
    { phone: '1', tokens: 1_000_000 },
    { phone: '2', tokens: 1_000_000 },
  ]);
  const openGate = await cleanUpHaltedAt('2');
  await sql.begin(async (assistant) => {
    await assistant`set local lock_timeout = '2s'`;
    await assistant`insert into "Message" values ('1')`;
  });
  expect(await openGate()).toMatchObject({ cleanedCount: 2 });
  await sql`drop table "Message"`;
});

test.each([
  ['a partitioned table', 'create table "Parts" (like "ClientView") partition by list ("phoneNumber")'],
  [
    'a table that others inherit from',
    'create table "Parts" (like "ClientView"); create table p1 () inherits ("Parts")',
  ],
  ['a view', 'create view "Parts" as select * from "ClientView"'],
  ['a materialized view', 'create materialized view "Parts" as select * from "ClientView"'],
])('refuses %s, by name, and changes nothing', async (kind, definition) => {
  await sql.unsafe(definition);
  const names = { ...TABLE_NAMES, clientViewName: { schema: undefined, name: 'Parts' } };
  const run = cleanUpOn(await database.open(), {}, names);
  await expect(run).rejects.toMatchObject({ name: 'TableUnusable' });
  await expect(run).rejects.toThrow(`public."Parts" must be an ordinary table (got ${kind}).`);
  await sql.unsafe(definition.replace(/^create ((?:materialized )?\w+) "Parts".*/, 'drop $1 "Parts" cascade'));
  expect(await sql`select to_regclass('"ThreadCleanupLog"') as log`).toEqual([{ log: null }]);
});

test('a row that took the place of a due one, at whatever moment, is not cleared by mistake', async () => {
  const job = await database.open();
  // One moment after the other: one of them is between finding and clearing.
  for (let moment = 1; moment <= 12; moment += 1) {
    await sql`truncate "ClientView"`;
    await insertContacts(database, [{ phone: 'due', tokens: 1_000_000 }]);
    const swapped = interrupted(job, async (step) => {
      if (step !== moment) return;
      await sql`delete from "ClientView" where "phoneNumber" = 'due'`;
      await sql`vacuum "ClientView"`;
      await insertContacts(database, [{ phone: 'young', tokens: 5 }]);
      expect(await sql`select ctid::text as place from "ClientView"`).toEqual([{ place: '(0,1)' }]);
    });
    await cleanUpOn(swapped);
    const young = (await contactsByPhone(database)).get('young');
    if (young) expect(young).toEqual({ threadId: 'conv_young', threadTokenCount: 5 });
  }
  expect((await auditedThreads(database)).map(({ phone }) => phone)).not.toContain('young');
});
