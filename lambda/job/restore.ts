import type { Database } from '../database/database.ts';
import type { TableNames } from '../input/settings.ts';
import { JobError } from '../model/job-error.ts';
import { quoteSafely } from '../model/quote-safely.ts';
import type { RestoreResult, RestoreTarget } from '../model/results.ts';
import {
  openAuditTable,
  RESTORE_AUDIT_NEEDS,
  type RestorableRow,
  restoreAuditRow,
  selectRestorable,
  selectRestoredRow,
} from '../tables/audit-table.ts';
import { openClientView, RESTORE_NEEDS, restoreThreads } from '../tables/client-view.ts';

/**
 * Restores cleared threads where the contact has no thread now: the pointer and the token count, not a conversation
 * that the AI provider has deleted since.
 *
 * @param requestId of this call; written into the audit row beside those who were restored
 * @throws JobError NotRestorable when there is no such row or run, or when it has no thread ids
 */
export async function restore(
  database: Database,
  names: TableNames,
  target: RestoreTarget,
  requestId: string,
): Promise<RestoreResult> {
  const view = await openClientView(database, names.clientViewName, RESTORE_NEEDS);
  const audit = await openAuditTable(database, names.auditTableName, RESTORE_AUDIT_NEEDS);
  const rows = audit ? await database.run((sql) => selectRestorable(sql, audit, target)) : [];
  if (audit === undefined || rows.length === 0) throw unknown(target);
  const restorable = rows.filter(({ hasThreadIds }) => hasThreadIds);
  if (restorable.length === 0) throw withoutThreadIds(rows);

  const counts = { restoredCount: 0, skippedCount: 0, alreadyRestoredCount: 0 };
  for (const { id, notes } of restorable) {
    const [row] = await database.run(
      (sql) => restoreAuditRow(sql, audit, id, requestId, restoreThreads(sql, view)),
      (sql) => selectRestoredRow(sql, audit, id, requestId, notes),
    );
    if (row === undefined) continue;
    counts.restoredCount += row.restored;
    counts.alreadyRestoredCount += row.restoredBefore;
    counts.skippedCount += row.threads - row.restored - row.restoredBefore;
  }
  const named = 'auditId' in target ? { auditId: target.auditId } : { requestId: target.requestId };
  return { mode: 'restore', ...named, ...counts };
}

function unknown(target: RestoreTarget): JobError {
  return new JobError(
    'NotRestorable',
    `There is no audit row ${namedBy(target)}. A check lists the last cleanups with id and request id ` +
      '(terminal: npm run restore). Nothing was changed.',
  );
}

/** An id as long as a phone number may be one, and is not shown. */
function namedBy(target: RestoreTarget): string {
  if (!('auditId' in target)) return 'with that request id';
  const shown = quoteSafely(target.auditId);
  return shown === String(target.auditId) ? shown : `with that id (${shown})`;
}

function withoutThreadIds(rows: readonly RestorableRow[]): JobError {
  return new JobError(
    'NotRestorable',
    `Audit row ${rows.map(({ id }) => id).join(', ')} comes from the old script, which recorded no thread ids: there is ` +
      'nothing to restore. Nothing was changed.',
  );
}
