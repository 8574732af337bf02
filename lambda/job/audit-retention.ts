import type { Database } from '../database/database.ts';
import { type AuditTable, CLEANUP_AUDIT_NEEDS, deleteExpiredRows, EXPIRY_AUDIT_NEEDS } from '../tables/audit-table.ts';
import type { Needs } from '../tables/requirements.ts';

/** What a cleanup needs of the audit table, where rows are kept for so many days, or for ever. */
export const auditNeeds = (auditRetentionDays: number | undefined): Needs =>
  auditRetentionDays === undefined ? CLEANUP_AUDIT_NEEDS : { ...CLEANUP_AUDIT_NEEDS, ...EXPIRY_AUDIT_NEEDS };

/**
 * Deletes audit rows that are older than `days`, in batches.
 *
 * @param mustStop whether there is no time left: what is not deleted then waits for the next run
 */
export async function expireRows(
  database: Database,
  audit: AuditTable,
  days: number,
  mustStop: () => boolean,
): Promise<void> {
  for (let deleted = 1; deleted > 0 && !mustStop(); ) {
    deleted = (await database.run((sql) => deleteExpiredRows(sql, audit, days))).length;
  }
}
