import { beforeEach, describe, expect, test } from 'vitest';
import { checkOn, cleanUpOn, eraseOn, restoreOn } from '../../support/job/run.ts';
import { createDatabase, emptyTables } from '../../support/postgres/database.ts';
import { createRole } from '../../support/postgres/roles.ts';

const database = await createDatabase();
const { sql } = database;
const job = await database.open();
beforeEach(async () => {
  await sql.unsafe('drop publication if exists p; drop table if exists "Message"');
  await emptyTables(database);
  await sql`drop table "ClientView" cascade`;
  await sql`create table "ClientView" ("phoneNumber" text primary key, "name" text, "userName" text,
    "lastActivity" timestamp(3) default now(), "threadId" text, "threadTokenCount" integer default 0)`;
});

const contacts = (phones: readonly string[], threadId: string) =>
  sql.unsafe(
    phones
      .map((phone) => `insert into "ClientView" values ('${phone}', null, null, now(), '${threadId}', 1500000)`)
      .join(';'),
  );

/** A check, a cleanup and a restore all refuse the table, in the same words, and leave every row as it was. */
async function expectRefused(message: string | RegExp): Promise<void> {
  const before = await sql`select * from "ClientView" order by 1`;
  const runs = [checkOn(job), cleanUpOn(job), restoreOn(job, { auditId: 1 })];
  for (const run of await Promise.allSettled(runs)) {
    expect(run).toMatchObject({ status: 'rejected', reason: { name: 'TableUnusable' } });
    expect(run.status === 'rejected' ? run.reason.message : '').toMatch(message);
  }
  expect(await sql`select * from "ClientView" order by 1`).toEqual(before);
}

describe('a key', () => {
  test.each([
    [
      'of phone and bot',
      `alter table "ClientView" drop constraint "ClientView_pkey", add bot text default 'a', add primary key ("phoneNumber", bot)`,
    ],
    ['that is missing', 'alter table "ClientView" drop constraint "ClientView_pkey"'],
    [
      'of some rows only',
      `alter table "ClientView" drop constraint "ClientView_pkey"; create unique index on "ClientView" ("phoneNumber") where "threadId" is not null`,
    ],
    [
      'of an expression',
      `alter table "ClientView" drop constraint "ClientView_pkey"; create unique index on "ClientView" (lower("phoneNumber"))`,
    ],
    [
      'that is not unique',
      `alter table "ClientView" drop constraint "ClientView_pkey"; create index on "ClientView" ("phoneNumber")`,
    ],
    [
      'that may be null',
      `alter table "ClientView" drop constraint "ClientView_pkey", alter "phoneNumber" drop not null; create unique index on "ClientView" ("phoneNumber")`,
    ],
  ])('%s is refused: a thread could be restored to another contact', async (_, change) => {
    await sql.unsafe(change);
    await contacts(['1'], 'conv_1');
    await expectRefused(/"phoneNumber" of public\."ClientView" must be NOT NULL and unique by itself/);
  });

  test('whose index was never completed is refused: it may be there twice', async () => {
    await sql.unsafe('alter table "ClientView" drop constraint "ClientView_pkey"');
    await contacts(['1', '1'], 'conv_1');
    await expect(sql`create unique index concurrently on "ClientView" ("phoneNumber")`).rejects.toMatchObject({
      code: '23505',
    });
    await expectRefused(/must be NOT NULL and unique by itself, with a valid index/);
  });

  test('under a unique index beside another primary key will do', async () => {
    await sql.unsafe(`alter table "ClientView" drop constraint "ClientView_pkey", add id serial primary key;
      create unique index on "ClientView" ("phoneNumber") include (name)`);
    await sql`insert into "ClientView" ("phoneNumber", "threadId", "threadTokenCount") values ('1', 'conv_1', 1500000)`;
    expect(await cleanUpOn(job)).toMatchObject({ cleanedCount: 1 });
  });
});

describe('columns of other types', () => {
  test.each([
    ['a varchar key', 'alter table "ClientView" alter "phoneNumber" type varchar(20)', ['573', '574']],
    ['a char key', 'alter table "ClientView" alter "phoneNumber" type char(12)', ['573', '574']],
    [
      'a bigint key',
      'alter table "ClientView" alter "phoneNumber" type bigint using "phoneNumber"::bigint',
      ['573001234567', '574'],
    ],
    [
      'an integer key',
      'alter table "ClientView" alter "phoneNumber" type integer using "phoneNumber"::integer',
      ['573', '574'],
    ],
    ['a varchar thread id', 'alter table "ClientView" alter "threadId" type varchar(64)', ['573', '574']],
    ['a bigint count', 'alter table "ClientView" alter "threadTokenCount" type bigint', ['573', '574']],
    [
      'an enumerated name',
      `create type mood as enum ('ok'); alter table "ClientView" alter name type mood using null`,
      ['573', '574'],
    ],
  ])('%s: what is cleared comes back as it was', async (_, change, phones) => {
    await sql.unsafe(change);
    await contacts(phones, 'conv_1');
    const before = await sql`select * from "ClientView" order by 1`;
    const { auditIds, remainingCount } = await cleanUpOn(job);
    expect(remainingCount).toBe(0);
    expect(await checkOn(job)).toMatchObject({ activeThreads: 0 });
    expect(await restoreOn(job, { auditId: auditIds[0] ?? 0 })).toMatchObject({ restoredCount: 2, skippedCount: 0 });
    expect(await sql`select * from "ClientView" order by 1`).toEqual(before);
    await sql`drop type if exists mood cascade`;
  });

  test('a thread id as uuid comes back as it was', async () => {
    await sql`alter table "ClientView" alter "threadId" type uuid using "threadId"::uuid`;
    const threadId = '6f9619ff-8b86-d011-b42d-00cf4fc964ff';
    await contacts(['1'], threadId);
    const { auditIds } = await cleanUpOn(job);
    expect(await restoreOn(job, { auditId: auditIds[0] ?? 0 })).toMatchObject({ restoredCount: 1 });
    expect(await sql`select "threadId" from "ClientView"`).toEqual([{ threadId }]);
  });

  test.each([
    [
      'a jsonb thread id',
      `alter table "ClientView" alter "threadId" type jsonb using to_jsonb("threadId")`,
      '"threadId" of public."ClientView" must be text, character varying, character or uuid (got jsonb)',
    ],
    [
      'a numeric key',
      'alter table "ClientView" alter "phoneNumber" type numeric using "phoneNumber"::numeric',
      '"phoneNumber" of public."ClientView" must be text, character varying, character, bigint, integer or uuid (got numeric)',
    ],
    [
      'a token count as text',
      'alter table "ClientView" alter "threadTokenCount" drop default, alter "threadTokenCount" type text',
      '"threadTokenCount" of public."ClientView" must be smallint, integer or bigint (got text)',
    ],
    [
      'a thread id that must be there',
      `alter table "ClientView" alter "threadId" set not null`,
      '"threadId" of public."ClientView" must be nullable',
    ],
    [
      'a token count that is generated',
      'alter table "ClientView" drop "threadTokenCount"; alter table "ClientView" add "threadTokenCount" integer generated always as (1500000) stored',
      'public."ClientView" generates "threadTokenCount", which must be written',
    ],
    [
      'a thread id that another table follows',
      `alter table "ClientView" add unique ("threadId"); create table "Message" (thread text constraint "of" references "ClientView" ("threadId") on update cascade)`,
      'The foreign key "of" of "Message" takes over what happens to "threadId" of public."ClientView"',
    ],
    [
      'a table that is published without a replica identity',
      `alter table "ClientView" replica identity nothing; create publication p for table "ClientView"`,
      'public."ClientView" is published for logical replication and has no replica identity',
    ],
    [
      'a rule',
      `create rule keep as on update to "ClientView" do instead nothing`,
      'public."ClientView" has the rule "keep"',
    ],
  ])('%s is refused by check, cleanup and restore, by name', async (_, change, message) => {
    await sql.unsafe(change);
    await expectRefused(message);
  });

  test.each([
    `alter table "ClientView" replica identity using index "ClientView_pkey"; create publication p for table "ClientView"`,
    `alter table "ClientView" replica identity full; create publication p for table "ClientView"`,
    `alter table "ClientView" replica identity nothing;
     create publication p for table "ClientView" with (publish = 'insert, delete')`,
  ])('a table whose updates can be published, or need not be, is worked on: %s', async (change) => {
    await sql.unsafe(change);
    await contacts(['1'], 'conv_1');
    const { auditIds } = await cleanUpOn(job);
    expect(await restoreOn(job, { auditId: auditIds[0] ?? 0 })).toMatchObject({ restoredCount: 1 });
  });
});

describe('an audit table', () => {
  const columns = {
    id: 'bigint generated by default as identity primary key',
    cleaned_count: 'integer not null',
    total_tokens_cleared: 'bigint not null',
    execution_time: 'timestamptz not null default now()',
    details: 'jsonb not null',
  };
  const createAudit = (changes: Record<string, string>, kind = '', suffix = '') =>
    sql.unsafe(
      `create ${kind} table "ThreadCleanupLog" (${Object.entries({ ...columns, ...changes })
        .map(([name, type]) => `${name} ${type}`)
        .join(', ')}) ${suffix}`,
    );

  test.each([
    ['details as json', { details: 'json' }, '"details" of public."ThreadCleanupLog" must be jsonb (got json)'],
    ['details as text', { details: 'text' }, '"details" of public."ThreadCleanupLog" must be jsonb (got text)'],
    [
      'an integer sum',
      { total_tokens_cleared: 'integer' },
      '"total_tokens_cleared" of public."ThreadCleanupLog" must be bigint (got integer)',
    ],
    [
      'a date',
      { execution_time: 'date' },
      '"execution_time" of public."ThreadCleanupLog" must be timestamp without time zone or timestamp with time zone (got date)',
    ],
    [
      'a further column that must be given',
      { site: 'text not null' },
      'public."ThreadCleanupLog" demands a value for "site"',
    ],
    [
      'a count that is generated',
      { cleaned_count: 'integer generated always as (1) stored' },
      'public."ThreadCleanupLog" generates "cleaned_count"',
    ],
  ])('with %s is refused before anything is cleared', async (_, changes, message) => {
    await contacts(['1'], 'conv_1');
    await createAudit(changes);
    await expectRefused(message);
  });

  test.each([
    ['may be null', 'id bigint', 'alter table "ThreadCleanupLog" add unique (id)'],
    ['is not unique', 'id bigint not null default 1', ''],
    [
      'is unique together with another column',
      'id bigint not null default 1',
      'alter table "ThreadCleanupLog" add unique (id, cleaned_count)',
    ],
  ])('whose id %s is refused: what is recorded could not be found again', async (_, id, change) => {
    await createAudit({ id: id.slice(3) });
    await sql.unsafe(change);
    await expectRefused('"id" of public."ThreadCleanupLog" must be NOT NULL and unique by itself');
  });

  test('that is published and has nothing to know its rows by is refused: a restore could not write its note', async () => {
    await createAudit({ id: 'bigint generated by default as identity unique' });
    await sql`create publication p for table "ThreadCleanupLog"`;
    await expectRefused('public."ThreadCleanupLog" is published for logical replication and has no replica identity');
    await sql`alter table "ThreadCleanupLog" replica identity full`;
    await contacts(['1'], 'conv_1');
    const { auditIds } = await cleanUpOn(job);
    expect(await restoreOn(job, { auditId: auditIds[0] ?? 0 })).toMatchObject({ restoredCount: 1 });
  });

  test('that is unlogged is refused: it is empty after a crash', async () => {
    await createAudit({}, 'unlogged');
    await expectRefused('public."ThreadCleanupLog" must be a permanent table');
  });

  test('that has a rule is refused', async () => {
    await createAudit({});
    await sql`create rule elsewhere as on insert to "ThreadCleanupLog" do instead nothing`;
    await expectRefused('public."ThreadCleanupLog" has the rule "elsewhere"');
  });

  test('that belongs to a stranger is refused: its triggers would run with the rights of the job', async () => {
    const stranger = await createRole(database);
    const own = await createRole(database);
    await createAudit({});
    await sql.unsafe(`alter table "ThreadCleanupLog" owner to ${stranger.name};
      grant all on "ClientView", "ThreadCleanupLog" to ${own.name}`);
    const connection = await database.open(own);
    await contacts(['1'], 'conv_1');
    for (const run of [
      () => checkOn(connection),
      () => cleanUpOn(connection),
      () => restoreOn(connection, { auditId: 1 }),
      () => eraseOn(connection, '1'),
    ]) {
      await expect(run()).rejects.toThrow(
        `public."ThreadCleanupLog" must belong to "postgres", to ${own.name} or to a role that it is a member of`,
      );
    }
    await sql.unsafe(`grant ${stranger.name} to ${own.name}`);
    expect(await cleanUpOn(connection)).toMatchObject({ cleanedCount: 1 });
    await connection.close();
  });

  test('that the job creates is closed to everybody but its owner, whatever new tables are open to', async () => {
    const stranger = await createRole(database);
    await sql.unsafe(`alter default privileges in schema public grant all on tables to ${stranger.name}`);
    await contacts(['1'], 'conv_1');
    await cleanUpOn(job);
    await sql.unsafe(`alter default privileges in schema public revoke all on tables from ${stranger.name}`);
    const theirs = await database.open(stranger);
    const rows = await theirs.run(
      (its) => its<{ n: number }[]>`select pg_catalog.count(*)::int as n from "ThreadCleanupLog"`,
    );
    expect(rows).toEqual([{ n: 0 }]);
    expect(await sql`select count(*)::int as n from "ThreadCleanupLog"`).toEqual([{ n: 1 }]);
    await theirs.close();
  });

  test('that others can read while they cannot read the contacts is mentioned by a check, with how to close it', async () => {
    const [stranger, reader] = [await createRole(database), await createRole(database)];
    await createAudit({});
    await sql.unsafe(`grant select on "ThreadCleanupLog" to ${stranger.name}, ${reader.name};
      grant select on "ClientView" to ${reader.name}`);
    const { warnings } = await checkOn(job);
    expect(warnings).toEqual([
      expect.stringMatching(
        new RegExp(
          `^public\\."ThreadCleanupLog" holds phone numbers.*public\\."ClientView": "${stranger.name}"\\. Close it`,
        ),
      ),
    ]);
    await sql`alter table "ClientView" enable row level security`;
    const closed = await checkOn(job);
    expect(closed.warnings[0]).toContain(`"${reader.name}"`);
    await sql`alter table "ThreadCleanupLog" enable row level security`;
    expect((await checkOn(job)).warnings).toEqual([]);
  });
});
