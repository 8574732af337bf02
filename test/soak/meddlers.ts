import { setTimeout as pause } from 'node:timers/promises';
import type { Sql } from 'postgres';

/** What somebody does to the database for a while, and what undoes it. */
export interface Change {
  readonly start: string;
  readonly end: string;
}

export interface Meddler extends Change {
  readonly name: `trigger: ${string}`;
}

/** A tenth of the contacts. */
const SOME = `old."phoneNumber" like '%3'`;
const PUT_BACK = `
  update "ClientView" set "threadId" = old."threadId", "threadTokenCount" = old."threadTokenCount"
   where "phoneNumber" = old."phoneNumber"; return null;`;

/**
 * Triggers of all kinds. They act in the job's statements alone, of which the ledger keeps nothing: whatever they change
 * there and is not rolled back is missing from the balance, or is there twice.
 */
export const MEDDLERS: readonly Meddler[] = [
  trigger('rows left without a word', 'before update on "ClientView"', SOME, 'return null;'),
  trigger('rows refused', 'before update on "ClientView"', SOME, `raise exception 'never';`),
  trigger('rows put back', 'before update on "ClientView"', SOME, 'return old;'),
  trigger(
    'keys changed',
    'before update on "ClientView"',
    SOME,
    `new."phoneNumber" := old."phoneNumber" || 'x'; return new;`,
  ),
  trigger('rows put back afterwards', 'after update on "ClientView"', SOME, PUT_BACK),
  trigger(
    'rows deleted afterwards',
    'after update on "ClientView"',
    SOME,
    'delete from "ClientView" where "phoneNumber" = old."phoneNumber"; return null;',
  ),
  trigger('rows put back at the end', 'after update on "ClientView" deferrable initially deferred', SOME, PUT_BACK),
  trigger('rows put back by a note', 'before insert on "ThreadCleanupLog"', 'true', putBackByNote('return new;')),
  trigger('notes taken elsewhere', 'before insert on "ThreadCleanupLog"', 'true', 'return null;'),
  trigger(
    'notes changed',
    'before insert or update on "ThreadCleanupLog"',
    'true',
    `new.details := jsonb_set(new.details, '{threads,0,tokens}', '1'); return new;`,
  ),
  trigger('second notes left out', 'before update on "ThreadCleanupLog"', 'true', 'return null;'),
  trigger(
    'notes deleted afterwards',
    'after insert or update on "ThreadCleanupLog"',
    'true',
    'delete from "ThreadCleanupLog" where id = new.id; return null;',
  ),
  trigger(
    'second notes taken back at the end',
    'after update on "ThreadCleanupLog" deferrable initially deferred',
    'true',
    'update "ThreadCleanupLog" set details = old.details where id = new.id; return null;',
  ),
];

function putBackByNote(end: string): string {
  return `
    update "ClientView" t set "threadId" = e."threadId", "threadTokenCount" = e.tokens
      from jsonb_to_recordset(new.details -> 'threads') e (phone text, "threadId" text, tokens int) where t."phoneNumber" = e.phone;
    ${end}`;
}

function trigger(name: string, when: string, condition: string, body: string): Meddler {
  const table = /"\w+"/.exec(when)?.[0];
  const isConstraint = when.endsWith('deferred');
  return {
    name: `trigger: ${name}`,
    start: `
      create function meddle() returns trigger language plpgsql security definer as $$ begin ${body} end $$;
      create ${isConstraint ? 'constraint' : ''} trigger meddler ${when} for each row
        when (${condition} and current_setting('application_name') = 'thread-cleanup' and pg_trigger_depth() = 0)
        execute function meddle()`,
    end: `drop trigger if exists meddler on ${table}; drop function if exists meddle`,
  };
}

/** Nobody has met any of them yet. */
export const meddlerCounts = (): Record<Meddler['name'], number> =>
  Object.fromEntries(MEDDLERS.map(({ name }) => [name, 0]));

/** So long a change stays: some dozen cleanups. */
const WHILE_MS = 1_000;

/** Makes a change and undoes it. */
export async function meddleForAWhile(sql: Sql, { start, end }: Change): Promise<void> {
  await sql.unsafe(start);
  await pause(WHILE_MS);
  await sql.unsafe(end);
}
