import type { Database } from '../database/database.ts';
import { RefusedStatement } from '../database/refused-statement.ts';
import { CONFLICT } from '../database/retries.ts';
import type { TableNames } from '../input/settings.ts';
import { asJobError, JobError } from '../model/job-error.ts';
import type { EraseResult } from '../model/results.ts';
import {
  ERASE_AUDIT_NEEDS,
  type ErasedRow,
  eraseFromRow,
  type NamingRow,
  proveErased,
  selectErased,
  selectNamingRows,
} from '../tables/audit-person.ts';
import { type AuditTable, openAuditTable } from '../tables/audit-table.ts';
import { findTable } from '../tables/table-lookup.ts';
import { outOfTime } from './clear-all.ts';
import { auditChanged } from './refused-threads.ts';

/** A receipt may list so many (the design's contract). What is more is left to another erasure: nothing else knows it. */
const MAX_LISTED = 100;
/** In a transaction that is isolated from others, a restore may come in between; hardly so often. */
const MAX_ATTEMPTS = 5;

/**
 * Takes one person out of every audit row, one row after the other: phone, name and thread id, here and in the notes of
 * restores. Counts and tokens stay. The contacts' table is not touched.
 *
 * Where something fails after the first row, the receipt is returned as incomplete, with the reason: it is the only list of
 * the thread ids that were erased. A row that may have been erased before the connection broke for good is in it.
 *
 * @param phone the contact's key as text
 * @param remainingTimeMs milliseconds until the caller stops us; @default without end
 * @throws JobError TableUnusable, PrivilegeMissing, StatementTimeout or StatementFailed; nothing was changed then
 */
export async function erase(
  database: Database,
  names: TableNames,
  phone: string,
  remainingTimeMs?: () => number,
): Promise<EraseResult> {
  const startedAt = new Date().toISOString();
  const audit = await openForErasure(database, names);
  const [, rows = []] = audit ? await database.run((sql) => selectNamingRows(sql, audit, phone), 'whole table') : [];
  const threadIds = new Set<string>();
  const exports = new Set<string>();
  let erasedRows = 0;
  const receipt = (complete: boolean, warnings?: readonly string[]): EraseResult => ({
    ...{ mode: 'erase', startedAt, erasedRows, exports: [...exports], threadIds: [...threadIds], complete },
    ...(warnings && { warnings }),
  });
  const note = ({ threadIds: ids, exportedTo }: NamingRow) => {
    for (const id of ids) threadIds.add(id);
    if (exportedTo !== null) exports.add(exportedTo);
  };
  for (const row of rows) {
    const isFull = threadIds.size >= MAX_LISTED || exports.size >= MAX_LISTED;
    if (isFull || (remainingTimeMs && outOfTime({ remainingTimeMs }))) return receipt(false);
    try {
      if (audit && (await eraseRow(database, audit, row.id, phone))) {
        erasedRows += 1;
        note(row);
      }
    } catch (error) {
      if (!wasUndone(error)) note(row);
      if (erasedRows + threadIds.size + exports.size === 0) throw error;
      return receipt(false, [asJobError(error).message]);
    }
  }
  return receipt(true);
}

/** The contacts' table may be gone by now; it says only whose audit table may be trusted. */
async function openForErasure(database: Database, names: TableNames): Promise<AuditTable | undefined> {
  const contacts = await findTable(database, names.clientViewName);
  const audit = await openAuditTable(database, names.auditTableName, contacts?.owner ?? '', ERASE_AUDIT_NEEDS);
  if (audit?.guardedRole === undefined) return audit;
  throw new JobError(
    'PrivilegeMissing',
    `Policies of row-level security decide which rows of ${audit.quotedName} this role sees, so it cannot be sure of having ` +
      'erased a person from all of them. Erase as the owner of the table, or as a role with BYPASSRLS. Nothing was changed.',
  );
}

/** A server that refused a statement has undone it; of what a broken connection or a session that was ended did, none knows. */
function wasUndone(error: unknown): boolean {
  if (error instanceof RefusedStatement) return !/^(08|57)/.test(error.refusal.sqlState);
  return error instanceof JobError && error.code === 'TableUnusable';
}

/** @returns whether the row named the person until now */
async function eraseRow(
  database: Database,
  audit: AuditTable,
  id: number,
  phone: string,
  attempt = 1,
): Promise<boolean> {
  const isProven = audit.triggers.length > 0;
  const statement = eraseFromRow(audit, id, phone, isProven);
  const proof = isProven ? proveErased(audit) : undefined;
  try {
    const done = await database.change<ErasedRow>({ statement, proof }, (sql) => selectErased(sql, audit, id, phone));
    return done.length > 0;
  } catch (error) {
    if (!(error instanceof RefusedStatement)) throw error;
    if (error.refusal.changed === 'audit') throw auditChanged(audit.quotedName, audit.triggers, 'erased');
    if (error.refusal.sqlState !== CONFLICT || attempt >= MAX_ATTEMPTS) throw error;
    return eraseRow(database, audit, id, phone, attempt + 1);
  }
}
