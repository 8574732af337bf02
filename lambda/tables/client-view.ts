import type { Fragment, Sql } from 'postgres';
import type { Database } from '../database/database.ts';
import { asSql, type SqlText, sqlText } from '../database/sql-text.ts';
import type { TableName } from '../input/values.ts';
import { bandBounds } from '../model/bands.ts';
import type { Totals } from '../model/figures.ts';
import type { LargeThread } from '../model/results.ts';
import { type Needs, quotedList, requirePrivileges, requireShape, requireWritable } from './requirements.ts';
import { type CatalogueTable, findTable, SYSTEM_COLUMNS, tableAbsent, tableUnusable } from './table-lookup.ts';

/** All SQL of the assistant's table. Its definition is never changed, and of its columns only these are used. */
export interface ClientView {
  readonly quotedName: string;
  /** As the catalogue has it, for an audit table that must not be open to others than this one. */
  readonly owner: string;
  /** Types of the key and of the thread id: what the audit table holds as text is cast to them. */
  readonly phoneType: string;
  readonly threadIdType: string;
  /** The most tokens that the column can hold, as text: a bigint's is no safe number. */
  readonly maxTokens: string;
  /** Triggers that an update fires, by name. */
  readonly updateTriggers: readonly string[];
  /** The role to which policies of row-level security apply, quoted. */
  readonly guardedRole: string | undefined;
  /** As `server_version_num` has it: 160004 is 16.4. */
  readonly serverVersion: number;
  /** SQL of whether the conversation of a row `t` has been quiet for long enough; undefined when that is not asked. */
  readonly isQuiet: SqlText | undefined;
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

/** The most that a token column of each type can hold (PostgreSQL: "Numeric Types"). */
const MAX_TOKENS: Readonly<Record<string, string>> = {
  smallint: '32767',
  integer: '2147483647',
  bigint: '9223372036854775807',
};
/** What a cast to text and back leaves as it was. Names may be of any type: they are only shown. */
const TYPES = {
  phoneNumber: ['text', 'character varying', 'character', 'bigint', 'integer', 'uuid'],
  name: [],
  userName: [],
  threadId: ['text', 'character varying', 'character', 'uuid'],
  threadTokenCount: Object.keys(MAX_TOKENS),
};

/**
 * Looks the table up.
 *
 * @param quietMinutes without activity after which a thread may be cleared; 0 does not look at "lastActivity"
 * @throws JobError TableUnusable or PrivilegeMissing, naming table, column or grant
 */
export async function openClientView(
  database: Database,
  name: TableName,
  needs: Needs | ((columns: readonly string[]) => Needs),
  quietMinutes = 0,
): Promise<ClientView> {
  const table = await findTable(database, name);
  if (table === undefined) throw await tableAbsent(database, name, 'threadTokenCount');
  requireShape(table, TYPES);
  requireRestorable(table);
  const columns = Object.keys(table.columns).filter((column) => !SYSTEM_COLUMNS.includes(column));
  const isQuiet = quietMinutes > 0 ? quietFor(quietMinutes, requireActivity(table)) : undefined;
  const needed = typeof needs === 'function' ? needs(columns) : needs;
  requirePrivileges(table, isQuiet ? { ...needed, SELECT: [...(needed.SELECT ?? []), 'lastActivity'] } : needed);
  const typeOf = (column: string) => table.columns[column]?.type ?? '';
  const triggers = table.triggers.filter(({ UPDATE }) => UPDATE);
  return {
    quotedName: table.quotedName,
    owner: table.owner,
    phoneType: castType(typeOf('phoneNumber')),
    threadIdType: castType(typeOf('threadId')),
    maxTokens: MAX_TOKENS[typeOf('threadTokenCount')] ?? '',
    updateTriggers: triggers.map(({ name }) => name),
    guardedRole: table.guarded ? table.role : undefined,
    serverVersion: table.serverVersion,
    isQuiet,
  };
}

/** Makes sure that the table says when a contact was last active, and returns the column's type. */
function requireActivity({ columns, quotedName }: CatalogueTable): string {
  const type = columns['lastActivity']?.type;
  if (type === 'timestamp without time zone' || type === 'timestamp with time zone') return type;
  throw tableUnusable(
    `"lastActivity" of ${quotedName} must be a timestamp, with or without time zone, for quietMinutes (QUIET_MINUTES) to ` +
      `leave the conversations that are going on (got ${type ?? 'no such column'})`,
  );
}

/** Without a time zone the assistant writes UTC. Who was never active is quiet. */
function quietFor(minutes: number, type: string): SqlText {
  const now = asSql(type === 'timestamp with time zone' ? 'pg_catalog.now()' : "(pg_catalog.now() at time zone 'UTC')");
  return sqlText`(t."lastActivity" is null or t."lastActivity" <= ${now} - pg_catalog.make_interval(mins => ${minutes}::integer))`;
}

/** Of `character` without a length the server would keep one letter. */
const castType = (type: string) => (type === 'character' ? 'bpchar' : type);

/** The columns that clearing changes. */
const CLEARED = ['threadId', 'threadTokenCount'];

/** Makes sure that a thread can be taken away, and given back to the same contact (invariant 8). */
function requireRestorable(table: CatalogueTable): void {
  const { columns, quotedName, uniqueColumns } = table;
  if (!columns['phoneNumber']?.notNull || !uniqueColumns.includes('phoneNumber')) {
    throw tableUnusable(
      `"phoneNumber" of ${quotedName} must be NOT NULL and unique by itself, with a valid index on all rows, so that a ` +
        'thread can be restored to the contact it came from',
    );
  }
  requireWritable(table, CLEARED);
  const follower = table.followers.find(({ columns: its }) => its.some((name) => CLEARED.includes(name)));
  if (follower !== undefined) {
    throw tableUnusable(
      `The foreign key ${quotedList([follower.name])} of ${follower.table} takes over what happens to ` +
        `${quotedList(follower.columns)} of ${quotedName} (ON UPDATE), and nobody could restore that there. ` +
        'Make it ON UPDATE NO ACTION, or refer to another column',
    );
  }
  if (columns['threadId']?.notNull) {
    throw tableUnusable(`${quotedList(['threadId'])} of ${quotedName} must be nullable: a cleared thread has none`);
  }
}

/** The key as text: `pg_catalog` has no `varchar = text`, and a stranger's in another schema would be run instead. */
const PHONE = asSql('t."phoneNumber"::text');

/** The name people know a contact by: the first that is not empty. */
const DISPLAY_NAME = asSql(
  `coalesce(nullif(t.name::text, ''::text), nullif(t."userName"::text, ''::text), ${PHONE.sql})`,
);

/** What is over the limit, whatever its thread id. `bigint`, because a limit over 2^31 is no integer. */
const isOverLimit = (tokenLimit: number) => sqlText`t."threadTokenCount" >= ${tokenLimit}::bigint`;

/**
 * THE predicate: what a cleanup clears. Check, safety limit and cleanup all use it (invariant 5). A conversation that is
 * going on, where that is asked, is left to the next run.
 */
const isDue = ({ isQuiet }: ClientView, tokenLimit: number) =>
  isQuiet ? sqlText`(${isOverLimit(tokenLimit)} and ${isQuiet})` : isOverLimit(tokenLimit);

/** Whether a row is the contact `phone` (SQL of a text), in a form that the key's index serves. */
function isContact({ phoneType }: ClientView, phone: string): SqlText {
  return asSql(
    ['text', 'character varying'].includes(phoneType)
      ? `${PHONE.sql} = ${phone}`
      : `t."phoneNumber" = ${phone}::${phoneType}`,
  );
}

/**
 * The contact `phone` (SQL of a text) of each row before it, as a table `t`. "offset 0" keeps what else is asked of `t` out
 * of the lookup: where the planner expects few such rows it would read the whole table for them, and look through all phones
 * for each, which takes seconds a batch.
 */
function contactOf(view: ClientView, phone: string): SqlText {
  const activity = view.isQuiet ? asSql(', t."lastActivity"') : asSql('');
  return sqlText`lateral (select t."threadId", t."threadTokenCount" ${activity} from only ${asSql(view.quotedName)} t
             where ${isContact(view, phone)} offset 0) t`;
}

/**
 * The figures of check and cleanup as columns of an aggregate over the table `t`. Threads and tokens at or over each bound,
 * not by band: filters run in parallel, where `group by width_bucket(…)` is planned as one process (1.4 times a bare scan
 * against 3.4).
 */
function totals({ isQuiet }: ClientView, tokenLimit: number): SqlText {
  const reaching = bandBounds(tokenLimit).map((bound) => {
    const filter = sqlText`filter (where t."threadTokenCount" >= ${bound}::bigint)`;
    return sqlText`pg_catalog.jsonb_build_object('threads'::text, pg_catalog.count(*) ${filter},
        'tokens'::text, coalesce(pg_catalog.sum(t."threadTokenCount") ${filter}, 0))`;
  });
  const activeCount = isQuiet
    ? sqlText`pg_catalog.count(*) filter (where ${isOverLimit(tokenLimit)} and not ${isQuiet})`
    : asSql('0');
  return sqlText`
    pg_catalog.count(*)::float8 as contacts, coalesce(pg_catalog.max(t."threadTokenCount"), 0)::float8 as "maxTokens",
    ${activeCount}::float8 as "activeCount",
    pg_catalog.jsonb_build_array(${asSql(reaching.map(({ sql }) => sql).join(', '))}) as reaching`;
}

/** The figures by themselves. */
export function selectTotals(sql: Sql, view: ClientView, tokenLimit: number) {
  return sql.unsafe<Totals[]>(sqlText`select ${totals(view, tokenLimit)} from only ${asSql(view.quotedName)} t`.sql);
}

/** The table's storage: a rewrite (VACUUM FULL, CLUSTER) gives it another file, and every row another place. */
export interface Storage {
  /** How many pages it has now. */
  readonly pages: number;
  readonly file: number;
}

const storageOf = ({ quotedName }: ClientView) => sqlText`
  (pg_catalog.pg_relation_size(${quotedName}::text::regclass)
    / pg_catalog.current_setting('block_size'::text)::bigint)::float8 as pages,
  pg_catalog.pg_relation_filenode(${quotedName}::text::regclass)::bigint::float8 as file`;

/** How the table is stored now. A pass ends at the page that was the last one then, however fast the table grows. */
export function selectStorage(sql: Sql, view: ClientView) {
  return sql.unsafe<Storage[]>(sqlText`select ${storageOf(view)}`.sql);
}

/** The most places that come with the figures: about 1 MB. */
export const MAX_PLACES = 50_000;
/** Places on pages below this come with the figures: 2 GB of 8 kB pages. */
export const PLACES_BELOW_PAGE = 262_144;

/** What a cleanup knows before it begins. Its places are those on pages below `PLACES_BELOW_PAGE`, in no order; null when they are not known, or too many. */
export interface Opening extends Totals, FoundPlaces {}

/**
 * Everything that a cleanup has to know before it begins, in one reading of the table. Places come along from PostgreSQL 16
 * on, where `string_agg` runs in parallel (`array_agg` would take 1 kB of the server's memory a place).
 */
export function selectOpening(sql: Sql, view: ClientView, tokenLimit: number) {
  const due = isDue(view, tokenLimit);
  const places =
    view.serverVersion < 160_000
      ? asSql('null::text')
      : sqlText`
          case when pg_catalog.count(*) filter (where ${due}) <= ${MAX_PLACES}
               then coalesce(pg_catalog.string_agg(t.ctid::text, ''::text) filter (
                      where ${due} and t.ctid < ${`(${PLACES_BELOW_PAGE},0)`}::tid), ''::text) end`;
  return sql.unsafe<Opening[]>(
    sqlText`
    select ${totals(view, tokenLimit)}, ${places} as places, ${storageOf(view)} from only ${asSql(view.quotedName)} t`
      .sql,
  );
}

/**
 * All that a check reports, in one statement: one snapshot, whatever is written meanwhile, and nothing written
 * (invariant 5). The largest threads are looked for among those that the figures leave, and only those are sorted.
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
  const table = sql.unsafe(view.quotedName);
  return sql<(Totals & { largest: LargeThread[]; recent: T[] })[]>`
    with figures as materialized (select ${sql.unsafe(totals(view, tokenLimit).sql)} from only ${table} t)
    select f.*,
           (select coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(l)), '[]') from (
             select ${sql.unsafe(PHONE.sql)} as phone, ${sql.unsafe(DISPLAY_NAME.sql)} as name, t."threadId", t."threadTokenCount" as tokens
               from only ${table} t
              where t."threadTokenCount" >= (select ${sql.unsafe(boundReachedBy(mostThreads, tokenLimit).sql)} from figures f)
              order by t."threadTokenCount" desc, t."phoneNumber" limit ${mostThreads}::int) l) as largest,
           ${recentCleanups ? sql`(select coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(r)), '[]') from (${recentCleanups}) r)` : sql`'[]'::jsonb`} as recent
      from figures f`;
}

/**
 * The highest bound that so many threads of the figures `f` have reached: the largest ones are among these, and only they
 * have to be sorted.
 */
function boundReachedBy(threads: number, tokenLimit: number): SqlText {
  const [first, ...others] = bandBounds(tokenLimit).map((bound, index) => ({ bound, index }));
  const cases = others
    .reverse()
    .map(
      ({ bound, index }) =>
        sqlText`when (f.reaching -> ${index}::integer ->> 'threads'::text)::bigint >= ${threads}::bigint then ${bound}::bigint`,
    );
  return sqlText`case ${asSql(cases.map(({ sql }) => sql).join(' '))} else ${first?.bound ?? 1}::bigint end`;
}

/** Every thread that is over the limit or near it, the largest first. */
export function selectNearLimit(sql: Sql, view: ClientView, tokenLimit: number) {
  const [, , nearLimit] = bandBounds(tokenLimit);
  return sql<LargeThread[]>`
    select ${sql.unsafe(PHONE.sql)} as phone, ${sql.unsafe(DISPLAY_NAME.sql)} as name, t."threadId"::text as "threadId",
           t."threadTokenCount"::float8 as tokens
      from only ${sql.unsafe(view.quotedName)} t
     where t."threadTokenCount" >= ${nearLimit}::bigint
     order by t."threadTokenCount" desc, t."phoneNumber"`;
}

/** Places of due rows, one behind the other, and how the table was stored when they were looked for. */
export interface FoundPlaces extends Storage {
  readonly places: string | null;
}

/**
 * Finds what is due on the pages `from` to `to - 1`, without a lock. There is no LIMIT and no order to rely
 * on: an index on the token column or a synchronised scan returns rows in any order, and none is missed for it.
 */
export function selectDuePlaces(sql: Sql, view: ClientView, from: number, to: number, tokenLimit: number) {
  return sql.unsafe<FoundPlaces[]>(
    sqlText`
    select ${storageOf(view)}, pg_catalog.string_agg(t.ctid::text, ''::text) as places
      from only ${asSql(view.quotedName)} t
     where t.ctid >= ${`(${from},0)`}::tid and t.ctid < ${`(${to},0)`}::tid and ${isDue(view, tokenLimit)}`.sql,
  );
}

/** A complete row as it is exported, and the version that it had then. */
export interface RowVersion {
  readonly place: string;
  readonly phone: string;
  readonly version: string;
  /** Null for a row that is too large to be sent. */
  readonly json: string | null;
  /** The row's place among those that were asked for, from 1 on. */
  readonly position: number;
  /** How many rows were found, whether there was room for them or not. */
  readonly found: number;
}

/** A larger row would take the memory of a whole function, as text, as bytes and compressed. */
export const MAX_ROW_BYTES = 32_000_000;

/**
 * Reads the complete rows at `due` that are due still, without a lock, up to so many bytes of JSON: at least one row,
 * and all where they fit. `row_to_json` copies a `json` column as it is, also what `jsonb` refuses (`\u0000`).
 */
export function selectRows(sql: Sql, view: ClientView, due: readonly string[], tokenLimit: number, maxBytes: number) {
  return sql<RowVersion[]>`
    select r.place::text, r.phone, r.version::text, r.position::float8, r.found::float8,
           case when r.length <= ${MAX_ROW_BYTES}::int then r.json end as json
      from (select r.*, pg_catalog.sum(r.length) over (order by r.position rows unbounded preceding) as bytes,
                   pg_catalog.count(*) over () as found
              from (select r.*, pg_catalog.octet_length(r.json) as length
                      from (select t.ctid as place, ${sql.unsafe(PHONE.sql)} as phone, t.xmin as version, found.position,
                                   pg_catalog.row_to_json(t)::text as json
                              from pg_catalog.unnest((select ${arrayOf(due)}::text::tid[])) with ordinality as found (place, position)
                              join only ${sql.unsafe(view.quotedName)} t on t.ctid = found.place
                             where ${sql.unsafe(isDue(view, tokenLimit).sql)}) r) r) r
     where r.bytes <= ${maxBytes}::bigint or r.bytes = r.length::bigint
     order by r.position`;
}

const arrayOf = (texts: readonly string[]) => `{${texts.map((text) => `"${text}"`).join()}}`;

/** Rows to clear, by their places: with the versions that they must have, or in whatever version they are due. */
export type Batch = readonly (string | RowVersion)[];

const isVersion = (row: string | RowVersion): row is RowVersion => typeof row === 'object';

/**
 * Clears the rows of a batch that are still due and that nobody else has locked, as common table expressions that
 * end in `cleared` (phone, name, "threadId", tokens, done).
 *
 * - A row that somebody else has locked is skipped, so nobody waits for anybody (invariant 3).
 * - A place that another row has taken meanwhile is tested like any other; a row that moved away is not found there.
 * - "lateral", so that a row is locked when its place is looked up, by whatever plan. The array of places is a subquery, so
 *   that the planner does not know its length: it would count two thousand, and for a batch of a table of up to some
 *   250,000 rows read the whole table.
 * - "only", and the key compared once more: a child table that appears has places of its own, and a rewrite of the table
 *   between the two halves of the statement gives a place to another row.
 * - The audit is made from `cleared`, not from `locked`: a row that changed between snapshot and lock is in `locked` with
 *   its new values but is not updated. So tokens are conserved (invariant 2), and a second run finds nothing (invariant 4).
 * - `done` says whether the row became what was asked: a trigger may have had it otherwise (invariant 7).
 */
export function clearThreads(view: ClientView, batch: Batch, tokenLimit: number): SqlText {
  const table = asSql(view.quotedName);
  const versions = batch.filter(isVersion);
  const tids = batch.map((row) => (isVersion(row) ? row.place : row));
  const places = sqlText`pg_catalog.unnest((select ${arrayOf(tids)}::tid[]))`;
  const found =
    versions.length > 0
      ? sqlText`rows from (${places}, pg_catalog.unnest((select ${arrayOf(versions.map(({ version }) => version))}::xid[])),
                pg_catalog.jsonb_array_elements_text(${JSON.stringify(versions.map(({ phone }) => phone))}::jsonb)) as found (place, version, phone)`
      : sqlText`${places} as found (place)`;
  const isSameVersion =
    versions.length > 0 ? sqlText`and t.xmin = found.version and ${PHONE} = found.phone` : asSql('');
  return sqlText`
    locked as materialized (
      select l.* from ${found}, lateral (
        select t.ctid as place, ${PHONE} as phone, ${DISPLAY_NAME} as name, t."threadId"::text as "threadId",
               t."threadTokenCount" as tokens
          from only ${table} t
         where t.ctid = found.place and ${isDue(view, tokenLimit)} ${isSameVersion}
           for no key update of t skip locked) l
    ), cleared as (
      update only ${table} t set "threadId" = null, "threadTokenCount" = 0
        from locked where t.ctid = locked.place and ${PHONE} = locked.phone
      returning locked.phone, locked.name, locked."threadId", locked.tokens,
                t."threadId" is null and t."threadTokenCount" = 0 and ${PHONE} = locked.phone as done
    )`;
}

/** How many of the contacts `phones` (SQL of a set of texts) have no thread and no tokens. */
export function countCleared(view: ClientView, phones: SqlText): SqlText {
  return sqlText`
    select pg_catalog.count(*) from ${phones} as e (phone), ${contactOf(view, 'e.phone')}
     where t."threadId" is null and t."threadTokenCount" = 0`;
}

/** Of these contacts, the ones that are due now. */
export function selectStillDue(sql: Sql, view: ClientView, phones: readonly string[], tokenLimit: number) {
  return sql<{ phone: string }[]>`
    select e.phone
      from pg_catalog.jsonb_array_elements_text(${JSON.stringify(phones)}::text::jsonb) e (phone),
           ${sql.unsafe(contactOf(view, 'e.phone').sql)}
     where ${sql.unsafe(isDue(view, tokenLimit).sql)}`;
}

/** Of the rows at `places`, those that are there and due: somebody else has them locked, or refuses the change. */
export function selectDueAt(sql: Sql, view: ClientView, places: readonly string[], tokenLimit: number) {
  return sql<{ phone: string }[]>`
    select ${sql.unsafe(PHONE.sql)} as phone
      from pg_catalog.unnest((select ${arrayOf(places)}::text::tid[])) as found (place)
      join only ${sql.unsafe(view.quotedName)} t on t.ctid = found.place
     where ${sql.unsafe(isDue(view, tokenLimit).sql)}`;
}

/**
 * Restores the threads of `entry` (phone, "threadId", tokens, again) where the contact has no thread now, as a list of
 * common table expressions that ends in `restored` (phone, "threadId", tokens, done).
 *
 * Tokens that the assistant counted meanwhile are added to, not replaced. Left out: entries restored before (`again`) or
 * without a thread id, contacts that are gone, locked, have a newer thread, or whose sum the column cannot hold; and
 * those that changed between snapshot and lock, which may be tried again.
 */
export function restoreThreads(view: ClientView): SqlText {
  const table = asSql(view.quotedName);
  const sum = asSql('coalesce(t."threadTokenCount", 0)::numeric + e.tokens::numeric');
  return sqlText`
    vacant as materialized (
      select t.ctid as place, e.phone, e."threadId"::${asSql(view.threadIdType)} as "threadId", (${sum})::bigint as tokens
        from entry e
        join only ${table} t on ${isContact(view, 'e.phone')}
       where not e.again and e."threadId" is not null and t."threadId" is null
         and ${sum} <= ${view.maxTokens}::numeric
         for no key update of t skip locked
    ), restored as (
      update only ${table} t set "threadId" = vacant."threadId", "threadTokenCount" = vacant.tokens
        from vacant where t.ctid = vacant.place and ${isContact(view, 'vacant.phone')}
      returning vacant.phone, vacant."threadId"::text as "threadId", vacant.tokens,
                t."threadId"::text is not distinct from vacant."threadId"::text and t."threadTokenCount" = vacant.tokens
                  and ${isContact(view, 'vacant.phone')} as done
    )`;
}

/** How many of the contacts of `entries` (SQL of a set of phone, "threadId", tokens) have that thread and those tokens. */
export function countRestored(view: ClientView, entries: SqlText): SqlText {
  return sqlText`
    select pg_catalog.count(*) from ${entries} as e (phone text, "threadId" text, tokens bigint), ${contactOf(view, 'e.phone')}
     where t."threadId"::text = e."threadId" and t."threadTokenCount" = e.tokens`;
}
