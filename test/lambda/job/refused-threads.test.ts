import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { cleanUpOn, restoreOn } from '../../support/job/run.ts';
import {
  auditedThreads,
  contactsByPhone,
  createAuditTable,
  createDatabase,
  emptyTables,
} from '../../support/postgres/database.ts';

const database = await createDatabase();
const { sql } = database;
const job = await database.open();
beforeEach(() => emptyTables(database));

const due = (count: number) =>
  sql`insert into "ClientView" ("phoneNumber", "lastActivity", "threadId", "threadTokenCount")
      select n::text, now(), 'conv_' || n, 1000000 from generate_series(1, ${count}::int) n`;

async function constrain(definition: string): Promise<void> {
  await sql.unsafe(`alter table "ClientView" add constraint "keep" ${definition}`);
  onTestFinished(async () => void (await sql`alter table "ClientView" drop constraint "keep"`));
}

test('one contact of 5,000 that a constraint refuses keeps nobody else: it is left, counted, and the constraint is named', async () => {
  await due(5_000);
  await constrain(`check ("phoneNumber" <> '3333' or "threadTokenCount" > 0)`);
  const result = await cleanUpOn(job);
  expect(result).toMatchObject({
    cleanedCount: 4_999,
    totalTokensCleared: 4_999_000_000,
    remainingCount: 1,
    complete: true,
  });
  expect(result.warnings).toEqual([
    '1 thread was not cleared, because the constraint "keep" refuses it. Until that changes, the next run leaves them, too.',
  ]);
  expect(await auditedThreads(database)).toHaveLength(4_999);
  expect((await contactsByPhone(database)).get('3333')).toEqual({ threadId: 'conv_3333', threadTokenCount: 1_000_000 });
});

test('contacts that a trigger refuses with an error are left, at both ends of a batch', async () => {
  await due(2_000);
  await sql.unsafe(`
    create function refuse() returns trigger language plpgsql as $$ begin
      if old."phoneNumber" in ('1', '1000', '2000') then raise exception 'never'; end if;
      return new;
    end $$;
    create trigger refuser before update on "ClientView" for each row execute function refuse()`);
  onTestFinished(async () => void (await sql`drop function refuse cascade`));
  const result = await cleanUpOn(job);
  expect(result).toMatchObject({ cleanedCount: 1_997, remainingCount: 3, complete: true });
  expect(result.warnings).toEqual([
    expect.stringContaining(
      '3 threads were not cleared, because a trigger of public."ClientView" ("refuser") refuses it (SQLSTATE P0001)',
    ),
  ]);
});

test('where nothing at all can be cleared, the run stops after 20 threads with the reason', async () => {
  await due(3_000);
  await constrain('check ("threadTokenCount" > 0) not valid');
  await expect(cleanUpOn(job)).rejects.toMatchObject({
    name: 'StatementFailed',
    message: expect.stringMatching(
      /^20 threads in a row could not be cleared, because the constraint "keep" refuses it\./,
    ),
  });
  expect(await auditedThreads(database)).toEqual([]);
});

test('a constraint of the audit table is no matter of single rows: the run fails with it at once', async () => {
  await due(5);
  await createAuditTable(database);
  await sql`alter table "ThreadCleanupLog" add constraint small check (cleaned_count < 5)`;
  await expect(cleanUpOn(job)).rejects.toMatchObject({ name: 'StatementFailed' });
  expect(await auditedThreads(database)).toEqual([]);
});

test('a contact whose thread is refused keeps no other from being restored, and may be tried again', async () => {
  await due(100);
  const [auditId = 0] = (await cleanUpOn(job)).auditIds;
  await constrain(`check ("phoneNumber" <> '33' or "threadTokenCount" = 0)`);
  expect(await restoreOn(job, { auditId })).toMatchObject({
    restoredCount: 99,
    skippedCount: 1,
    alreadyRestoredCount: 0,
  });
  await sql`alter table "ClientView" drop constraint "keep"`;
  expect(await restoreOn(job, { auditId })).toMatchObject({
    restoredCount: 1,
    skippedCount: 0,
    alreadyRestoredCount: 99,
  });
  await sql`alter table "ClientView" add constraint "keep" check (true)`;
});

test('with serializable as the default, two writers do not keep a batch from being cleared', async () => {
  await due(3_000);
  const name = new URL(database.url).pathname.slice(1);
  await sql.unsafe(`alter database ${name} set default_transaction_isolation = 'serializable'`);
  onTestFinished(async () => void (await sql.unsafe(`alter database ${name} reset default_transaction_isolation`)));
  const strict = await database.open();
  let writing = true;
  // Each writes the same hundred again and again: a row that was written has moved, and is left to the next run.
  const write = async (from: number) => {
    for (let n = from; writing; n = n < from + 99 ? n + 1 : from) {
      await sql`update "ClientView" set "threadTokenCount" = "threadTokenCount" + 1 where "phoneNumber" = ${String(n)}`.catch(
        (error) => expect(error).toMatchObject({ code: '40001' }),
      );
    }
  };
  const writers = [write(1), write(1_500)];
  const { cleanedCount, remainingCount, warnings } = await cleanUpOn(strict);
  writing = false;
  await Promise.all(writers);
  expect(cleanedCount).toBeGreaterThan(2_700);
  expect(cleanedCount + remainingCount).toBeGreaterThanOrEqual(3_000);
  expect(warnings).toEqual([]);
  await strict.close();
});
