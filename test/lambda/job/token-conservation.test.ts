import { setTimeout as pause } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { randomFrom } from '../../../bin/local/sample/random.ts';
import { type AssistantOptions, insertContactsAroundLimit, startAssistant } from '../../support/job/assistant.ts';
import { startJobs } from '../../support/job/jobs.ts';
import { balanceOf, misreportedRuns, openLedger } from '../../support/job/ledger.ts';
import { PATIENCE } from '../../support/patience.ts';
import { createDatabase, type TestDatabase } from '../../support/postgres/database.ts';
import { createRole } from '../../support/postgres/roles.ts';

const CONTACTS = 300;

/** A database with a ledger, and a role for the job whose statements run at `isolation`. */
async function arrange(isolation: string) {
  const database = await createDatabase();
  const role = await createRole(database);
  await openLedger(database.sql);
  await insertContactsAroundLimit(database.sql, CONTACTS);
  await database.sql.unsafe(`
    grant create, usage on schema public to ${role.name};
    grant all on "ClientView" to ${role.name};
    alter role ${role.name} set default_transaction_isolation = '${isolation}'`);
  return { database, jobUrl: role.url };
}

const inReadCommitted = await arrange('read committed');
const inRepeatableRead = await arrange('repeatable read');

interface Arrangement {
  readonly database: TestDatabase;
  readonly jobUrl: string;
}

/**
 * Lets the assistant, three cleanups and a restore at one table for a while, and until everything has happened that can:
 * otherwise what is true at the end would be true because there was nothing to look at.
 */
async function writeAtOnce({ database, jobUrl }: Arrangement, ms: number, options: Omit<AssistantOptions, 'contacts'>) {
  const { sql, url } = database;
  const random = options.random.fork();
  // A contact over the limit that is held locked until a run has said that it was left.
  await sql`insert into "ClientView" ("phoneNumber", "lastActivity", "threadTokenCount") values ('held', now(), 2000)`;
  const holder = await sql.reserve();
  await holder`begin`;
  await holder`select from "ClientView" where "phoneNumber" = 'held' for update`;
  const assistant = startAssistant(url, { ...options, contacts: CONTACTS });
  const jobs = startJobs({ cleanups: 3, jobUrl: () => jobUrl, sql: () => sql, random });
  const { runs, restores, failures } = jobs;
  const sum = (figure: 'cleanedCount' | 'remainingCount') => runs.reduce((total, run) => total + run[figure], 0);
  const happened = () => {
    const { failed: _, ...written } = assistant.counts;
    return { ...written, ...restores, cleaned: sum('cleanedCount'), remaining: sum('remainingCount') };
  };
  await pause(ms);
  await vi.waitUntil(() => Object.values(happened()).every((count) => count > 0), PATIENCE);
  await holder`rollback`;
  holder.release();
  await Promise.all([assistant.stop(), jobs.stop()]);
  return {
    balance: await balanceOf(sql),
    misreported: await misreportedRuns(sql, runs),
    failures: Object.fromEntries(failures),
  };
}

const BALANCED = { lostTokens: 0, lostThreads: 0, wrongRows: 0 };

test('no token and no thread is lost or counted twice while the assistant, three cleanups and a restore write at once', async () => {
  const outcome = await writeAtOnce(inReadCommitted, 4_000, { connections: 8, breathMs: 3, random: randomFrom(1) });
  expect(outcome.balance).toMatchObject(BALANCED);
  expect(outcome.misreported).toEqual([]);
  expect(outcome.failures).toEqual({});
});

test('the same is true where the role works in repeatable read, in which statements fail that conflict with others', async () => {
  const outcome = await writeAtOnce(inRepeatableRead, 2_000, { connections: 3, breathMs: 30, random: randomFrom(2) });
  expect(outcome.balance).toMatchObject(BALANCED);
  expect(outcome.misreported).toEqual([]);
});
