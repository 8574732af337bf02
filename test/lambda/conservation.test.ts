import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type AssistantOptions, insertContactsAroundLimit, startAssistant } from '../support/assistant.ts';
import { createDatabase, type TestDatabase } from '../support/database.ts';
import { startJobs } from '../support/hammer.ts';
import { balanceOf, misreportedRuns, openLedger } from '../support/ledger.ts';
import { randomFrom } from '../support/random.ts';
import { createRole } from '../support/roles.ts';

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

/** Lets the assistant, three cleanups and a restore at one table for a while, and returns what came of it. */
async function hammer({ database, jobUrl }: Arrangement, ms: number, options: Omit<AssistantOptions, 'contacts'>) {
  const { sql, url } = database;
  const random = options.random.fork();
  const assistant = startAssistant(url, { ...options, contacts: CONTACTS });
  const jobs = startJobs({ cleanups: 3, jobUrl: () => jobUrl, sql: () => sql, random });
  const { runs, restores, failures } = jobs;
  const sum = (figure: 'cleanedCount' | 'remainingCount') => runs.reduce((total, run) => total + run[figure], 0);
  await pause(ms);
  // On a busy machine it takes longer until everything has happened that has to.
  for (let more = 0; more < 200 && (sum('remainingCount') === 0 || restores.skipped === 0); more += 1) await pause(100);
  await Promise.all([assistant.stop(), jobs.stop()]);
  return {
    balance: await balanceOf(sql),
    misreported: await misreportedRuns(sql, runs),
    failures: Object.fromEntries(failures),
    written: assistant.counts,
    done: { ...restores, cleaned: sum('cleanedCount'), remaining: sum('remainingCount') },
  };
}

const BALANCED = { lostTokens: 0, lostThreads: 0, wrongRows: 0 };

test('no token and no thread is lost or counted twice while the assistant, three cleanups and a restore write at once', async () => {
  const outcome = await hammer(inReadCommitted, 4_000, { connections: 8, breathMs: 3, random: randomFrom(1) });
  expect(outcome.balance).toMatchObject(BALANCED);
  expect(outcome.misreported).toEqual([]);
  expect(outcome.failures).toEqual({});
  // That all of it happened, and nothing above is true for want of anything to look at.
  expect(outcome.balance.contacts).toBeGreaterThan(CONTACTS / 2);
  const { failed: _, ...happened } = { ...outcome.written, ...outcome.done };
  for (const [what, count] of Object.entries(happened)) expect(count, what).toBeGreaterThan(0);
});

test('the same holds where the role works in repeatable read: what conflicts fails there, and is run again', async () => {
  const outcome = await hammer(inRepeatableRead, 2_000, { connections: 3, breathMs: 30, random: randomFrom(2) });
  expect(outcome.balance).toMatchObject(BALANCED);
  expect(outcome.misreported).toEqual([]);
  expect(outcome.done.cleaned).toBeGreaterThan(0);
  expect(outcome.done.restored).toBeGreaterThan(0);
});
