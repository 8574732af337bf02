import type { Database } from '../database/database.ts';
import { JobError } from '../model/job-error.ts';
import type { AuditTable } from './audit-table.ts';
import { type ClientView, selectStorage } from './client-view.ts';

type Table = Pick<ClientView | AuditTable, 'quotedName' | 'guardedRole'>;

/** Opens a table to a role as far as its grants go. */
const policyFor = ({ quotedName, guardedRole }: Table) =>
  `CREATE POLICY thread_cleanup ON ${quotedName} TO ${guardedRole} USING (true) WITH CHECK (true);`;

/** Says that policies of row-level security apply, and how to open the tables: a row that they hide is not there for the job. */
export function policyWarnings(view: ClientView, audit: AuditTable | undefined): string[] {
  const warnings: [Table | undefined, string][] = [
    [view, 'threads that they hide are neither counted nor cleared'],
    [audit, 'cleanups that they hide are not listed and cannot be restored, and one that they refuse clears nothing'],
  ];
  return warnings.flatMap(([table, hidden]) =>
    table?.guardedRole === undefined
      ? []
      : [
          `Policies of row-level security apply to the role ${table.guardedRole} on ${table.quotedName}: ${hidden}. For all of ` +
            `them the owner can run: ${policyFor(table)}`,
        ],
  );
}

/**
 * Makes sure that policies do not hide every contact: the job would find nothing to clear, for ever, and say that all is well.
 *
 * @param contacts that the role can see
 * @throws JobError PrivilegeMissing when it sees none and the table has pages
 */
export async function requireVisibleRows(database: Database, view: ClientView, contacts: number): Promise<void> {
  if (view.guardedRole === undefined || contacts > 0) return;
  const [size] = await database.run((sql) => selectStorage(sql, view));
  if (size === undefined || size.pages === 0) return;
  throw new JobError(
    'PrivilegeMissing',
    `The role ${view.guardedRole} sees no row of ${view.quotedName}, because of its policies of row-level security. The owner ` +
      `can run: ${policyFor(view)} Where the table is in fact empty: VACUUM ${view.quotedName}; Nothing was changed.`,
  );
}

/** The error for an audit row that could be read, and not be locked to note in it who was restored. */
export function auditRowClosed(audit: AuditTable, id: number): JobError {
  if (audit.guardedRole === undefined) {
    return new JobError('NotRestorable', `Audit row ${id} was deleted meanwhile. ${ONLY_RESTORED}`);
  }
  return new JobError(
    'PrivilegeMissing',
    `The role ${audit.guardedRole} can read audit row ${id}, but a policy of row-level security keeps it from noting there who ` +
      `was restored. The owner of ${audit.quotedName} can run: ${policyFor(audit)} ${ONLY_RESTORED}`,
  );
}

const ONLY_RESTORED = 'Nothing was restored from it.';
