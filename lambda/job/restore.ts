import type { Database } from '../database/database.ts';
import type { TableNames } from '../input/settings.ts';
import { JobError } from '../model/job-error.ts';
import { quoteSafely } from '../model/quote-safely.ts';
import type { RestoreResult, RestoreTarget } from '../model/results.ts';
import { selectLatestThread } from '../tables/audit-person.ts';
import {
  type AuditTable,
  openAuditTable,
  proveRestored,
  RESTORE_AUDIT_NEEDS,
  type RestorableRow,
  type RestoredRow,
  restoreAuditRow,
  selectRestorable,
  selectRestored,
} from '../tables/audit-table.ts';
import {
  type ClientView,
  countRestored,
  openClientView,
  RESTORE_NEEDS,
  restoreThreads,
} from '../tables/client-view.ts';
import { auditRowClosed, policyWarnings } from '../tables/row-security.ts';
import { byHalves, type OnRefusal } from './by-halves.ts';
import { isMeddledWith, type RefusedThreads, refusedThreads } from './refused-threads.ts';

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
  const startedAt = new Date().toISOString();
  const view = await openClientView(database, names.clientViewName, RESTORE_NEEDS);
  const audit = await openAuditTable(database, names.auditTableName, view.owner, RESTORE_AUDIT_NEEDS);
  const rows = audit ? await findRestorable(database, audit, target) : [];
  if (audit === undefined || rows.length === 0) throw unknown(target);
  const restorable = rows.filter(({ hasThreadIds }) => hasThreadIds);
  if (restorable.length === 0) throw withoutThreadIds(rows);

  const counts = { restoredCount: 0, skippedCount: 0, alreadyRestoredCount: 0 };
  let assistantsCount = 0;
  const refused = refusedThreads(view, audit, 'restored');
  for (const row of restorable) {
    for await (const done of restoreRow(database, view, audit, row, requestId, refused)) {
      counts.restoredCount += done.restored;
      assistantsCount += done.assistants;
      counts.alreadyRestoredCount += done.restoredBefore;
      counts.skippedCount += done.threads - done.restored - done.restoredBefore;
    }
  }
  const named = 'requestId' in target ? { requestId: target.requestId } : { auditId: restorable[0]?.id ?? 0 };
  const warnings = [...policyWarnings(view, audit), ...refused.warnings()];
  return {
    ...{ mode: 'restore', startedAt, ...named, ...counts },
    ...(assistantsCount > 0 && { assistantsCount }),
    ...(warnings.length > 0 && { warnings }),
  };
}

async function findRestorable(database: Database, audit: AuditTable, target: RestoreTarget): Promise<RestorableRow[]> {
  if (!('phone' in target)) return database.run((sql) => selectRestorable(sql, audit, target));
  const [, rows = []] = await database.run((sql) => selectLatestThread(sql, audit, target.phone), 'whole table');
  return rows;
}

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);

/** Restores one audit row; where the server refuses single threads, the others are restored without them. */
async function* restoreRow(
  database: Database,
  view: ClientView,
  audit: AuditTable,
  { id, notes, from: first, to: end }: RestorableRow,
  requestId: string,
  refused: RefusedThreads,
): AsyncGenerator<RestoredRow> {
  const isProven = isMeddledWith(view, audit);
  let ownNotes = 0;
  const skipped: RestoredRow[] = [];
  const restorePart = async (positions: readonly number[]): Promise<RestoredRow | undefined> => {
    const from = positions[0] ?? 0;
    const part = { id, requestId, range: [from, from + positions.length] as const };
    const [row] = await database.change<RestoredRow>(
      {
        statement: restoreAuditRow(audit, part, restoreThreads(view), isProven),
        proof: isProven ? proveRestored(audit, (entries) => countRestored(view, entries)) : undefined,
      },
      (sql) => selectRestored(sql, audit, part, notes, ownNotes),
    );
    if (row?.found === false) throw auditRowClosed(audit, id);
    return row;
  };
  const onRefusal: OnRefusal<number> = {
    consider: refused.consider,
    refused: (position, error) => {
      refused.refused(position, error);
      skipped.push({ found: true, threads: 1, restored: 0, assistants: 0, restoredBefore: 0 });
    },
  };
  for await (const row of byHalves(range(first, end), restorePart, onRefusal)) {
    if (row === undefined) continue;
    if (row.restored > 0) {
      ownNotes += 1;
      refused.changed();
    }
    yield row;
  }
  yield* skipped;
}

function unknown(target: RestoreTarget): JobError {
  if ('phone' in target) {
    return new JobError(
      'NotRestorable',
      `No audit row names that contact. Give the phone number exactly as the contacts' table has it. Nothing was changed.`,
    );
  }
  return new JobError(
    'NotRestorable',
    `There is no audit row ${namedBy(target)}. A check lists the last cleanups with id and request id ` +
      '(in a terminal, the command restore does). Nothing was changed.',
  );
}

/** An id as long as a phone number may be one, and is not shown. */
function namedBy(target: Exclude<RestoreTarget, { readonly phone: string }>): string {
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
