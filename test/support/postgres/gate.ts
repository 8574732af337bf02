import type { Sql } from 'postgres';
import { onTestFinished, vi } from 'vitest';
import { cleanUpOn } from '../job/run.ts';
import { PATIENCE } from '../patience.ts';
import type { TestDatabase } from './database.ts';
import { createRole } from './roles.ts';

/** Statements of the job that the server is working on now. */
export const activeStatements = (sql: Sql) => sql<{ pid: number; waits: string | null }[]>`
  select pid, wait_event as waits from pg_stat_activity
   where application_name = 'thread-cleanup' and datname = current_database() and state = 'active'`;

/** A lock that a test holds, and that halts statements of the job in their middle. */
export interface Gate {
  /** Waits until a statement has come to it, and returns its process; none of those that came before. */
  reached(): Promise<number>;
  open(): Promise<void>;
  /** The server crashed, and the lock and its connection with it. */
  crashed(): void;
}

/** Makes every clearing or restoring statement wait in its middle, at the contact `phone`, until the gate is opened. */
export async function closeGate(sql: Sql, phone: string): Promise<Gate> {
  await sql.unsafe(`
    create or replace function gate() returns trigger language plpgsql as $$ begin
      perform pg_advisory_xact_lock_shared(42);
      return new;
    end $$;
    drop trigger if exists gate on "ClientView";
    create trigger gate before update on "ClientView" for each row
      when (old."phoneNumber" = '${phone}' and current_setting('application_name') = 'thread-cleanup')
      execute function gate()`);
  const gatekeeper = await sql.reserve();
  await gatekeeper`select pg_advisory_lock(42)`;
  const came = new Set<number>();
  const arrival = async () =>
    (await activeStatements(sql)).find(({ pid, waits }) => waits === 'advisory' && !came.has(pid));
  let closed = true;
  const open = async () => {
    if (!closed) return;
    closed = false;
    await gatekeeper`select pg_advisory_unlock(42)`;
    gatekeeper.release();
  };
  onTestFinished(async () => {
    await open();
    await sql`drop function gate cascade`;
  });
  return {
    open,
    crashed: () => {
      closed = false;
    },
    reached: async () => {
      const { pid } = await vi.waitUntil(arrival, PATIENCE);
      came.add(pid);
      return pid;
    },
  };
}

/**
 * Starts a cleanup and halts its clearing statement in the middle: a row-level policy waits, at the contact `phone`. The
 * job runs as a role of its own, since policies do not bind the superuser.
 *
 * @returns what opens the gate, and waits for the cleanup's result
 */
export async function cleanUpHaltedAt(database: TestDatabase, phone: string) {
  const { sql } = database;
  const role = await createRole(database);
  await sql.unsafe(`
    create function gate(phone text) returns boolean volatile language plpgsql as $$ begin
      if phone = '${phone}' and current_query() ~ 'skip locked' then perform pg_advisory_xact_lock_shared(42); end if;
      return true;
    end $$;
    alter table "ClientView" enable row level security;
    create policy gate on "ClientView" using (gate("phoneNumber"));
    grant all on schema public to ${role.name};
    grant all on "ClientView" to ${role.name}`);
  const gatekeeper = await sql.reserve();
  await gatekeeper`select pg_advisory_lock(42)`;
  const run = cleanUpOn(await database.open({ url: role.url }));
  const isWaiting = () => sql`select from pg_locks where locktype = 'advisory' and not granted
    and database = (select oid from pg_database where datname = current_database())`;
  await vi.waitUntil(async () => (await isWaiting()).length > 0, PATIENCE);
  let open = true;
  const openGate = async () => {
    if (open) await gatekeeper`select pg_advisory_unlock(42)`;
    if (open) gatekeeper.release();
    open = false;
    return run;
  };
  onTestFinished(async () => {
    await openGate();
    await sql.unsafe(`
      drop policy gate on "ClientView";
      alter table "ClientView" disable row level security;
      drop function gate`);
  });
  return openGate;
}
