import type { Sql } from 'postgres';

/** What tells an engine apart that speaks PostgreSQL's language but stores rows in its own way. */
export interface EngineFacts {
  /** As `version()` has it. */
  readonly version: string;
  /** Those of `MARKERS` that are there, as `schema.table`. */
  readonly markers: readonly string[];
}

/** Tables that only one engine has. */
const CITUS = 'pg_catalog.pg_dist_partition';
const MARKERS: Readonly<Record<string, string>> = {
  'sys.iam_pg_role_mappings': 'Aurora DSQL',
  'rds_aurora.limitless_tables': 'Aurora PostgreSQL Limitless Database',
};
/** The same by what `version()` says: "CockroachDB CCL v24.1.0 (…)", "PostgreSQL 11.2-YB-2.20.1.0-b0 on …". */
const VERSIONS: readonly (readonly [RegExp, string])[] = [
  [/^CockroachDB /, 'CockroachDB'],
  [/^PostgreSQL [\d.]+-YB-/, 'YugabyteDB'],
];

/** The engine's name where no row has a usable `ctid`, by which this job finds and clears rows; else undefined. */
export function engineWithoutPlaces({ version, markers }: EngineFacts): string | undefined {
  const byVersion = VERSIONS.find(([pattern]) => pattern.test(version));
  const byMarker = markers.find((marker) => marker in MARKERS);
  return byVersion?.[1] ?? (byMarker && MARKERS[byMarker]);
}

/** Whether some tables may be distributed by Citus; others of the same database are PostgreSQL's own. */
export const hasCitus = ({ markers }: EngineFacts): boolean => markers.includes(CITUS);

/** The facts as columns of a statement. Markers are looked up by name: a catalogue may have a hundred thousand tables. */
export const engineFacts = (sql: Sql) => sql`
  pg_catalog.version() as version,
  (select coalesce(pg_catalog.jsonb_agg(k.marker), '[]')
     from pg_catalog.unnest(pg_catalog.string_to_array(${[CITUS, ...Object.keys(MARKERS)].join()}::text, ','::text)) k (marker)
    where exists (select from pg_catalog.pg_class m join pg_catalog.pg_namespace mn on mn.oid = m.relnamespace
                   where m.relname = pg_catalog.split_part(k.marker, '.'::text, 2)
                     and mn.nspname = pg_catalog.split_part(k.marker, '.'::text, 1))) as markers`;

/** The facts by themselves, where a larger statement means nothing to the engine. */
export const selectEngine = (sql: Sql) => sql<EngineFacts[]>`select ${engineFacts(sql)}`;

/** A row when Citus distributes the table, or copies it to every node: it is then empty where it was created. */
export const selectDistributed = (sql: Sql, quotedName: string) => sql<{ distributed: true }[]>`
  select true as distributed from pg_catalog.pg_dist_partition d
   where d.logicalrelid::oid = ${quotedName}::text::regclass::oid`;
