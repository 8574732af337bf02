import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { checkOn, cleanUpOn } from '../../support/job/run.ts';
import {
  contactsByPhone,
  createAuditTable,
  createDatabase,
  emptyTables,
  interrupted,
} from '../../support/postgres/database.ts';
import { createRole } from '../../support/postgres/roles.ts';

const database = await createDatabase();
const { sql } = database;
const job = await database.open();
beforeEach(() => emptyTables(database));

/** A contact over the limit that was active so many minutes ago. */
const contact = (phone: string, minutesAgo: number, tokens = 1_000_000) => sql`
  insert into "ClientView" ("phoneNumber", "lastActivity", "threadId", "threadTokenCount")
  values (${phone}, now() at time zone 'UTC' - make_interval(secs => ${minutesAgo * 60}), ${`conv_${phone}`}, ${tokens})`;
const cleared = async () =>
  [...(await contactsByPhone(database))].filter(([, { threadId }]) => threadId === null).map(([phone]) => phone);

test('threads of conversations that are going on are left, by minutes; check and cleanup say the same', async () => {
  await contact('now', 0);
  await contact('29', 29);
  await contact('31', 31);
  await contact('future', -60);
  await contact('small', 0, 10);
  expect(await checkOn(job, { quietMinutes: 30 })).toMatchObject({ overLimitThreads: 4, activeCount: 3 });
  expect(await checkOn(job)).toMatchObject({ overLimitThreads: 4, activeCount: 0 });
  const result = await cleanUpOn(job, { quietMinutes: 30 });
  expect(result).toMatchObject({ cleanedCount: 1, activeCount: 3, remainingCount: 0, complete: true, warnings: [] });
  expect(await cleared()).toEqual(['31']);
  expect(await cleanUpOn(job)).toMatchObject({ cleanedCount: 3, activeCount: 0 });
});

test.each(['timestamp(3)', 'timestamptz'])(
  'a last activity of type %s is read as UTC, wherever the server is',
  async (type) => {
    await sql.unsafe(
      `alter table "ClientView" alter "lastActivity" type ${type} using "lastActivity" at time zone 'UTC'`,
    );
    const role = await createRole(database);
    await sql.unsafe(`
    alter role ${role.name} set timezone = 'Pacific/Kiritimati';
    grant all on "ClientView" to ${role.name};
    grant create on schema public to ${role.name}`);
    const far = await database.open({ url: role.url });
    onTestFinished(async () => {
      await far.close();
      await sql.unsafe(`
      drop owned by ${role.name};
      alter table "ClientView" alter "lastActivity" type timestamp(3) using "lastActivity"::timestamptz at time zone 'UTC'`);
    });
    await sql.unsafe(`insert into "ClientView" ("phoneNumber", "lastActivity", "threadId", "threadTokenCount")
    select n::text, ${type === 'timestamptz' ? 'now()' : "now() at time zone 'UTC'"} - make_interval(mins => n), 'conv_' || n, 1000000
      from unnest('{1,59,61}'::int[]) n`);
    expect(await cleanUpOn(far, { quietMinutes: 60 })).toMatchObject({ cleanedCount: 1, activeCount: 2 });
    expect(await cleared()).toEqual(['61']);
  },
);

test('a contact that was never active is quiet', async () => {
  await sql`alter table "ClientView" alter "lastActivity" drop not null`;
  onTestFinished(async () => {
    await sql`truncate "ClientView"`;
    await sql`alter table "ClientView" alter "lastActivity" set not null`;
  });
  await sql`insert into "ClientView" ("phoneNumber", "threadId", "threadTokenCount") values ('1', 'A', 1000000)`;
  expect(await cleanUpOn(job, { quietMinutes: 30 })).toMatchObject({ cleanedCount: 1, activeCount: 0 });
});

test('the safety limit counts only what would be cleared', async () => {
  await sql`insert into "ClientView" ("phoneNumber", "lastActivity", "threadId", "threadTokenCount")
    select n::text, case when n > 21 then now() at time zone 'UTC' else '2020-01-01' end, 'conv_' || n, 1000000
      from generate_series(1, 50) n`;
  await expect(cleanUpOn(job, { maxClearedShare: 40 })).rejects.toMatchObject({ name: 'CleanupRefused' });
  await expect(cleanUpOn(job, { maxClearedShare: 40, quietMinutes: 10 })).rejects.toThrow(
    'would clear 21 of 50 active',
  );
  const result = await cleanUpOn(job, { maxClearedShare: 42, quietMinutes: 10 });
  expect(result).toMatchObject({ cleanedCount: 21, activeCount: 29, remainingCount: 0 });
});

test('a conversation that starts again between looking and clearing is left and counted as active', async () => {
  await contact('1', 100);
  await contact('2', 100);
  await cleanUpOn(job, { tokenLimit: 9_000_000 });
  // Looked up are the tables, then what is due; before it is cleared, somebody writes.
  const busy = interrupted(job, async (step) => {
    if (step === 5)
      await sql`update "ClientView" set "lastActivity" = now() at time zone 'UTC' where "phoneNumber" = '1'`;
  });
  const result = await cleanUpOn(busy, { quietMinutes: 30 });
  expect(await cleared()).toEqual(['2']);
  expect(result).toMatchObject({ cleanedCount: 1, activeCount: 1, remainingCount: 0, complete: true });
});

test('a conversation in a place where a quiet one was found is left', async () => {
  await contact('gone', 100);
  await cleanUpOn(job, { tokenLimit: 9_000_000 });
  const placeOf = async (phone: string) =>
    (await sql`select ctid::text as place from "ClientView" where "phoneNumber" = ${phone}`)[0]?.['place'];
  const place = await placeOf('gone');
  const busy = interrupted(job, async (step) => {
    if (step !== 5) return;
    await sql`delete from "ClientView"`;
    await sql`vacuum "ClientView"`;
    await contact('now', 0);
  });
  expect(await cleanUpOn(busy, { quietMinutes: 30 })).toMatchObject({
    cleanedCount: 0,
    activeCount: 1,
    remainingCount: 0,
  });
  expect(await placeOf('now')).toBe(place);
  expect(await cleared()).toEqual([]);
});

test('an export keeps the rows that are cleared, and of no conversation that is going on', async () => {
  await contact('now', 0);
  await contact('31', 31);
  const kept: string[] = [];
  const exportRows = async (rows: readonly string[]) => `file${kept.push(...rows)}`;
  expect(await cleanUpOn(job, { quietMinutes: 30, exportRows })).toMatchObject({ cleanedCount: 1, activeCount: 1 });
  expect(kept.map((row) => JSON.parse(row).phoneNumber)).toEqual(['31']);
});

test('a run that continues leaves them as well, and says at its end how many there are', async () => {
  await sql`insert into "ClientView" ("phoneNumber", "lastActivity", "threadId", "threadTokenCount")
    select n::text, case when n % 10 = 0 then now() at time zone 'UTC' else '2020-01-01' end, 'conv_' || n, 1000000
      from generate_series(1, 5000) n`;
  let looks = 0;
  const remainingTimeMs = () => {
    looks += 1;
    return looks > 1 ? 0 : 1_000_000;
  };
  const first = await cleanUpOn(job, { quietMinutes: 30, remainingTimeMs });
  expect(first).toMatchObject({ complete: false, activeCount: 500, next: { next: { activeCount: 500 } } });
  const last = await cleanUpOn(job, { quietMinutes: 30, next: first.next?.next });
  expect(last).toMatchObject({ complete: true, cleanedCount: 4_500, activeCount: 500, remainingCount: 0 });
});

describe('the column "lastActivity"', () => {
  test.each([
    ['is absent', 'rename "lastActivity" to "seenAt"', 'rename "seenAt" to "lastActivity"', 'no such column'],
    [
      'is a text',
      'alter "lastActivity" type text',
      'alter "lastActivity" type timestamp(3) using "lastActivity"::timestamp',
      'text',
    ],
    ['is a date', 'alter "lastActivity" type date', 'alter "lastActivity" type timestamp(3)', 'date'],
  ])('%s: refused by name, only when it is asked for', async (_, change, undo, got) => {
    await contact('1', 0);
    await sql.unsafe(`alter table "ClientView" ${change}`);
    onTestFinished(async () => void (await sql.unsafe(`alter table "ClientView" ${undo}`)));
    const refusal = {
      name: 'TableUnusable',
      message: expect.stringMatching(
        new RegExp(`"lastActivity" of public\\."ClientView" must be a timestamp.*quietMinutes.*\\(got ${got}\\)`),
      ),
    };
    await expect(checkOn(job, { quietMinutes: 30 })).rejects.toMatchObject(refusal);
    await expect(cleanUpOn(job, { quietMinutes: 30 })).rejects.toMatchObject(refusal);
    expect(await cleanUpOn(job)).toMatchObject({ cleanedCount: 1 });
  });

  test('needs a right to be read only when it is asked for', async () => {
    await createAuditTable(database);
    const role = await createRole(database);
    await sql.unsafe(`
      grant select (ctid, "phoneNumber", "name", "userName", "threadId", "threadTokenCount") on "ClientView" to ${role.name};
      grant update ("threadId", "threadTokenCount") on "ClientView" to ${role.name};
      grant select (id, cleaned_count, total_tokens_cleared, execution_time, details) on "ThreadCleanupLog" to ${role.name};
      grant insert (cleaned_count, total_tokens_cleared, execution_time, details) on "ThreadCleanupLog" to ${role.name}`);
    await contact('now', 0);
    await contact('31', 31);
    const least = await database.open({ url: role.url });
    await expect(cleanUpOn(least, { quietMinutes: 30 })).rejects.toThrow('GRANT SELECT ("lastActivity") ON');
    await sql.unsafe(`grant select ("lastActivity") on "ClientView" to ${role.name}`);
    expect(await cleanUpOn(least, { quietMinutes: 30 })).toMatchObject({ cleanedCount: 1, activeCount: 1 });
    await sql.unsafe(`revoke select ("lastActivity") on "ClientView" from ${role.name}`);
    expect(await cleanUpOn(least)).toMatchObject({ cleanedCount: 1 });
  });
});
