import { setTimeout as pause } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import { randomFrom } from '../../../bin/local/sample/random.ts';
import { type AssistantOptions, insertContactsAroundLimit, startAssistant } from '../../support/job/assistant.ts';
import { startJobs } from '../../support/job/jobs.ts';
import { balanceOf, misreportedRuns, noteErased, openLedger } from '../../support/job/ledger.ts';
import { letTimePass } from '../../support/job/passing-time.ts';
import { connected, eraseOn } from '../../support/job/run.ts';
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
const inQuiet = await arrange('read committed');

interface Arrangement {
  readonly database: TestDatabase;
  readonly jobUrl: string;
}

/**
 * Lets the assistant, three cleanups, a restore and an erasure at one table for a while, and until everything has happened
 * that can: otherwise what is true at the end would be true because there was nothing to look at.
 */
async function writeAtOnce(
  { database, jobUrl }: Arrangement,
  ms: number,
  { quietMinutes = 0, ...options }: Omit<AssistantOptions, 'contacts'> & { quietMinutes?: number },
) {
  const { sql, url } = database;
  const random = options.random.fork();
  // A contact over the limit that is held locked until a run has said that it was left.
  await sql`insert into "ClientView" ("phoneNumber", "lastActivity", "threadTokenCount") values ('held', '2020-01-01', 2000)`;
  const holder = await sql.reserve();
  await holder`begin`;
  await holder`select from "ClientView" where "phoneNumber" = 'held' for update`;
  const assistant = startAssistant(url, { ...options, contacts: CONTACTS });
  const jobs = startJobs({ cleanups: 3, quietMinutes, jobUrl: () => jobUrl, sql: () => sql, random });
  const { runs, restores, erasures, failures } = jobs;
  const sum = (figure: 'cleanedCount' | 'remainingCount' | 'activeCount') =>
    runs.reduce((total, run) => total + run[figure], 0);
  const happened = () => {
    const { failed: _, ...written } = assistant.counts;
    const active = quietMinutes > 0 && { active: sum('activeCount') };
    const erased = { erasures: erasures.count, erasedRows: erasures.rows };
    return {
      ...written,
      ...restores,
      ...erased,
      cleaned: sum('cleanedCount'),
      remaining: sum('remainingCount'),
      ...active,
    };
  };
  await pause(ms);
  await vi.waitUntil(() => Object.values(happened()).every((count) => count > 0), PATIENCE);
  await holder`rollback`;
  holder.release();
  await Promise.all([assistant.stop(), jobs.stop()]);
  return {
    named: await eraseEverybodyNoted(sql, jobUrl),
    balance: await balanceOf(sql),
    misreported: await misreportedRuns(sql, runs),
    failures: Object.fromEntries(failures),
  };
}

/** Erases once more, with nobody at work, whoever was to be erased, and finds what of them is left in the audit. */
async function eraseEverybodyNoted(sql: TestDatabase['sql'], jobUrl: string) {
  const noted = await sql<{ phone: string }[]>`select distinct phone from "Erased"`;
  await connected(jobUrl, {}, async (job) => {
    for (const { phone } of noted) await noteErased(sql, phone, (await eraseOn(job, phone)).threadIds);
  });
  const [audit] = await sql<{ text: string }[]>`select string_agg(details::text, '') as text from "ThreadCleanupLog"`;
  const erased = await sql<{ text: string }[]>`
    select distinct to_json(t)::text as text from "Erased" e, unnest(array[e.phone, e."threadId"]) t where t is not null`;
  return erased.filter(({ text }) => audit?.text.includes(text));
}

const BALANCED = { lostTokens: 0, lostThreads: 0, wrongRows: 0 };

test('no token and no thread is lost or counted twice while the assistant, three cleanups, a restore and an erasure write at once', async () => {
  const outcome = await writeAtOnce(inReadCommitted, 4_000, { connections: 8, breathMs: 3, random: randomFrom(1) });
  expect(outcome.balance).toMatchObject(BALANCED);
  expect(outcome.misreported).toEqual([]);
  expect(outcome.named).toEqual([]);
  expect(outcome.failures).toEqual({});
});

test('the same is true where the role works in repeatable read, in which statements fail that conflict with others', async () => {
  const outcome = await writeAtOnce(inRepeatableRead, 2_000, { connections: 3, breathMs: 30, random: randomFrom(2) });
  expect(outcome.balance).toMatchObject(BALANCED);
  expect(outcome.misreported).toEqual([]);
  expect(outcome.named).toEqual([]);
});

test('the same is true while conversations go on and fall quiet, and no thread is cleared in the middle of one', async () => {
  const { sql } = inQuiet.database;
  await sql.unsafe(`
    create table "CutOff" (phone text, "lastActivity" timestamp);
    create function cut_off() returns trigger language plpgsql security definer as $$ begin
      insert into "CutOff" values (old."phoneNumber", old."lastActivity");
      return null;
    end $$;
    create trigger cut_off after update on "ClientView" for each row
      when (current_setting('application_name') = 'thread-cleanup' and new."threadId" is null
            and old."lastActivity" > now() at time zone 'UTC' - interval '9 minutes')
      execute function cut_off()`);
  let isOver = false;
  const passing = letTimePass(
    () => sql,
    () => isOver,
  );
  const options = { connections: 4, breathMs: 3, random: randomFrom(3), quietMinutes: 10 };
  const outcome = await writeAtOnce(inQuiet, 3_000, options).finally(async () => {
    isOver = true;
    await passing;
  });
  expect(outcome.balance).toMatchObject(BALANCED);
  expect(outcome.misreported).toEqual([]);
  expect(outcome.named).toEqual([]);
  expect(outcome.failures).toEqual({});
  expect(await sql`select * from "CutOff"`).toEqual([]);
});
