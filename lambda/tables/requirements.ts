import { JobError } from '../model/job-error.ts';
import { type CatalogueTable, tableUnusable } from './table-lookup.ts';

const PRIVILEGES = ['SELECT', 'INSERT', 'UPDATE'] as const;
type Privilege = (typeof PRIVILEGES)[number];
/** The columns that each privilege is needed on. */
export type Needs = Readonly<Partial<Record<Privilege, readonly string[]>>> & { readonly DELETE?: true };

/** `pg_class.relkind` of what is no ordinary table. */
const KINDS: Readonly<Record<string, string>> = {
  v: 'a view',
  m: 'a materialized view',
  f: 'a foreign table',
  p: 'a partitioned table',
};

/**
 * Makes sure that a table is an ordinary one, with columns of these types: what could not be restored is not cleared
 * (invariant 8), so that a check looks at all of them, too.
 *
 * @param types what the type of each column must be, one of several
 * @throws JobError TableUnusable, naming the column and its type; PrivilegeMissing for a schema that may not be used
 */
export function requireShape(table: CatalogueTable, types: Readonly<Record<string, readonly string[]>>): void {
  if (!table.schemaUsable) throw privilegeMissing(table, `USAGE ON SCHEMA ${table.quotedSchema}`);
  const kind = KINDS[table.kind] ?? (table.hasChildren ? 'a table that others inherit from' : undefined);
  if (kind !== undefined) {
    throw tableUnusable(`${table.quotedName} must be an ordinary table (got ${kind})`);
  }
  const [rule] = table.rules;
  if (rule !== undefined) {
    throw tableUnusable(
      `${table.quotedName} has the rule ${quotedList([rule])}, which rewrites what is sent to it. Drop it`,
    );
  }
  if (table.refusesUpdates) {
    throw tableUnusable(
      `${table.quotedName} is published for logical replication and has no replica identity, so that no row of it can be ` +
        `changed. Give it one: a primary key, or ALTER TABLE ${table.quotedName} REPLICA IDENTITY FULL`,
    );
  }
  const absent = Object.keys(types).filter((name) => !(name in table.columns));
  if (absent.length > 0) throw tableUnusable(`${table.quotedName} has no column ${quotedList(absent)}`);
  for (const [name, allowed] of Object.entries(types)) {
    const type = table.columns[name]?.type ?? '';
    if (allowed.length > 0 && !allowed.includes(type)) {
      throw tableUnusable(`${quotedList([name])} of ${table.quotedName} must be ${oneOf(allowed)} (got ${type})`);
    }
  }
}

const oneOf = (names: readonly string[]) => names.join(', ').replace(/, ([^,]*)$/, ' or $1');

/**
 * Makes sure that the role has the privileges that a statement is going to need: an error here names the grant, the
 * server's would not.
 *
 * @throws JobError TableUnusable for a column that is not there, PrivilegeMissing
 */
export function requirePrivileges(table: CatalogueTable, needs: Needs): void {
  const needed = PRIVILEGES.map((privilege) => ({ privilege, columns: needs[privilege] ?? [] }));
  const absent = new Set(needed.flatMap(({ columns }) => columns).filter((name) => !(name in table.columns)));
  if (absent.size > 0) throw tableUnusable(`${table.quotedName} has no column ${quotedList([...absent])}`);
  const grants = needed
    .map(({ privilege, columns }) => ({
      privilege,
      lacking: columns.filter((name) => !table.columns[name]?.[privilege]),
    }))
    .filter(({ lacking }) => lacking.length > 0)
    .map(({ privilege, lacking }) => `${privilege} (${quotedList(lacking)})`);
  if (needs.DELETE && !table.deletable) grants.push('DELETE');
  if (grants.length > 0) throw privilegeMissing(table, `${grants.join(', ')} ON ${table.quotedName}`);
  const [sequence] = needs.INSERT ? table.closedSequences : [];
  if (sequence !== undefined) throw privilegeMissing(table, `USAGE ON SEQUENCE ${sequence}`);
}

/** Makes sure that a column can be written: no expression makes its value. */
export function requireWritable(table: CatalogueTable, names: readonly string[]): void {
  const generated = names.filter((name) => table.columns[name]?.generated);
  if (generated.length > 0)
    throw tableUnusable(`${table.quotedName} generates ${quotedList(generated)}, which must be written`);
}

/** Names as SQL has them, with commas between. */
export const quotedList = (names: readonly string[]) =>
  names.map((name) => `"${name.replaceAll('"', '""')}"`).join(', ');

function privilegeMissing(table: CatalogueTable, grant: string): JobError {
  return new JobError(
    'PrivilegeMissing',
    `The role ${table.role} lacks a privilege. The owner of the table can run: GRANT ${grant} TO ${table.role}; ` +
      'Nothing was changed.',
  );
}
