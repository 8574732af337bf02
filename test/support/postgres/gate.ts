import type { Sql } from 'postgres';
import { onTestFinished, vi } from 'vitest';
import { PATIENCE } from '../patience.ts';

/** Statements of the job that the server is working on now; a pooler may add to the name of the session. */
export const activeStatements = (sql: Sql) => sql<{ pid: number; waits: string | null }[]>`
  select pid, wait_event as waits from pg_stat_activity
   where application_name like 'thread-cleanup%' and datname = current_database() and state = 'active'`;

/** A lock that a test holds, and that halts statements of the job in their middle. */
export interface Gate {
  /** Waits until a statement has come to it, and returns its process; none of those that came before. */
  reached(): Promise<number>;
  open(): Promise<void>;
  /** The server crashed, and the lock and its connection with it. */
  crashed(): void;
}

/**
 * Makes every clearing or restoring statement wait in its middle, with its rows locked, at the contact `phone`: a trigger
 * waits.
 */
export const closeGate = (sql: Sql, phone: string): Promise<Gate> =>
  closeOver(
    sql,
    `create function gate() returns trigger language plpgsql as $$ begin
       perform pg_advisory_xact_lock_shared(42);
       return new;
     end $$;
     create trigger gate before update on "ClientView" for each row
       when (old."phoneNumber" = '${phone}' and current_setting('application_name') like 'thread-cleanup%')
       execute function gate()`,
    'drop function gate cascade',
  );

/**
 * Makes every clearing statement wait between its snapshot and the lock of the contact `phone`: a row-level policy waits.
 * For other roles than the superuser, whom policies do not bind.
 */
export const closeGateBeforeLock = (sql: Sql, phone: string): Promise<Gate> =>
  closeOver(
    sql,
    `create function gate(phone text) returns boolean volatile language plpgsql as $$ begin
       if phone = '${phone}' and current_query() ~ 'skip locked' then perform pg_advisory_xact_lock_shared(42); end if;
       return true;
     end $$;
     alter table "ClientView" enable row level security;
     create policy gate on "ClientView" using (gate("phoneNumber"))`,
    `alter table "ClientView" disable row level security;
     drop function gate cascade`,
  );

/** @param waiting what makes statements wait for the lock, until the test ends, and `nothing` what takes it away */
async function closeOver(sql: Sql, waiting: string, nothing: string): Promise<Gate> {
  await sql.unsafe(waiting);
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
    await sql.unsafe(nothing);
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
