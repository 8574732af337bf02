import type { Sql } from 'postgres';
import type { Database } from '../database/database.ts';
import type { TableName } from '../input/values.ts';
import { JobError } from '../model/job-error.ts';

/** A table as the server's catalogue knows it. */
export interface CatalogueTable {
  /** `schema.table` as the server itself quotes it: the only form in which a name becomes part of a statement. */
  readonly quotedName: string;
  readonly quotedSchema: string;
  readonly role: string;
  readonly kind: string;
  readonly hasChildren: boolean;
  readonly schemaUsable: boolean;
  readonly columns: Readonly<Record<string, CatalogueColumn>>;
  /** Whether the role may DELETE, which no column grant gives. */
  readonly deletable: boolean;
  /** Sequences behind column defaults on which the role lacks USAGE. */
  readonly closedSequences: readonly string[];
}

interface CatalogueColumn {
  readonly type: string;
  readonly SELECT: boolean;
  readonly INSERT: boolean;
  readonly UPDATE: boolean;
}

/** The columns that every table has and that this program uses; they need a grant like any other. */
export const SYSTEM_COLUMNS: readonly string[] = ['ctid', 'xmin'];

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
 * Looks a table up by parameter, without touching it: a locked table is found just the same.
 */
export async function findTable(database: Database, { schema, name }: TableName): Promise<CatalogueTable | undefined> {
  const [table] = await database.run((sql) => selectTable(sql, schema ?? database.defaultSchema ?? null, name));
  return table;
}

function selectTable(sql: Sql, schema: string | null, name: string) {
  return sql<CatalogueTable[]>`
    select format('%I.%I', n.nspname, c.relname) as "quotedName",
           format('%I', n.nspname) as "quotedSchema",
           format('%I', current_user) as role,
           c.relkind::text as kind,
           has_schema_privilege(n.oid, 'USAGE') as "schemaUsable",
           has_table_privilege(c.oid, 'DELETE') as deletable,
           exists (select from pg_inherits i where i.inhparent = c.oid) as "hasChildren",
           (select jsonb_object_agg(a.attname, jsonb_build_object(
                     'type', format_type(a.atttypid, null),
                     'SELECT', has_column_privilege(c.oid, a.attnum, 'SELECT'),
                     'INSERT', has_column_privilege(c.oid, a.attnum, 'INSERT'),
                     'UPDATE', has_column_privilege(c.oid, a.attnum, 'UPDATE')))
              from pg_attribute a
             where a.attrelid = c.oid and not a.attisdropped and (a.attnum > 0 or a.attname = any (string_to_array(${SYSTEM_COLUMNS.join()}::text, ',')))) as columns,
           (select coalesce(jsonb_agg(s.oid::regclass::text), '[]')
              from pg_depend d join pg_class s on s.oid = d.objid
             where d.classid = 'pg_class'::regclass and d.refobjid = c.oid and d.deptype = 'a'
               -- "case", because the planner may otherwise ask about an index first
               and case when s.relkind = 'S' then not has_sequence_privilege(s.oid, 'USAGE') else false end) as "closedSequences"
      from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relname = ${name}::text
       and c.relkind in ('r', 'p', 'v', 'm', 'f')
       and case when ${schema}::text is null then n.nspname = any (current_schemas(false)) else n.nspname = ${schema}::text end
     order by array_position(current_schemas(false), n.nspname)
     limit 1`;
}

/**
 * Makes sure that a table is an ordinary one, with the columns and privileges that a statement will need: an
 * error here names the column or the grant, the server's would not.
 *
 * @throws JobError TableUnusable or PrivilegeMissing
 */
export function requireTable(table: CatalogueTable, needs: Needs): void {
  if (!table.schemaUsable) {
    throw privilegeMissing(table, `USAGE ON SCHEMA ${table.quotedSchema}`);
  }
  const kind = KINDS[table.kind] ?? (table.hasChildren ? 'a table that others inherit from' : undefined);
  if (kind !== undefined) {
    throw unusable(`${table.quotedName} must be an ordinary table (got ${kind})`);
  }
  const needed = PRIVILEGES.map((privilege) => ({ privilege, columns: needs[privilege] ?? [] }));
  const absent = new Set(needed.flatMap(({ columns }) => columns).filter((name) => !(name in table.columns)));
  if (absent.size > 0) throw unusable(`${table.quotedName} has no column ${quotedList([...absent])}`);
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

const quotedList = (names: readonly string[]) => names.map((name) => `"${name.replaceAll('"', '""')}"`).join(', ');

/** So many are listed: a database may have a schema for each of its customers. */
const MAX_SIMILAR_TABLES = 10;

/** For a missing table: says where it was looked for, and which tables may have been meant. */
export async function tableAbsent(database: Database, { schema, name }: TableName, column: string): Promise<JobError> {
  const [row] = await database.run(
    (sql) => sql<{ path: string[]; similar: string[] }[]>`
      select to_jsonb(current_schemas(false)) as path,
             coalesce((select jsonb_agg(s.name)
                         from (select distinct format('%I.%I', n.nspname, c.relname) as name
                                 from pg_attribute a
                                 join pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
                                 join pg_namespace n on n.oid = c.relnamespace
                                where a.attname = ${column}::text and not a.attisdropped
                                order by 1 limit ${MAX_SIMILAR_TABLES}::int) s), '[]') as similar`,
  );
  const place = schema ?? database.defaultSchema ?? row?.path.join(', ');
  const found = row?.similar.length ? ` Tables with a column "${column}": ${row.similar.join(', ')}.` : '';
  return unusable(`There is no table "${name}" in the schema ${place || '(none: the search path is empty)'}.${found}`);
}

function unusable(problem: string): JobError {
  return new JobError(
    'TableUnusable',
    `${problem.replace(/\.$/, '')}. Check TABLE_NAME and AUDIT_TABLE_NAME (with CDK: tableName, auditTableName) and the ` +
      'database in the URL. Nothing was changed.',
  );
}

function privilegeMissing(table: CatalogueTable, grant: string): JobError {
  return new JobError(
    'PrivilegeMissing',
    `The role ${table.role} lacks a privilege. The owner of the table can run: GRANT ${grant} TO ${table.role}; ` +
      'Nothing was changed.',
  );
}
