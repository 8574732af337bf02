import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import { randomFrom } from '../../../bin/local/sample/random.ts';
import { compareWithBefore, insertDueThreads } from '../../support/job/both-or-neither.ts';
import { type CleanupChild, startCleanupChild } from '../../support/job/child.ts';
import { cleanUpAt, restoreAt } from '../../support/job/run.ts';
import { PATIENCE } from '../../support/patience.ts';
import { createDatabase, insertContacts } from '../../support/postgres/database.ts';
import { activeStatements, closeGate } from '../../support/postgres/gate.ts';

const database = await createDatabase();
const { sql, url } = database;

const CONTACTS = 20_000;

/**
 * Locks every contact as the assistant's writes do, and waits for a lock no longer than a batch takes. It writes nothing:
 * rows that move are no longer where the cleanup found them, and it would have nothing left to hold.
 */
const lockAll = () =>
  sql.begin(async (assistant) => {
    await assistant`set local lock_timeout = '1s'`;
    await assistant`select from "ClientView" for no key update`;
  });

function start(): CleanupChild {
  const child = startCleanupChild(url, 1_000_000);
  onTestFinished(() => void child.process.kill('SIGKILL'));
  return child;
}

test('a process that is frozen at random moments, as Lambda freezes one, keeps nobody waiting, and ends its work later', async () => {
  await insertDueThreads(sql, CONTACTS);
  // Each batch takes so long at least that there are moments enough, however slow it is to freeze the process.
  await sql.unsafe(`
    create function linger() returns trigger language plpgsql as $$ begin perform pg_sleep(0.1); return null; end $$;
    create trigger linger before update on "ClientView" for each statement
      when (current_setting('application_name') = 'thread-cleanup') execute function linger()`);
  onTestFinished(async () => {
    await sql`drop function linger cascade`;
  });
  const child = start();
  await child.begun;
  const chance = randomFrom(5);
  let frozen = 0;
  while (child.process.exitCode === null && frozen < 4) {
    await pause(chance.between(0, 60));
    child.process.kill('SIGSTOP');
    frozen += 1;
    await lockAll();
    child.process.kill('SIGCONT');
  }
  const result = await child.ended;
  expect(frozen).toBeGreaterThan(1);
  // What was locked when its batch came is left to the next run, and counted.
  expect(result?.complete).toBe(true);
  expect((result?.cleanedCount ?? 0) + (result?.remainingCount ?? 0)).toBe(CONTACTS);
  expect(await cleanUpAt(url)).toMatchObject({ cleanedCount: result?.remainingCount, remainingCount: 0 });
});

test('a process that is frozen in the middle of a statement keeps nobody waiting once the server has ended it', async () => {
  await insertDueThreads(sql, 3);
  await sql`drop table if exists "ThreadCleanupLog"`;
  const gate = await closeGate(sql, '1');
  const child = start();
  await gate.reached();
  child.process.kill('SIGSTOP');
  await gate.open();
  await vi.waitFor(async () => expect(await activeStatements(sql)).toEqual([]), PATIENCE);
  expect(await compareWithBefore(sql)).toEqual({ untouched: 0, cleared: 3, torn: 0 });
  await lockAll();
  child.process.kill('SIGCONT');
  expect(await child.ended).toMatchObject({ cleanedCount: 3, remainingCount: 0 });
});

test('rows that others have locked for the whole run delay neither a cleanup nor a restore, and are reported', async () => {
  await sql`truncate "ClientView"`;
  await insertContacts(
    database,
    Array.from({ length: 10 }, (_, index) => ({ phone: String(index), tokens: 1_000_000 })),
  );
  const [auditId = 0] = (await cleanUpAt(url)).auditIds;
  await sql.begin(async (holder) => {
    await holder`select from "ClientView" where "phoneNumber" in ('1', '2', '3') for no key update`;
    expect(await restoreAt(url, { auditId })).toMatchObject({ restoredCount: 7, skippedCount: 3 });
    await holder`select from "ClientView" where "phoneNumber" in ('4', '5') for no key update`;
    expect(await cleanUpAt(url)).toMatchObject({ cleanedCount: 5, remainingCount: 2, complete: true });
  });
  expect(await restoreAt(url, { auditId })).toMatchObject({ restoredCount: 3, alreadyRestoredCount: 7 });
});
