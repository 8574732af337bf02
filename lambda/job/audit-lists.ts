import type { Database } from '../database/database.ts';
import type { TableNames } from '../input/settings.ts';
import { JobError } from '../model/job-error.ts';
import type { RecentCleanup } from '../model/results.ts';
import {
  CHECK_AUDIT_NEEDS,
  openAuditTable,
  type RecordedBatch,
  selectRecentCleanups,
  selectRecordedBatches,
  selectRun,
} from '../tables/audit-table.ts';
import { CHECK_NEEDS, openClientView } from '../tables/client-view.ts';

/**
 * The last cleanups, newest first; none while there is no audit table.
 *
 * @param most how many
 * @throws JobError as a check does
 */
export async function listCleanups(database: Database, names: TableNames, most: number): Promise<RecentCleanup[]> {
  const audit = await openAudit(database, names);
  if (audit === undefined) return [];
  const [list] = await database.run((sql) => selectRecentCleanups(sql, audit, most));
  return list?.runs ?? [];
}

/**
 * The request id of the run that wrote the audit rows from `firstId` to `lastId`, as the list of cleanups shows them.
 *
 * @throws JobError NotRestorable when no run has these rows; else as a check does
 */
export async function findRun(
  database: Database,
  names: TableNames,
  { first, last }: { readonly first: number; readonly last: number },
): Promise<string> {
  const audit = await openAudit(database, names);
  const [run] = audit ? await database.run((sql) => selectRun(sql, audit, first, last)) : [];
  if (run !== undefined) return run.requestId;
  throw new JobError(
    'NotRestorable',
    `No run has the audit rows ${first} to ${last}. The command restore, with nothing after it, lists the last runs and ` +
      'their rows. Nothing was changed.',
  );
}

/**
 * Audit rows by their ids, each with so many of its threads, the largest first.
 *
 * @throws JobError as a check does
 */
export async function listAuditRows(
  database: Database,
  names: TableNames,
  ids: readonly number[],
  mostThreads: number,
): Promise<RecordedBatch[]> {
  const audit = await openAudit(database, names);
  return audit ? database.run((sql) => selectRecordedBatches(sql, audit, ids, mostThreads)) : [];
}

async function openAudit(database: Database, names: TableNames) {
  const view = await openClientView(database, names.clientViewName, CHECK_NEEDS);
  return openAuditTable(database, names.auditTableName, view.owner, CHECK_AUDIT_NEEDS);
}
