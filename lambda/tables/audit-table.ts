import type { Fragment, Sql } from 'postgres';
import type { Database } from '../database/database.ts';
import { PROOF } from '../database/refused-statement.ts';
import { asSql, type SqlText, sqlText } from '../database/sql-text.ts';
import type { TableName } from '../input/values.ts';
import { JobError } from '../model/job-error.ts';
import type { RecentCleanup } from '../model/results.ts';
import { type Needs, quotedList, requirePrivileges, requireShape, requireWritable } from './requirements.ts';
import { type CatalogueTable, findTable, tableUnusable } from './table-lookup.ts';

/** All SQL of the audit table, `"ThreadCleanupLog"`. */
export interface AuditTable {
  readonly quotedName: string;
  /** The old script's table has a `timestamp` without a time zone; it is written and read as UTC. */
  readonly timeZoneAware: boolean;
  /** Triggers that an insert or an update fires, by name. */
  readonly triggers: readonly string[];
  /** The role to which policies of row-level security apply, quoted. */
  readonly guardedRole: string | undefined;
}

const RECORDED = ['cleaned_count', 'total_tokens_cleared', 'execution_time', 'details'];
/** What each use case needs of the table; "Least rights" in docs/database.md are these. */
export const CHECK_AUDIT_NEEDS: Needs = { SELECT: ['id', ...RECORDED] };
export const RESTORE_AUDIT_NEEDS: Needs = { SELECT: ['id', ...RECORDED], UPDATE: ['details'] };
/** What a cleanup needs besides, when old rows expire: locking a row takes the right to update some column of it. */
export const EXPIRY_AUDIT_NEEDS: Needs = { DELETE: true, UPDATE: ['details'] };
export const CLEANUP_AUDIT_NEEDS: Needs = { SELECT: ['id', ...RECORDED], INSERT: RECORDED };

/** Types that hold every figure and every detail as it is. */
const TYPES = {
  id: ['integer', 'bigint'],
  cleaned_count: ['integer', 'bigint'],
  total_tokens_cleared: ['bigint'],
  execution_time: ['timestamp without time zone', 'timestamp with time zone'],
  details: ['jsonb'],
};

/**
 * Looks the audit table up; undefined when there is none yet.
 *
 * @param contactsOwner owner of the contacts' table, who may own this one, too
 * @throws JobError TableUnusable or PrivilegeMissing, naming table, column or grant
 */
export async function openAuditTable(
  database: Database,
  name: TableName,
  contactsOwner: string,
  needs: Needs,
): Promise<AuditTable | undefined> {
  const table = await findTable(database, name);
  if (table === undefined) return undefined;
  requireShape(table, TYPES);
  requireLasting(table, contactsOwner);
  requirePrivileges(table, needs);
  const triggers = table.triggers.filter(({ INSERT, UPDATE }) => INSERT || UPDATE);
  return {
    quotedName: table.quotedName,
    timeZoneAware: table.columns['execution_time']?.type === 'timestamp with time zone',
    triggers: triggers.map(({ name }) => name),
    guardedRole: table.guarded ? table.role : undefined,
  };
}

/** Makes sure that what is recorded lasts, and that its owner's triggers run for nobody who does not trust them. */
function requireLasting(table: CatalogueTable, contactsOwner: string): void {
  const { quotedName, owner, columns, uniqueColumns } = table;
  if (table.persistence !== 'p') {
    throw tableUnusable(
      `${quotedName} must be a permanent table (got ${table.persistence === 'u' ? 'an unlogged' : 'a temporary'} one, which ` +
        'is empty after a crash)',
    );
  }
  if (!table.ownerIsTrusted && owner !== contactsOwner) {
    throw tableUnusable(
      `${quotedName} must belong to ${quotedList([contactsOwner])}, to ${table.role} or to a role that it is a member of ` +
        `(got ${quotedList([owner])}, whose triggers would run with the rights of this job)`,
    );
  }
  if (!columns['id']?.notNull || !uniqueColumns.includes('id')) {
    throw tableUnusable(
      `${quotedList(['id'])} of ${quotedName} must be NOT NULL and unique by itself, so that what is recorded can be found again`,
    );
  }
  requireWritable(table, RECORDED);
  const others = Object.entries(columns).filter(
    ([name, { notNull, hasDefault }]) => notNull && !hasDefault && ![...RECORDED, 'ctid', 'xmin'].includes(name),
  );
  if (others.length > 0) {
    const names = quotedList(others.map(([name]) => name));
    throw tableUnusable(`${quotedName} demands a value for ${names}, which this job does not have. Give it a default`);
  }
}

/**
 * Opens the audit table, creating it first when it is absent. A role without CREATE works when the table is there.
 *
 * @throws JobError PrivilegeMissing when it is absent and the role may not create it
 */
export async function ensureAuditTable(
  database: Database,
  name: TableName,
  contactsOwner: string,
  needs: Needs = CLEANUP_AUDIT_NEEDS,
): Promise<AuditTable> {
  const existing = await openAuditTable(database, name, contactsOwner, needs);
  if (existing) return existing;
  const schema = name.schema ?? database.defaultSchema ?? null;
  const [target] = await database.run(
    (sql) => sql<{ quotedName: string; schema: string | null; role: string; mayCreate: boolean | null }[]>`
      select pg_catalog.format('%I.%I', n.nspname, ${name.name}::text) as "quotedName",
             pg_catalog.format('%I', n.nspname) as schema,
             pg_catalog.format('%I', current_user) as role,
             pg_catalog.has_schema_privilege(n.oid, 'CREATE') as "mayCreate"
        from pg_catalog.pg_namespace n where n.nspname = coalesce(${schema}::text, pg_catalog.current_schema())`,
  );
  if (target === undefined) {
    throw new JobError(
      'TableUnusable',
      `The schema ${schema ?? '(none: the search path is empty)'} for the audit table does not exist. Check AUDIT_TABLE_NAME ` +
        '(context key auditTableName) and ?schema= in the database URL. Nothing was changed.',
    );
  }
  if (!target.mayCreate) {
    throw new JobError(
      'PrivilegeMissing',
      `The audit table ${target.quotedName} is missing and the role ${target.role} may not create it. Create it as ` +
        `docs/database.md shows, or run: GRANT CREATE ON SCHEMA ${target.schema} TO ${target.role}; Nothing was changed.`,
    );
  }
  await database
    .change({ statement: createTable(target.quotedName) }, (sql) => selectOid(sql, target.quotedName))
    .catch(async (error: unknown) => {
      // Two first runs at once: the other one has created it.
      if ((await findTable(database, name)) === undefined) throw error;
    });
  const created = await openAuditTable(database, name, contactsOwner, CLEANUP_AUDIT_NEEDS);
  if (created) return created;
  throw new JobError(
    'TableUnusable',
    `The audit table ${target.quotedName} was created and dropped again. Run once more.`,
  );
}

/**
 * Creates the table and closes it in one transaction: with row-level security and no policy nobody but its owner sees a row,
 * whatever the database grants on new tables by default (invariant 9). It holds what the contacts' table may keep closed.
 */
const createTable = (quotedName: string): SqlText => sqlText`
  create table ${asSql(quotedName)} (
    id                   bigint generated by default as identity primary key,
    cleaned_count        integer not null,
    total_tokens_cleared bigint not null,
    execution_time       timestamptz not null default pg_catalog.now(),
    details              jsonb not null
  );
  alter table ${asSql(quotedName)} enable row level security`;

const selectOid = (sql: Sql, quotedName: string) => sql<{ oid: number }[]>`
  select t.oid::float8 as oid from (select pg_catalog.to_regclass(${quotedName}::text)::oid as oid) t where t.oid is not null`;

/** Now, as `execution_time` has it. */
const currentTime = ({ timeZoneAware }: AuditTable) =>
  asSql(timeZoneAware ? 'pg_catalog.now()' : "(pg_catalog.now() at time zone 'UTC')");

/** A `timestamp` in UTC as ISO 8601. */
const isoTime = (utc: string) => `pg_catalog.to_char(${utc}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'::text)`;

/** Now, as details have it. */
export const currentIsoTime = asSql(isoTime("pg_catalog.now() at time zone 'UTC'"));

/** What one batch did. */
export interface AuditRow {
  readonly id: number;
  readonly cleanedCount: number;
  readonly tokensCleared: number;
}

/** What an audit row says besides the threads. */
export interface AuditRowDetails {
  readonly tokenLimit: number;
  readonly requestId: string;
  /** Where the complete rows are kept, when they were exported. */
  readonly exportedTo?: string | undefined;
}

/** Where a change leaves its audit row's id and digest for a proof in the same transaction. */
const PROVEN_ID = asSql("'thread_cleanup.id'::text");
const PROVEN_DETAILS = asSql("'thread_cleanup.details'::text");
const PROVEN_ENTRIES = asSql("'thread_cleanup.entries'::text");

/**
 * Raises, with the words by which `RefusedStatement` knows a proof. A constant text would be folded when planning, and always
 * raise.
 */
export const raise = (what: ChangedTable, unique: string) =>
  asSql(`pg_catalog.concat('${PROOF} ${what} '::text, ${unique})::integer`);
export type ChangedTable = 'contacts' | 'audit';

/**
 * Inserts the audit row of a batch from the rows `cleared` of the same statement; nothing cleared, no row.
 *
 * The details are built once, as text that becomes `jsonb`, and each thread from its row as it is: `jsonb_build_object` around
 * `jsonb_agg` would build and sort every thread three times over, which is a tenth of what clearing costs. A sum that
 * `total_tokens_cleared` cannot hold is recorded as the most that it can; the details have every thread's own count.
 *
 * What was recorded is compared with what was to be recorded, and every row with what was asked of it: where a trigger had
 * it otherwise, the statement raises and nothing of it is kept (invariants 1 and 7).
 *
 * @param clearThreads common table expressions that end in `cleared` (phone, name, "threadId", tokens, done)
 * @param isProven whether `proveWritten` follows
 */
export function recordCleared(
  audit: AuditTable,
  { tokenLimit, requestId, exportedTo }: AuditRowDetails,
  clearThreads: SqlText,
  isProven: boolean,
): SqlText {
  return sqlText`
    with ${clearThreads}, report as materialized (
      select pg_catalog.count(*) as threads, least(pg_catalog.sum(c.tokens), 9223372036854775807)::bigint as tokens,
             (select pg_catalog.bool_and(c.done) from cleared c) as done,
             pg_catalog.json_build_object(
               'threads'::text, pg_catalog.json_agg(c),
               'tokenLimit'::text, ${tokenLimit}::bigint, 'requestId'::text, ${requestId}::text
               ${exportedTo === undefined ? asSql('') : sqlText`, 'export'::text, ${exportedTo}::text`})::jsonb as details
        from (select c.phone, c.name, c."threadId", c.tokens from cleared c) c having pg_catalog.count(*) > 0
    ), recorded as (
      insert into ${asSql(audit.quotedName)} (cleaned_count, total_tokens_cleared, execution_time, details)
      select report.threads, report.tokens, ${currentTime(audit)}, report.details from report
      returning id, cleaned_count, total_tokens_cleared, details
    )
    select r.id::float8, r.cleaned_count::float8 as "cleanedCount", r.total_tokens_cleared::float8 as "tokensCleared",
           case when not report.done then ${raise('contacts', 'report.threads')}
                when r.details is distinct from report.details or r.cleaned_count is distinct from report.threads
                     or r.total_tokens_cleared is distinct from report.tokens then ${raise('audit', 'report.threads')} end as proof
           ${isProven ? leaveForProof('r') : asSql('')}
      from report left join recorded r on true`;
}

/** Columns that leave a row's id and digest behind until the transaction ends. */
export const leaveForProof = (row: string) => sqlText`,
           pg_catalog.set_config(${PROVEN_ID}, ${asSql(row)}.id::text, true) as "provenId",
           pg_catalog.set_config(${PROVEN_DETAILS}, pg_catalog.md5(${asSql(row)}.details::text), true) as "provenDetails"`;

const left = (name: SqlText) => sqlText`nullif(pg_catalog.current_setting(${name}, true), ''::text)`;

/**
 * Proves in the same transaction, after triggers have acted, that the audit row is there as it was written, and that the
 * contacts are as it says. Where nothing was written, there is nothing to prove.
 *
 * @param found SQL of how many contacts are as they were written, in terms of the audit row `a`
 * @param written SQL of how many were written
 */
export function proveWritten(audit: AuditTable, found: SqlText, written: SqlText): SqlText {
  return sqlText`
    select case when a.id is null then ${raise('audit', 'w.id')}
                when (${found}) <> (${written}) then ${raise('contacts', 'w.id')} end as proof
      from (select ${left(PROVEN_ID)}::bigint as id) w
      left join only ${asSql(audit.quotedName)} a on a.id = w.id and pg_catalog.md5(a.details::text) = ${left(PROVEN_DETAILS)}
     where w.id is not null`;
}

/** @param countCleared makes SQL of how many of a set of phones have no thread */
export function proveCleared(audit: AuditTable, countCleared: (phones: SqlText) => SqlText): SqlText {
  const phones = asSql(
    "(select x.thread ->> 'phone'::text from pg_catalog.jsonb_array_elements(a.details -> 'threads'::text) x (thread))",
  );
  return proveWritten(
    audit,
    countCleared(phones),
    asSql("pg_catalog.jsonb_array_length(a.details -> 'threads'::text)::bigint"),
  );
}

/** @param countRestored makes SQL of how many of a set of phone, "threadId" and tokens are so */
export function proveRestored(audit: AuditTable, countRestored: (entries: SqlText) => SqlText): SqlText {
  const entries = sqlText`${left(PROVEN_ENTRIES)}::jsonb`;
  return proveWritten(
    audit,
    countRestored(sqlText`pg_catalog.jsonb_to_recordset(${entries})`),
    sqlText`pg_catalog.jsonb_array_length(${entries})::bigint`,
  );
}

/**
 * Roles that can read the audit table but not the contacts' table, superusers and the server's own roles apart. A table with
 * row-level security is read by its owner, by whoever bypasses it, and by those for whom there is a policy.
 */
export function selectStrangers(sql: Sql, audit: AuditTable, contacts: string) {
  const reads = (table: string) =>
    sql.unsafe(`(pg_catalog.has_schema_privilege(r.oid, ${table}.relnamespace, 'USAGE'::text)
      and pg_catalog.has_any_column_privilege(r.oid, ${table}.oid, 'SELECT'::text)
      and (not ${table}.relrowsecurity or r.rolbypassrls or pg_catalog.pg_has_role(r.oid, ${table}.relowner, 'MEMBER'::text)
           or exists (select from pg_catalog.pg_policy p, pg_catalog.unnest(p.polroles) o (id)
                       where p.polrelid = ${table}.oid and (o.id = 0::oid or pg_catalog.pg_has_role(r.oid, o.id, 'MEMBER'::text)))))`);
  return sql<{ role: string }[]>`
    select r.rolname::text as role
      from pg_catalog.pg_roles r, pg_catalog.pg_class audit, pg_catalog.pg_class contacts
     where audit.oid = ${audit.quotedName}::text::regclass::oid and contacts.oid = ${contacts}::text::regclass::oid
       and r.oid >= 16384::oid and not r.rolsuper and ${reads('audit')} and not ${reads('contacts')}
     order by 1`;
}

/** Rows that one statement deletes: their details may be large. */
const EXPIRED_ROWS = 500;

/** Deletes some of the rows that are older than `days`, and says how many. */
export function deleteExpiredRows(sql: Sql, audit: AuditTable, days: number) {
  const table = sql.unsafe(audit.quotedName);
  return sql<{ id: number }[]>`
    delete from only ${table} where id in (
      select id from only ${table} where execution_time < ${sql.unsafe(currentTime(audit).sql)} - pg_catalog.make_interval(days => ${days}::int)
       order by id limit ${EXPIRED_ROWS}::int for update skip locked)
    returning id::float8`;
}

/** The newest row's id, 0 when there is none: rows of ours come after it. */
export function selectLastAuditId(sql: Sql, audit: AuditTable) {
  return sql<{ id: number }[]>`
    select coalesce(pg_catalog.max(id), 0)::float8 as id from only ${sql.unsafe(audit.quotedName)}`;
}

/** What a run has done, by its audit rows. */
export interface RunSums {
  readonly auditCount: number;
  readonly cleanedCount: number;
  readonly totalTokensCleared: number;
  /** The first of its rows. */
  readonly auditIds: readonly number[];
}

/** Sums the audit rows of a run up, from `firstId` on, and lists so many of their ids. */
export function selectRunSums(sql: Sql, audit: AuditTable, requestId: string, firstId: number, mostIds: number) {
  return sql<RunSums[]>`
    select pg_catalog.count(*)::float8 as "auditCount", coalesce(pg_catalog.sum(r.cleaned_count), 0)::float8 as "cleanedCount",
           coalesce(pg_catalog.sum(r.total_tokens_cleared), 0)::float8 as "totalTokensCleared",
           coalesce(pg_catalog.jsonb_agg(r.id order by r.id) filter (where r.position <= ${mostIds}::bigint), '[]') as "auditIds"
      from (select a.*, pg_catalog.row_number() over (order by a.id) as position
              from (select id, cleaned_count, total_tokens_cleared from only ${sql.unsafe(audit.quotedName)}
                     where id >= ${firstId}::bigint and details ->> 'requestId'::text = ${requestId}::text) a) r`;
}

/** The row that a batch of this request left behind `afterId`, for when the connection broke before it could say so. */
export function selectAuditRowAfter(sql: Sql, audit: AuditTable, afterId: number, requestId: string) {
  return sql<AuditRow[]>`
    select id::float8, cleaned_count::float8 as "cleanedCount", total_tokens_cleared::float8 as "tokensCleared"
      from only ${sql.unsafe(audit.quotedName)}
     where id > ${afterId}::bigint and details ->> 'requestId'::text = ${requestId}::text
     order by id limit 1`;
}

/** Rows that are looked at for the last runs, at most: five runs that cleared 4 million threads each. */
const RECENT_ROWS = 10_000;

/**
 * The last runs, newest first, as a fragment that yields the rows of `RecentCleanup`.
 *
 * Goes back row by row until one run more than asked for has been met, and no further: the request id is in the details,
 * and those of a full batch are some hundred kB that the server has to unpack.
 */
export function recentCleanups(sql: Sql, audit: AuditTable, most: number): Fragment {
  const table = sql.unsafe(audit.quotedName);
  const utc = audit.timeZoneAware ? `pg_catalog.max("time") at time zone 'UTC'` : 'pg_catalog.max("time")';
  // What is in the details is unpacked before anything is made of it, once each.
  const row = (condition: Fragment) => sql`
    select x.id, x.threads, x.tokens, x."time", x."requestId", coalesce(x."requestId", 'row '::text || x.id::text) as run,
           r.restored, r."restoredAt"
      from (select a.id, a.cleaned_count as threads, a.total_tokens_cleared as tokens, a.execution_time as "time",
                   a.details ->> 'requestId'::text as "requestId", a.details -> 'restored'::text as notes
              from only ${table} a ${condition} order by a.id desc limit 1) x,
           lateral (select pg_catalog.sum(pg_catalog.jsonb_array_length(n.note -> 'phones'::text)) as restored,
                           pg_catalog.max(n.note ->> 'at'::text) as "restoredAt"
                      from pg_catalog.jsonb_array_elements(coalesce(x.notes, '[]'::jsonb)) n (note)) r`;
  return sql`
    with recursive back as (
      select newest.*, array[newest.run] as runs, 1 as rows from (${row(sql``)}) newest
      union all
      select older.*, case when older.run = any (back.runs) then back.runs else pg_catalog.array_append(back.runs, older.run) end,
             back.rows + 1
        from back, lateral (${row(sql`where a.id < back.id`)}) older
       where pg_catalog.cardinality(back.runs) <= ${most}::int and back.rows < ${RECENT_ROWS}::int
    )
    select pg_catalog.max(id) as id, pg_catalog.min(id) as "firstId", "requestId", ${sql.unsafe(isoTime(utc))} as "executionTime",
           coalesce(pg_catalog.sum(threads), 0) as "cleanedCount", coalesce(pg_catalog.sum(tokens), 0) as "totalTokensCleared",
           pg_catalog.count(*) as "auditCount", coalesce(pg_catalog.sum(restored), 0) as "restoredCount",
           pg_catalog.max("restoredAt") as "restoredAt"
      from back group by run, "requestId" order by 1 desc limit ${most}::int`;
}

/** The last runs, newest first, by themselves. */
export function selectRecentCleanups(sql: Sql, audit: AuditTable, most: number) {
  return sql<{ runs: RecentCleanup[] }[]>`
    select coalesce(pg_catalog.jsonb_agg(pg_catalog.to_jsonb(r)), '[]') as runs
      from (${recentCleanups(sql, audit, most)}) r`;
}

/** A thread as an audit row records it. */
export interface RecordedThread {
  readonly phone: string;
  readonly name: string;
  readonly threadId: string | null;
  readonly tokens: number;
}

/** An audit row as people look at it. */
export interface RecordedBatch {
  readonly id: number;
  /** ISO 8601, UTC. */
  readonly executionTime: string | null;
  readonly cleanedCount: number;
  readonly totalTokensCleared: number;
  /** Where the complete rows are kept, when they were exported. */
  readonly exportedTo: string | null;
  /** The largest of its threads, without those of people who were erased. */
  readonly threads: readonly RecordedThread[];
}

/** Audit rows by their ids, each with so many of its threads, the largest first. */
export function selectRecordedBatches(sql: Sql, audit: AuditTable, ids: readonly number[], mostThreads: number) {
  const utc = audit.timeZoneAware ? "l.execution_time at time zone 'UTC'" : 'l.execution_time';
  return sql<RecordedBatch[]>`
    select l.id::float8 as id, l.cleaned_count::float8 as "cleanedCount",
           l.total_tokens_cleared::float8 as "totalTokensCleared",
           ${sql.unsafe(isoTime(utc))} as "executionTime", l.details ->> 'export'::text as "exportedTo",
           (select coalesce(pg_catalog.jsonb_agg(t.thread), '[]')
              from (select e.thread from pg_catalog.jsonb_array_elements(l.details -> 'threads'::text) e (thread)
                     where e.thread ? 'phone'::text
                     order by (e.thread ->> 'tokens'::text)::numeric desc limit ${mostThreads}::int) t) as threads
      from only ${sql.unsafe(audit.quotedName)} l
     where l.id in (select pg_catalog.jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb)::bigint)
     order by l.id`;
}

/** An audit row as far as a restore has to know it before it begins. */
export interface RestorableRow {
  readonly id: number;
  /** False for a row of the old script, which did not record thread ids. */
  readonly hasThreadIds: boolean;
  /** How many restores have noted in it who was restored. */
  readonly notes: number;
  /** Which of its threads are to be restored. */
  readonly from: number;
  readonly to: number;
}

/** SQL of `RestorableRow`, in terms of a row's details. Of people who were erased there is no thread id left. */
export const HAS_THREAD_IDS = asSql(
  "coalesce(pg_catalog.jsonb_path_exists(details, '$.threads[*] ? (exists (@.threadId) || exists (@.erasedAt))'), false)",
);
export const noteCount = asSql("coalesce(pg_catalog.jsonb_array_length(details -> 'restored'::text), 0)");

/** The run that has exactly these first and last audit rows; none when they belong to several, or to a part of one. */
export function selectRun(sql: Sql, audit: AuditTable, firstId: number, lastId: number) {
  const table = sql.unsafe(audit.quotedName);
  return sql<{ requestId: string }[]>`
    select f.run as "requestId"
      from (select details ->> 'requestId'::text as run from only ${table} where id = ${firstId}::bigint) f
      join only ${table} a on a.details ->> 'requestId'::text = f.run
     group by f.run having pg_catalog.min(a.id)::bigint = ${firstId}::bigint and pg_catalog.max(a.id)::bigint = ${lastId}::bigint`;
}

/** The audit rows of a run, or one by its id; newest first, since of two cleared threads the newer one comes back. */
export function selectRestorable(sql: Sql, audit: AuditTable, which: { auditId: number } | { requestId: string }) {
  const condition =
    'auditId' in which
      ? sql`id = ${which.auditId}::bigint`
      : sql`details ->> 'requestId'::text = ${which.requestId}::text`;
  return sql<RestorableRow[]>`
    select id::float8, ${sql.unsafe(HAS_THREAD_IDS.sql)} as "hasThreadIds", ${sql.unsafe(noteCount.sql)} as notes,
           0 as "from", coalesce(pg_catalog.jsonb_array_length(details -> 'threads'::text), 0) as "to"
      from only ${sql.unsafe(audit.quotedName)} where ${condition} order by id desc`;
}

/** Some of an audit row's threads, by their positions: from the first up to, but not including, the second. */
export type ThreadRange = readonly [from: number, to: number];

/** What restoring some of an audit row's threads did. */
export interface RestoredRow {
  /** Whether the audit row was there and could be locked. */
  readonly found: boolean;
  readonly threads: number;
  readonly restored: number;
  /** How many of the restored have an id of OpenAI's Assistants API. */
  readonly assistants: number;
  readonly restoredBefore: number;
}

/** A restore of some threads of an audit row. */
export interface RowRestore {
  readonly id: number;
  readonly range: ThreadRange;
  /** Of the restore; written into the audit row beside those who were restored. */
  readonly requestId: string;
}

/**
 * The row, who was restored from it before, and its threads in the range, as common table expressions `log` (id, details,
 * notes), `before` (phone) and `entry` (phone, "threadId", tokens, again). People who were erased have an entry each, without
 * a phone.
 *
 * @param condition of the notes `n` (note, position) that count as before
 */
const entriesOf = (
  audit: AuditTable,
  { id, range: [from, to] }: RowRestore,
  condition: SqlText,
  lock: SqlText,
) => sqlText`
    log as materialized (
      select id, details, coalesce(details -> 'restored'::text, '[]'::jsonb) as notes
        from only ${asSql(audit.quotedName)} where id = ${id}::bigint ${lock}
    ), before as materialized (
      select p.phone
        from log, pg_catalog.jsonb_array_elements(log.notes) with ordinality n (note, position),
             pg_catalog.jsonb_array_elements_text(n.note -> 'phones'::text) p (phone)
       where ${condition} and p.phone is not null
    ), entry as materialized (
      select e.phone, e."threadId", e.tokens, e.phone in (select phone from before) as again
        from (select distinct on (x.thread ->> 'phone'::text, case when not x.thread ? 'phone'::text then x.position end)
                     x.thread ->> 'phone'::text as phone, x.thread ->> 'threadId'::text as "threadId", (x.thread ->> 'tokens'::text)::bigint as tokens, x.position
                from log, pg_catalog.jsonb_array_elements(log.details -> 'threads'::text) with ordinality x (thread, position)
               order by x.thread ->> 'phone'::text, case when not x.thread ? 'phone'::text then x.position end, x.position) e
       where e.position > ${from}::bigint and e.position <= ${to}::bigint
    )`;

/** Ids of OpenAI's Assistants API, which ended on 2026-08-26, begin so. */
const isOfAssistants = (row: string) => asSql(`pg_catalog.starts_with(${row}."threadId"::text, 'thread_'::text)`);

/**
 * What a restore noted in an audit row, for when the connection broke before it could say so.
 *
 * @param notesBefore notes that were there when the restore began: an earlier attempt has the same request id
 * @param own how many notes it has written since
 */
export function selectRestored(sql: Sql, audit: AuditTable, restore: RowRestore, notesBefore: number, own: number) {
  const isOwn = sqlText`(n.note ->> 'requestId'::text = ${restore.requestId}::text and n.position > ${notesBefore}::bigint)`;
  const { sql: text } = sqlText`
    with ${entriesOf(audit, restore, sqlText`not ${isOwn}`, asSql(''))}
    select true as found, (select pg_catalog.count(*) from entry)::float8 as threads,
           pg_catalog.jsonb_array_length(n.note -> 'phones'::text)::float8 as restored,
           (select pg_catalog.count(*) from entry e
             where n.note -> 'phones'::text ? e.phone and ${isOfAssistants('e')})::float8 as assistants,
           (select pg_catalog.count(*) from entry where again)::float8 as "restoredBefore"
      from log, pg_catalog.jsonb_array_elements(log.notes) with ordinality n (note, position)
     where ${isOwn} order by n.position offset ${own} limit 1`;
  return sql.unsafe<RestoredRow[]>(text);
}

/**
 * Restores some threads of one audit row and notes in it who was restored, in one statement: both or neither (invariant 1),
 * so that a thread is never restored from this row again, and its tokens are never counted twice (invariant 2). The row
 * itself is locked first; a second restore of it waits for this one statement and then sees its note.
 *
 * The note is compared as a whole with what was to be noted, and every contact with what was asked (invariant 7).
 *
 * @param restoreThreads common table expressions that turn `entry` into `restored` (phone, "threadId", tokens, done)
 * @param isProven whether `proveRestored` follows
 */
export function restoreAuditRow(
  audit: AuditTable,
  restore: RowRestore,
  restoreThreads: SqlText,
  isProven: boolean,
): SqlText {
  const proof = sqlText`${leaveForProof('noted')},
           pg_catalog.set_config(${PROVEN_ENTRIES}, report.entries::text, true) as "provenEntries"`;
  return sqlText`
    with ${entriesOf(audit, restore, asSql('true'), asSql('for no key update'))}, ${restoreThreads}, report as materialized (
      select pg_catalog.count(*) as restored, pg_catalog.bool_and(r.done) as done,
             pg_catalog.count(*) filter (where ${isOfAssistants('r')}) as assistants,
             pg_catalog.jsonb_agg(pg_catalog.jsonb_build_object(
               'phone'::text, r.phone, 'threadId'::text, r."threadId", 'tokens'::text, r.tokens)) as entries,
             (select log.details || pg_catalog.jsonb_build_object('restored'::text, log.notes || pg_catalog.jsonb_build_object(
                'at'::text, ${currentIsoTime},
                'requestId'::text, ${restore.requestId}::text,
                'phones'::text, pg_catalog.jsonb_agg(r.phone))) from log) as details
        from restored r having pg_catalog.count(*) > 0
    ), noted as (
      update only ${asSql(audit.quotedName)} a set details = report.details from log, report where a.id = log.id
      returning a.id, a.details
    )
    select exists (select from log) as found,
           (select pg_catalog.count(*) from entry)::float8 as threads, coalesce(report.restored, 0::bigint)::float8 as restored,
           coalesce(report.assistants, 0::bigint)::float8 as assistants, (select pg_catalog.count(*) from entry where again)::float8 as "restoredBefore",
           case when not report.done then ${raise('contacts', 'report.restored')}
                when noted.details is distinct from report.details then ${raise('audit', 'report.restored')} end as proof
           ${isProven ? proof : asSql('')}
      from (select 1 as one) always left join report on true left join noted on true`;
}
