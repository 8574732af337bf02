import type { RefusedStatement } from '../database/refused-statement.ts';
import { CONFLICT } from '../database/retries.ts';
import { JobError, ONLY_RECORDED } from '../model/job-error.ts';
import type { AuditTable } from '../tables/audit-table.ts';
import type { ClientView } from '../tables/client-view.ts';
import type { OnRefusal } from './by-halves.ts';

/** Threads that the server refused to change, one by one. */
export interface RefusedThreads extends OnRefusal<unknown> {
  /** Notes one that the job itself leaves, and why. */
  leave(cause: string): void;
  /** Notes that others were changed, so that there is use in going on. */
  changed(): void;
  /** What keeps them as they are, for people. */
  warnings(): string[];
}

/**
 * Whether triggers act on what the job writes. One that acts on the row in hand is seen in the statement's own result; but
 * any may change other rows, or a third table whose own triggers change these, then or when the transaction ends.
 */
export const isMeddledWith = (view: ClientView, audit: AuditTable): boolean =>
  view.updateTriggers.length > 0 || audit.triggers.length > 0;

/** So many in a row, with nothing changed between them, and the rest is not going to fare better. */
const MAX_IN_A_ROW = 20;

/**
 * Begins with none.
 *
 * @param what is done to a thread, for messages
 */
export function refusedThreads(view: ClientView, audit: AuditTable, what: 'cleared' | 'restored'): RefusedThreads {
  const counts = new Map<string, number>();
  let inARow = 0;
  const leave = (cause: string) => void counts.set(cause, (counts.get(cause) ?? 0) + 1);
  return {
    leave,
    consider(error) {
      if (error.refusal.changed === 'audit') {
        const triggers = audit.triggers.length > 0 ? audit.triggers : view.updateTriggers;
        throw auditChanged(audit.quotedName, triggers, what);
      }
      if (isOfAuditTable(error, view, audit)) throw auditRefused(error, audit, what);
    },
    refused(_, error) {
      // It passes by itself.
      if (error.refusal.sqlState === CONFLICT) return;
      const cause = causeOf(error, view, audit);
      leave(cause);
      inARow += 1;
      if (inARow >= MAX_IN_A_ROW) throw giveUp(error, cause, what);
    },
    changed() {
      inARow = 0;
    },
    warnings: () =>
      [...counts].map(
        ([cause, threads]) =>
          `${threads} ${threads === 1 ? 'thread was' : 'threads were'} not ${what}, because ${cause}. Until that changes, ` +
          'the next run leaves them, too.',
      ),
  };
}

/** The server names the table of a constraint; of what a trigger raises it names none. */
function isOfAuditTable(
  { refusal: { table, changed } }: RefusedStatement,
  view: ClientView,
  audit: AuditTable,
): boolean {
  if (changed !== undefined) return false;
  if (table !== undefined) return audit.quotedName.endsWith(`.${table}`) || audit.quotedName.endsWith(`."${table}"`);
  return view.updateTriggers.length === 0 && audit.triggers.length > 0;
}

function causeOf({ refusal }: RefusedStatement, view: ClientView, audit: AuditTable): string {
  const suspects = [
    { table: view.quotedName, names: view.updateTriggers },
    { table: audit.quotedName, names: audit.triggers },
  ].filter(({ names }) => names.length > 0);
  const named = suspects.map(({ table, names }) => `${table} (${quoted(names)})`);
  const triggers = named.length > 0 ? `a trigger of ${named.join(' or ')}` : `a new trigger of ${view.quotedName}`;
  if (refusal.changed !== undefined) return `${triggers} changes what is written to the row`;
  if (refusal.constraint !== undefined) return `the constraint ${quoted([refusal.constraint])} refuses it`;
  if (refusal.policy) return `a policy of row-level security of ${view.quotedName} refuses it`;
  if (suspects.length > 0) return `${triggers} refuses it (SQLSTATE ${refusal.sqlState})`;
  return `the server refuses it (SQLSTATE ${refusal.sqlState})`;
}

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ');

function giveUp(error: RefusedStatement, cause: string, what: string): JobError {
  return new JobError(
    error.code,
    `${MAX_IN_A_ROW} threads in a row could not be ${what}, because ${cause}. Correct that and run again. ` +
      ONLY_RECORDED,
  );
}

/** The error for an audit table whose triggers, or a new one, change what is written; `what` is then not done. */
export function auditChanged(quotedName: string, triggers: readonly string[], what: string): JobError {
  const named = triggers.length > 0 ? `triggers: ${quoted(triggers)}` : 'a new trigger';
  return new JobError(
    'TableUnusable',
    `The audit table ${quotedName} does not keep what is written to it (${named}), so nothing is ${what}. ` +
      `Drop the trigger or have it leave these rows alone. ${ONLY_RECORDED}`,
  );
}

function auditRefused(error: RefusedStatement, { quotedName, triggers }: AuditTable, what: string): JobError {
  const { sqlState, table } = error.refusal;
  if (table !== undefined) return error;
  return new JobError(
    error.code,
    `A trigger of the audit table ${quotedName} (${quoted(triggers)}) refuses what is written to it (SQLSTATE ${sqlState}), so ` +
      `nothing is ${what}. Drop the trigger or have it leave these rows alone. ${ONLY_RECORDED}`,
  );
}
