import type { Fragment, Sql } from 'postgres';
import type { Database } from '../database/database.ts';
import type { TableName } from '../input/values.ts';
import { bandBounds } from '../model/bands.ts';
import type { BandTotal } from '../model/figures.ts';
import { JobError } from '../model/job-error.ts';
import type { LargeThread } from '../model/results.ts';
import {
  type CatalogueTable,
  findTable,
  type Needs,
  requireTable,
  SYSTEM_COLUMNS,
  tableAbsent,
} from './table-lookup.ts';

/** All SQL of the assistant's table. Its definition is never changed, and of its columns only these are used. */
export interface ClientView {
  readonly quotedName: string;
  /** The most tokens that fit into the column, as text: a bigint's is no safe number. */
  readonly mostTokens: string;
}

const READ = ['phoneNumber', 'name', 'userName', 'threadId', 'threadTokenCount'];
/** What each use case needs of the table; "Least rights" in docs/database.md are these. */
export const CHECK_NEEDS: Needs = { SELECT: READ };
export const CLEANUP_NEEDS: Needs = { SELECT: ['ctid', ...READ], UPDATE: ['threadId', 'threadTokenCount'] };
/** An export keeps complete rows, and recognises a row's version by `xmin`. */
export const exportNeeds = (columns: readonly string[]): Needs => ({
  ...CLEANUP_NEEDS,
  SELECT: ['ctid', 'xmin', ...columns],
});
export const RESTORE_NEEDS: Needs = CLEANUP_NEEDS;

/** The most that fits into a token column of each type (PostgreSQL: "Numeric Types"). */
const MAX_TOKENS: Readonly<Record<string, string>> = {
  smallint: '32767',
  integer: '2147483647',
  bigint: '9223372036854775807',
};

/** @throws JobError TableUnusable or PrivilegeMissing, naming table, column or grant */
export async function openClientView(
  database: Database,
  name: TableName,
  needs: Needs | ((columns: readonly string[]) => Needs),
): Promise<ClientView> {
  const table = await findTable(database, name);
  if (table === undefined) throw await tableAbsent(database, name, 'threadTokenCount');
  const columns = Object.keys(table.columns).filter((column) => !SYSTEM_COLUMNS.includes(column));
  requireTable(table, typeof needs === 'function' ? needs(columns) : needs);
  return { quotedName: table.quotedName, mostTokens: mostTokensOf(table) };
}

function mostTokensOf({ quotedName, columns }: CatalogueTable): string {
  const type = columns['threadTokenCount']?.type ?? 'none';
  const most = MAX_TOKENS[type];
  if (most !== undefined) return most;
  throw new JobError(
    'TableUnusable',
    `"threadTokenCount" of ${quotedName} must be smallint, integer or bigint (got ${type}). Nothing was changed.`,
  );
}

/** The name people know a contact by. */
const displayName = (sql: Sql) => sql`coalesce(t.name, t."userName", t."phoneNumber")`;

/**
 * THE predicate: what is over the limit, whatever its thread id. Check, safety limit and cleanup all use it (invariant 5).
 * `bigint`, because a limit over 2^31 is no integer.
 */
const isOverLimit = (sql: Sql, tokenLimit: number) => sql`t."threadTokenCount" >= ${tokenLimit}::bigint`;

/** The aggregate of check and cleanup: one pass over the table, as a fragment that yields the rows of `BandTotal`. */
function bandTotals(sql: Sql, view: ClientView, tokenLimit: number): Fragment {
  const bounds = bandBounds(tokenLimit);
  return sql`
    select width_bucket(coalesce(t."threadTokenCount", 0)::bigint, ${`{${bounds.join()}}`}::bigint[]) as band,
           count(*) as threads, coalesce(sum(t."threadTokenCount"), 0) as tokens, coalesce(max(t."threadTokenCount"), 0) as "mostTokens"
      from ${sql.unsafe(view.quotedName)} t group by 1`;
}

/** The aggregate by itself, as a cleanup needs it before it begins. */
export function selectBandTotals(sql: Sql, view: ClientView, tokenLimit: number) {
  return sql<{ totals: BandTotal[] }[]>`
    select coalesce(jsonb_agg(to_jsonb(b)), '[]') as totals from (${bandTotals(sql, view, tokenLimit)}) b`;
}

/**
 * All that a check reports, in one statement: one snapshot, whatever is written meanwhile, and nothing written
 * (invariant 5).
 *
 * @param mostThreads how many of the largest threads
 * @param recentCleanups fragment that yields the last runs, or undefined while there is no audit table
 */
export function selectReport<T>(
  sql: Sql,
  view: ClientView,
  tokenLimit: number,
  mostThreads: number,
  recentCleanups: Fragment | undefined,
) {
  return sql<{ totals: BandTotal[]; largest: LargeThread[]; recent: T[] }[]>`
    select (select coalesce(jsonb_agg(to_jsonb(b)), '[]') from (${bandTotals(sql, view, tokenLimit)}) b) as totals,
           (select coalesce(jsonb_agg(to_jsonb(l)), '[]') from (
             select t."phoneNumber" as phone, ${displayName(sql)} as name, t."threadId", t."threadTokenCount" as tokens
               from ${sql.unsafe(view.quotedName)} t
              where t."threadTokenCount" > 0
              order by t."threadTokenCount" desc, t."phoneNumber" limit ${mostThreads}::int) l) as largest,
           ${recentCleanups ? sql`(select coalesce(jsonb_agg(to_jsonb(r)), '[]') from (${recentCleanups}) r)` : sql`'[]'::jsonb`} as recent`;
}

/** How many pages the table has now; the pass ends there, so that it ends however fast the table grows. */
export function selectPageCount(sql: Sql, view: ClientView) {
  return sql<{ pages: number }[]>`
    select (pg_relation_size(${view.quotedName}::text::regclass) / current_setting('block_size')::bigint)::float8 as pages`;
}

/** A row over the limit: its place in the table, and its key for when it has moved. */
export interface DueThread {
  readonly place: string;
  readonly phone: string;
}

/**
 * Finds what is over the limit on the pages `from` to `to - 1`, without a lock. There is no LIMIT and no order to rely
 * on: an index on the token column or a synchronised scan returns rows in any order, and none is missed for it.
 */
export function selectDueThreads(sql: Sql, view: ClientView, from: number, to: number, tokenLimit: number) {
  return sql<DueThread[]>`
    select t.ctid::text as place, t."phoneNumber" as phone
      from ${sql.unsafe(view.quotedName)} t
     where t.ctid >= ${`(${from},0)`}::tid and t.ctid < ${`(${to},0)`}::tid and ${isOverLimit(sql, tokenLimit)}`;
}

/** Rows to clear: their places, and their versions when nothing else will do. */
export interface Batch {
  readonly places: readonly string[];
  readonly versions?: readonly string[];
}

/** A complete row as it is exported, and the version that it had then. */
export interface RowVersion {
  readonly place: string;
  readonly version: string;
  readonly json: string;
}

/** Reads the complete rows at `places` that are over the limit, without a lock. */
export function selectRows(sql: Sql, view: ClientView, places: readonly string[], tokenLimit: number) {
  return sql<RowVersion[]>`
    select t.ctid::text as place, t.xmin::text as version, to_jsonb(t)::text as json
      from unnest(${tids(sql, places)}) as found (place)
      join ${sql.unsafe(view.quotedName)} t on t.ctid = found.place
     where ${isOverLimit(sql, tokenLimit)}`;
}

/**
 * Places as an array whose length the planner does not know. It would count two thousand of them, and for a batch of a
 * table of up to some 250,000 rows read the whole table; so it goes to each place.
 */
const tids = (sql: Sql, places: readonly string[]) =>
  sql`(select ${`{${places.map((place) => `"${place}"`).join()}}`}::tid[])`;

/**
 * Clears the rows at `places` that are still over the limit and that nobody else has locked, and records them, in one
 * statement: audit and clearing are atomic by themselves (invariant 1), and no lock outlives the statement (invariant 6).
 *
 * - A row that somebody else has locked is skipped, so nobody waits for anybody (invariant 3).
 * - A place that another row has taken meanwhile is tested like any other; a row that moved away is not found there.
 * - "lateral", so that a row is locked when its place is looked up, by whatever plan.
 * - The audit is made from `cleared`, not from `locked`: a row that changed between snapshot and lock is in `locked` with
 *   its new values but is not updated. So tokens are conserved (invariant 2), and a second run finds nothing (invariant 4).
 *
 * @param insertAudit fragment that inserts the audit row from `cleared` (phone, name, "threadId", tokens)
 */
export function clearThreads<T extends object[]>(
  sql: Sql,
  view: ClientView,
  { places, versions }: Batch,
  tokenLimit: number,
  insertAudit: Fragment,
) {
  const table = sql.unsafe(view.quotedName);
  const found = versions
    ? sql`unnest(${tids(sql, places)}, (select ${`{${versions.join()}}`}::xid[])) as found (place, version)`
    : sql`unnest(${tids(sql, places)}) as found (place)`;
  return sql<T>`
    with locked as materialized (
      select l.* from ${found}, lateral (
        select t.ctid as place, t."phoneNumber" as phone, ${displayName(sql)} as name, t."threadId",
               t."threadTokenCount" as tokens
          from ${table} t
         where t.ctid = found.place and ${isOverLimit(sql, tokenLimit)} ${versions ? sql`and t.xmin = found.version` : sql``}
           for no key update of t skip locked) l
    ), cleared as (
      update ${table} t set "threadId" = null, "threadTokenCount" = 0
        from locked where t.ctid = locked.place
      returning locked.phone, locked.name, locked."threadId", locked.tokens
    )
    ${insertAudit}`;
}

/** Of these contacts, the ones that are over the limit now. */
export function selectStillOverLimit(sql: Sql, view: ClientView, phones: readonly string[], tokenLimit: number) {
  return sql<{ phone: string }[]>`
    select t."phoneNumber" as phone
      from ${sql.unsafe(view.quotedName)} t
     where t."phoneNumber" in (select jsonb_array_elements_text(${JSON.stringify(phones)}::text::jsonb))
       and ${isOverLimit(sql, tokenLimit)}`;
}

/**
 * Restores the threads of `entry` (phone, "threadId", tokens, again) where the contact has no thread now, as a list of
 * common table expressions that ends in `restored` (phone).
 *
 * Tokens that the assistant counted meanwhile are added to, not replaced. Left out: entries restored before (`again`) or
 * without a thread id, contacts that no longer exist, are locked or have a newer thread, or whose sum does not fit into the column; and
 * those that changed between snapshot and lock, which may be tried again.
 */
export function restoreThreads(sql: Sql, view: ClientView): Fragment {
  const table = sql.unsafe(view.quotedName);
  return sql`
    vacant as materialized (
      select t.ctid as place, e.phone, e."threadId", coalesce(t."threadTokenCount", 0)::numeric + e.tokens as tokens
        from entry e
        join ${table} t on t."phoneNumber" = e.phone
       where not e.again and e."threadId" is not null and t."threadId" is null
         and coalesce(t."threadTokenCount", 0)::numeric + e.tokens <= ${view.mostTokens}::text::numeric
         for no key update of t skip locked
    ), restored as (
      update ${table} t set "threadId" = vacant."threadId", "threadTokenCount" = vacant.tokens
        from vacant where t.ctid = vacant.place
      returning vacant.phone
    )`;
}
