import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { compareWithBefore, insertDueThreads } from '../../support/job/both-or-neither.ts';
import { misreportedRuns } from '../../support/job/ledger.ts';
import { cleanUpAt, restoreAt } from '../../support/job/run.ts';
import { type Cut, cutOnce, MOMENTS } from '../../support/network/cut-once.ts';
import { byWayOf, startProxy } from '../../support/network/proxy.ts';
import { PATIENCE } from '../../support/patience.ts';
import { createDatabase, emptyTables } from '../../support/postgres/database.ts';
import { closeGate } from '../../support/postgres/gate.ts';
import { createRole } from '../../support/postgres/roles.ts';

const database = await createDatabase();
const { sql, url } = database;
const port = Number(new URL(url).port);
beforeEach(() => emptyTables(database));

/** Three batches. */
const CONTACTS = 5_000;
const CLEARING = 'cleared as (';
const RESTORING = 'restored as (';

/** The way through a proxy that cuts; a test in which nothing was cut has shown nothing. */
async function urlThrough(cut: Cut, target = url): Promise<string> {
  const proxy = await startProxy(port, cut.newJudge);
  onTestFinished(async () => {
    await proxy.close();
    expect(cut.happened(), 'the connection was cut').toBe(true);
  });
  return byWayOf(proxy.port, target);
}

/** Waits until the job waits at the server for what it has lost. */
async function isWaitedFor(): Promise<void> {
  const waiting = () => sql`
    select from pg_stat_activity where application_name = 'thread-cleanup' and datname = current_database()
       and query like '%pg_advisory_xact_lock(%' and wait_event = 'advisory'`;
  await vi.waitUntil(async () => (await waiting()).length > 0, PATIENCE);
}

describe.each(MOMENTS)('when the connection is cut %s', (moment) => {
  test('a batch is cleared and recorded once, and the result says what the audit says', async () => {
    await insertDueThreads(sql, CONTACTS);
    const result = await cleanUpAt(await urlThrough(cutOnce(moment, CLEARING, 2)));
    expect(result).toMatchObject({ cleanedCount: CONTACTS, auditCount: 3, remainingCount: 0, complete: true });
    expect(await misreportedRuns(sql, [result])).toEqual([]);
    expect(await compareWithBefore(sql)).toEqual({ untouched: 0, cleared: CONTACTS, torn: 0 });
  });

  test('threads are restored once, and the result says so', async () => {
    await insertDueThreads(sql, 3);
    const { requestId } = await cleanUpAt(url);
    const through = await urlThrough(cutOnce(moment, RESTORING));
    expect(await restoreAt(through, { requestId })).toMatchObject({
      restoredCount: 3,
      skippedCount: 0,
      alreadyRestoredCount: 0,
    });
    expect(await sql`select sum("threadTokenCount")::int as tokens from "ClientView"`).toEqual([{ tokens: 3_000_006 }]);
  });
});

describe('a statement that continues at the server after its connection broke', () => {
  test('is waited for, and what it cleared is counted', async () => {
    await insertDueThreads(sql, 3);
    const gate = await closeGate(sql, '1');
    const run = cleanUpAt(await urlThrough(cutOnce('inside it', CLEARING)));
    await gate.reached();
    await sql`insert into "ThreadCleanupLog" (cleaned_count, total_tokens_cleared, details)
              values (7, 7, '{"threads": [], "requestId": "another run"}')`;
    await isWaitedFor();
    await gate.open();
    expect(await run).toMatchObject({ cleanedCount: 3, auditCount: 1, remainingCount: 0 });
    expect(await compareWithBefore(sql)).toEqual({ untouched: 0, cleared: 3, torn: 0 });
  });

  test('is waited for where the role of the session is not that of its login, and may not see it', async () => {
    await insertDueThreads(sql, 3);
    const [login, worker] = [await createRole(database), await createRole(database)];
    await sql.unsafe(`
      grant ${worker.name} to ${login.name};
      alter role ${login.name} set role = ${worker.name};
      grant create, usage on schema public to ${worker.name};
      grant all on "ClientView" to ${worker.name}`);
    const gate = await closeGate(sql, '1');
    const run = cleanUpAt(await urlThrough(cutOnce('inside it', CLEARING), login.url));
    await gate.reached();
    await isWaitedFor();
    await gate.open();
    expect(await run).toMatchObject({ cleanedCount: 3, auditCount: 1, remainingCount: 0 });
  });

  test('is waited for while it waits itself for a migration that has locked the table', async () => {
    await insertDueThreads(sql, 3);
    const run = await sql.begin(async (migration) => {
      // Reading goes on under this lock, writing waits.
      await migration`lock table "ClientView" in exclusive mode`;
      const running = cleanUpAt(await urlThrough(cutOnce('inside it', CLEARING)));
      await isWaitedFor();
      return { running };
    });
    expect(await run.running).toMatchObject({ cleanedCount: 3, auditCount: 1, remainingCount: 0 });
    expect(await compareWithBefore(sql)).toEqual({ untouched: 0, cleared: 3, torn: 0 });
  });

  test('is waited for, and what it restored is counted as restored', async () => {
    await insertDueThreads(sql, 3);
    const { requestId } = await cleanUpAt(url);
    const gate = await closeGate(sql, '1');
    const run = restoreAt(await urlThrough(cutOnce('inside it', RESTORING)), { requestId });
    await gate.reached();
    await isWaitedFor();
    await gate.open();
    expect(await run).toMatchObject({ restoredCount: 3, skippedCount: 0, alreadyRestoredCount: 0 });
  });
});

test('a restore that is run again after a failure counts what it restored then as restored before', async () => {
  await insertDueThreads(sql, 3);
  const { requestId } = await cleanUpAt(url);
  await sql`update "ClientView" set "threadId" = 'newer' where "phoneNumber" = '1'`;
  await restoreAt(url, { requestId }, 'the same request');
  await sql`update "ClientView" set "threadId" = null where "phoneNumber" = '1'`;
  const through = await urlThrough(cutOnce('before it', RESTORING));
  expect(await restoreAt(through, { requestId }, 'the same request')).toMatchObject({
    restoredCount: 1,
    skippedCount: 0,
    alreadyRestoredCount: 2,
  });
});

test('a run whose session is terminated again and again still clears everything, and counts it right', async () => {
  await insertDueThreads(sql, CONTACTS);
  const gate = await closeGate(sql, '1');
  const strikes: Promise<unknown>[] = [];
  const run = cleanUpAt(url, {
    // Somewhere in what comes after a batch.
    onBatch: () => {
      strikes.push(
        sql`
          select pg_terminate_backend(pid) from pg_stat_activity
           where application_name = 'thread-cleanup' and datname = current_database()`.execute(),
      );
    },
  });
  // In the middle of a batch, and of its second attempt.
  for (let strike = 1; strike <= 2; strike += 1) await sql`select pg_terminate_backend(${await gate.reached()}::int)`;
  await gate.open();
  const result = await run;
  expect(await Promise.all(strikes)).toHaveLength(3);
  expect(await misreportedRuns(sql, [result])).toEqual([]);
  expect(await compareWithBefore(sql)).toEqual({ untouched: 0, cleared: CONTACTS, torn: 0 });
});

test.each([
  ['a full disk', '53100', /disk is full \(53100\)/, 2],
  ['a read-only database', '25006', /read-only \(25006\)/, 3],
])('%s fails the run, and what the batches before it cleared stays cleared', async (_, code, message, attempts) => {
  await insertDueThreads(sql, CONTACTS);
  await cleanUpAt(url, { tokenLimit: 2 ** 53 - 1 });
  await sql.unsafe(`
    create sequence attempts;
    create function refuse() returns trigger language plpgsql as $$ begin
      if nextval('attempts') > 1 then raise exception 'refused' using errcode = '${code}'; end if;
      return new;
    end $$;
    create trigger refuse before insert on "ThreadCleanupLog" for each row execute function refuse()`);
  onTestFinished(async () => {
    await sql`drop function refuse cascade`;
    await sql`drop sequence attempts`;
  });
  await expect(cleanUpAt(url)).rejects.toMatchObject({
    name: 'StatementFailed',
    message: expect.stringMatching(message),
  });
  expect(await sql`select last_value::int as attempts from attempts`).toEqual([{ attempts }]);
  expect(await compareWithBefore(sql)).toEqual({ untouched: 3_000, cleared: 2_000, torn: 0 });
  await sql`drop trigger refuse on "ThreadCleanupLog"`;
  expect(await cleanUpAt(url)).toMatchObject({ cleanedCount: 3_000, remainingCount: 0 });
});
