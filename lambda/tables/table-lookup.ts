import type { Sql } from 'postgres';
import type { Database } from '../database/database.ts';
import type { TableName } from '../input/values.ts';
import { JobError } from '../model/job-error.ts';
import {
  type EngineFacts,
  engineFacts,
  engineWithoutPlaces,
  hasCitus,
  selectDistributed,
  selectEngine,
} from './engines.ts';

/** A table as the server's catalogue knows it. */
export interface CatalogueTable {
  /** `schema.table` as the server itself quotes it: the only form in which a name becomes part of a statement. */
  readonly quotedName: string;
  readonly quotedSchema: string;
  readonly role: string;
  /** As `server_version_num` has it: 160004 is 16.4. */
  readonly serverVersion: number;
  readonly kind: string;
  /** `pg_class.relpersistence`: p(ermanent), u(nlogged) or t(emporary). */
  readonly persistence: string;
  readonly owner: string;
  /** Whether the owner is a superuser, this role, or one that this role is a member of. */
  readonly ownerIsTrusted: boolean;
  readonly hasChildren: boolean;
  readonly schemaUsable: boolean;
  readonly columns: Readonly<Record<string, CatalogueColumn>>;
  /** Columns that are unique by themselves: under a valid index on all rows and on nothing else. */
  readonly uniqueColumns: readonly string[];
  /** Rules that rewrite what is sent to it. */
  readonly rules: readonly string[];
  /** Triggers that people made, and that are not switched off. */
  readonly triggers: readonly CatalogueTrigger[];
  /** Foreign keys of other tables that change there what is changed here. */
  readonly followers: readonly CatalogueFollower[];
  /** Whether logical replication wants to know which row an update changes, and cannot. */
  readonly refusesUpdates: boolean;
  /** Whether the role may DELETE, which no column grant gives. */
  readonly deletable: boolean;
  /** Whether policies of row-level security apply to the role. */
  readonly guarded: boolean;
  /** Sequences behind column defaults on which the role lacks USAGE. */
  readonly closedSequences: readonly string[];
}

interface CatalogueColumn {
  readonly type: string;
  readonly notNull: boolean;
  /** Whether a row that does not mention it gets a value. */
  readonly hasDefault: boolean;
  /** Whether its value is an expression's, which nobody can write. */
  readonly generated: boolean;
  readonly SELECT: boolean;
  readonly INSERT: boolean;
  readonly UPDATE: boolean;
}

export interface CatalogueTrigger {
  readonly name: string;
  readonly INSERT: boolean;
  readonly UPDATE: boolean;
}

interface CatalogueFollower {
  readonly name: string;
  readonly table: string;
  /** The columns here that it refers to. */
  readonly columns: readonly string[];
}

/** The columns that every table has and that this program uses; they need a grant like any other. */
export const SYSTEM_COLUMNS: readonly string[] = ['ctid', 'xmin'];

/**
 * Looks a table up by parameter, without touching it: a locked table is found just the same.
 *
 * @throws JobError TableUnusable for an engine, or a table of it, whose rows have no usable place
 */
export async function findTable(database: Database, { schema, name }: TableName): Promise<CatalogueTable | undefined> {
  const [table] = await database
    .run((sql) => selectTable(sql, schema ?? database.defaultSchema ?? null, name))
    .catch(async (error: unknown) => {
      // An engine that is none of PostgreSQL's kin may not know this much of its catalogue.
      const [facts] = await database.run(selectEngine).catch(() => []);
      throw (facts && refusedEngine(engineWithoutPlaces(facts), name)) ?? error;
    });
  if (table === undefined) return undefined;
  const { quotedName, hasReplicaIdentity } = table;
  const isDistributed = hasCitus(table) && (await database.run((sql) => selectDistributed(sql, quotedName))).length > 0;
  const refused = refusedEngine(engineWithoutPlaces(table) ?? (isDistributed ? 'Citus' : undefined), quotedName);
  if (refused) throw refused;
  const refusesUpdates =
    !hasReplicaIdentity && (await database.run((sql) => selectPublications(sql, quotedName))).length > 0;
  return { ...table, refusesUpdates };
}

const refusedEngine = (engine: string | undefined, table: string): JobError | undefined =>
  engine === undefined
    ? undefined
    : tableUnusable(`${table} must be stored by PostgreSQL itself, whose rows have a place, ctid (got ${engine})`);

/** Bits of `pg_trigger.tgtype` (PostgreSQL sources: "catalog/pg_trigger.h"). */
const TRIGGER_INSERT = 4;
const TRIGGER_UPDATE = 16;

/** A table as one statement finds it; what is left to ask concerns few. */
interface FoundTable extends Omit<CatalogueTable, 'refusesUpdates'>, EngineFacts {
  /** Whether logical replication can tell its rows apart. */
  readonly hasReplicaIdentity: boolean;
}

/** A row for each publication that a table's updates go to. */
const selectPublications = (sql: Sql, quotedName: string) => sql<{ name: string }[]>`
  select p.pubname::text as name
    from pg_catalog.pg_publication_tables t
    join pg_catalog.pg_publication p on p.pubname = t.pubname
   where p.pubupdate and pg_catalog.format('%I.%I', t.schemaname, t.tablename) = ${quotedName}::text`;

function selectTable(sql: Sql, schema: string | null, name: string) {
  const hasBit = (bit: number) => sql`(g.tgtype::int & ${bit}::int) <> 0`;
  return sql<FoundTable[]>`
    select pg_catalog.format('%I.%I', n.nspname, c.relname) as "quotedName",
           pg_catalog.format('%I', n.nspname) as "quotedSchema",
           pg_catalog.format('%I', current_user) as role,
           pg_catalog.current_setting('server_version_num'::text)::float8 as "serverVersion",
           ${engineFacts(sql)},
           c.relkind::text as kind,
           c.relpersistence::text as persistence,
           o.rolname::text as owner,
           o.rolsuper or pg_catalog.pg_has_role(o.oid, 'MEMBER') as "ownerIsTrusted",
           pg_catalog.has_schema_privilege(n.oid, 'USAGE') as "schemaUsable",
           pg_catalog.has_table_privilege(c.oid, 'DELETE') as deletable,
           pg_catalog.row_security_active(c.oid) as guarded,
           exists (select from pg_catalog.pg_inherits i where i.inhparent = c.oid) as "hasChildren",
           (select pg_catalog.jsonb_object_agg(a.attname, pg_catalog.jsonb_build_object(
                     'type', pg_catalog.format_type(a.atttypid, null::int),
                     'notNull', a.attnotnull,
                     'hasDefault', a.atthasdef or a.attidentity <> ''::"char",
                     'generated', a.attgenerated <> ''::"char" or a.attidentity = 'a'::"char",
                     'SELECT', pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT'),
                     'INSERT', pg_catalog.has_column_privilege(c.oid, a.attnum, 'INSERT'),
                     'UPDATE', pg_catalog.has_column_privilege(c.oid, a.attnum, 'UPDATE')))
              from pg_catalog.pg_attribute a
             where a.attrelid = c.oid and not a.attisdropped
               and (a.attnum > 0 or a.attname = any (pg_catalog.string_to_array(${SYSTEM_COLUMNS.join()}::text, ',')))) as columns,
           (select coalesce(pg_catalog.jsonb_agg(a.attname), '[]')
              from pg_catalog.pg_index i
              join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
             where i.indrelid = c.oid and i.indisunique and i.indisvalid and i.indnkeyatts = 1
               and i.indpred is null and i.indexprs is null) as "uniqueColumns",
           (select coalesce(pg_catalog.jsonb_agg(w.rulename), '[]')
              from pg_catalog.pg_rewrite w where w.ev_class = c.oid and w.ev_enabled <> 'D'::"char") as rules,
           (select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                     'name', g.tgname, 'INSERT', ${hasBit(TRIGGER_INSERT)}, 'UPDATE', ${hasBit(TRIGGER_UPDATE)})
                     order by g.tgname), '[]')
              from pg_catalog.pg_trigger g
             where g.tgrelid = c.oid and not g.tgisinternal and g.tgenabled <> 'D'::"char") as triggers,
           (select coalesce(pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
                     'name', k.conname, 'table', k.conrelid::regclass::text,
                     'columns', (select pg_catalog.jsonb_agg(a.attname) from pg_catalog.pg_attribute a
                                  where a.attrelid = c.oid and a.attnum = any (k.confkey)))), '[]')
              from pg_catalog.pg_constraint k
             where k.confrelid = c.oid and k.contype = 'f'::"char" and k.confupdtype in ('c'::"char", 'n'::"char", 'd'::"char")) as followers,
           c.relreplident = 'f'::"char"
             or exists (select from pg_catalog.pg_index i
                         where i.indrelid = c.oid and case c.relreplident
                           when 'd'::"char" then i.indisprimary when 'i'::"char" then i.indisreplident else false end) as "hasReplicaIdentity",
           (select coalesce(pg_catalog.jsonb_agg(s.oid::regclass::text), '[]')
              from pg_catalog.pg_depend d join pg_catalog.pg_class s on s.oid = d.objid
             where d.classid = 'pg_catalog.pg_class'::regclass::oid and d.refobjid = c.oid and d.deptype = 'a'
               -- "case", because the planner may otherwise ask about an index first
               and case when s.relkind = 'S' then not pg_catalog.has_sequence_privilege(s.oid, 'USAGE') else false end) as "closedSequences"
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_roles o on o.oid = c.relowner
     where c.relname = ${name}::text
       and c.relkind in ('r', 'p', 'v', 'm', 'f')
       and case when ${schema}::text is null then n.nspname = any (pg_catalog.current_schemas(false)) else n.nspname = ${schema}::text end
     order by pg_catalog.array_position(pg_catalog.current_schemas(false), n.nspname)
     limit 1`;
}

/** So many are listed: a database may have a schema for each of its customers. */
const MAX_SIMILAR_TABLES = 10;

/** For a missing table: says where it was looked for, and which tables may have been meant. */
export async function tableAbsent(database: Database, { schema, name }: TableName, column: string): Promise<JobError> {
  const [row] = await database.run(
    (sql) => sql<{ path: string[]; similar: string[] }[]>`
      select pg_catalog.to_jsonb(pg_catalog.current_schemas(false)) as path,
             coalesce((select pg_catalog.jsonb_agg(s.name)
                         from (select distinct pg_catalog.format('%I.%I', n.nspname, c.relname) as name
                                 from pg_catalog.pg_attribute a
                                 join pg_catalog.pg_class c on c.oid = a.attrelid and c.relkind in ('r', 'p')
                                 join pg_catalog.pg_namespace n on n.oid = c.relnamespace
                                where a.attname = ${column}::text and not a.attisdropped
                                order by 1 limit ${MAX_SIMILAR_TABLES}::int) s), '[]') as similar`,
  );
  const place = schema ?? database.defaultSchema ?? row?.path.join(', ');
  const found = row?.similar.length ? ` Tables with a column "${column}": ${row.similar.join(', ')}.` : '';
  return tableUnusable(
    `There is no table "${name}" in the schema ${place || '(none: the search path is empty)'}.${found}`,
  );
}

/** The error for a table that the job cannot work on. */
export function tableUnusable(problem: string): JobError {
  return new JobError(
    'TableUnusable',
    `${problem.replace(/\.$/, '')}. Check TABLE_NAME and AUDIT_TABLE_NAME (with CDK: tableName, auditTableName) and the ` +
      'database in the URL. Nothing was changed.',
  );
}
