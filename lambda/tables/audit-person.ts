import type { Sql } from 'postgres';
import { asSql, type SqlText, sqlText } from '../database/sql-text.ts';
import {
  type AuditTable,
  currentIsoTime,
  HAS_THREAD_IDS,
  leaveForProof,
  noteCount,
  proveWritten,
  type RestorableRow,
  raise,
} from './audit-table.ts';
import type { Needs } from './requirements.ts';

/** What an erasure needs of the audit table; of the contacts' table it needs nothing. */
export const ERASE_AUDIT_NEEDS: Needs = { SELECT: ['id', 'details'], UPDATE: ['details'] };

/** SQL of whether a row `a` names a person, in the form that the index of docs/database.md serves. */
const isNamedIn = (phone: string) => sqlText`
  pg_catalog.jsonb_path_query_array(a.details, '$.threads[*].phone'::jsonpath) @> pg_catalog.jsonb_build_array(${phone}::text)`;

/** What an entry `x.thread` of a person is recognised by. */
const isEntryOf = (phone: string) => sqlText`x.thread @> pg_catalog.jsonb_build_object('phone'::text, ${phone}::text)`;

/**
 * A simple query whose second result is the rows of `statement`, found through the index where there is one. The planner
 * knows the details by their places alone, not by the megabytes behind them: to read them all looks cheap to it.
 */
function selectThroughIndex<T>(sql: Sql, statement: SqlText) {
  const plan = ['enable_seqscan', 'enable_indexscan'].map(
    (way) => sqlText`pg_catalog.set_config(${way}::text, 'off'::text, true)`.sql,
  );
  return sql.unsafe<T[][]>(`select ${plan.join(', ')};\n${statement.sql}`).simple();
}

/** An audit row that names a person, and what only the row says of them. */
export interface NamingRow {
  readonly id: number;
  readonly threadIds: readonly string[];
  /** Where the complete rows are kept, when they were exported. */
  readonly exportedTo: string | null;
}

/** The audit rows that name a person, oldest first. */
export function selectNamingRows(sql: Sql, audit: AuditTable, phone: string) {
  return selectThroughIndex<NamingRow>(
    sql,
    sqlText`
    select a.id::float8, a.details ->> 'export'::text as "exportedTo",
           (select coalesce(pg_catalog.jsonb_agg(x.thread -> 'threadId'::text), '[]'::jsonb)
              from pg_catalog.jsonb_array_elements(a.details -> 'threads'::text) x (thread)
             where ${isEntryOf(phone)} and x.thread ->> 'threadId'::text is not null) as "threadIds"
      from only ${asSql(audit.quotedName)} a where ${isNamedIn(phone)} order by a.id`,
  );
}

/** The latest thread that was cleared of a contact: one with an id, where there is any. */
export function selectLatestThread(sql: Sql, audit: AuditTable, phone: string) {
  return selectThroughIndex<RestorableRow>(
    sql,
    sqlText`
    select a.id::float8, ${HAS_THREAD_IDS} as "hasThreadIds", ${noteCount} as notes,
           e.position::float8 - 1::float8 as "from", e.position::float8 as "to"
      from only ${asSql(audit.quotedName)} a, lateral (
             select x.position, x.thread ->> 'threadId'::text is not null as whole
               from pg_catalog.jsonb_array_elements(a.details -> 'threads'::text) with ordinality x (thread, position)
              where ${isEntryOf(phone)} order by x.position limit 1) e
     where ${isNamedIn(phone)} order by e.whole desc, a.id desc limit 1`,
  );
}

/** What erasing a person from an audit row did; no row when the audit row did not name them. */
export interface ErasedRow {
  readonly entries: number;
}

/**
 * Erases a person from one audit row, in one statement. Of the entry the tokens stay, and whether it was restored, so that
 * the sums of the row are true as before; in the notes of restores a null is left in the person's place.
 *
 * The details are compared as a whole with what was to be written (invariant 7). Whether the person was restored is looked at
 * once, and not for every entry: that would read the details as often.
 *
 * @param isProven whether `proveErased` follows
 */
export function eraseFromRow(audit: AuditTable, id: number, phone: string, isProven: boolean): SqlText {
  const wasRestored = sqlText`a.details @> pg_catalog.jsonb_build_object('restored'::text, pg_catalog.jsonb_build_array(
      pg_catalog.jsonb_build_object('phones'::text, pg_catalog.jsonb_build_array(${phone}::text))))`;
  const remains = sqlText`
    pg_catalog.jsonb_build_object('tokens'::text, thread -> 'tokens'::text, 'erasedAt'::text, ${currentIsoTime})
      || case when "wasRestored" then '{"restored":true}'::jsonb else '{}'::jsonb end`;
  return sqlText`
    with log as materialized (
      select a.id, a.details, ${wasRestored} as "wasRestored"
        from only ${asSql(audit.quotedName)} a where a.id = ${id}::bigint for no key update
    ), entry as materialized (
      select x.thread, x.position, ${isEntryOf(phone)} as erased, log."wasRestored"
        from log, pg_catalog.jsonb_array_elements(log.details -> 'threads'::text) with ordinality x (thread, position)
    ), note as materialized (
      select n.position, n.note || pg_catalog.jsonb_build_object('phones'::text, (
               select coalesce(pg_catalog.jsonb_agg(case when p.phone = pg_catalog.to_jsonb(${phone}::text) then 'null'::jsonb
                                                         else p.phone end order by p.position), '[]'::jsonb)
                 from pg_catalog.jsonb_array_elements(n.note -> 'phones'::text) with ordinality p (phone, position))) as note
        from log, pg_catalog.jsonb_array_elements(log.details -> 'restored'::text) with ordinality n (note, position)
       where log."wasRestored"
    ), report as materialized (
      select log.id, e.entries, log.details || pg_catalog.jsonb_build_object('threads'::text, e.threads)
               || coalesce((select pg_catalog.jsonb_build_object('restored'::text, pg_catalog.jsonb_agg(n.note order by n.position))
                              from note n having pg_catalog.count(*) > 0), '{}'::jsonb) as details
        from log, (select pg_catalog.count(*) filter (where erased) as entries,
                          pg_catalog.jsonb_agg(case when erased then ${remains} else thread end order by position) as threads
                     from entry) e
       where e.entries > 0
    ), noted as (
      update only ${asSql(audit.quotedName)} a set details = report.details from report where a.id = report.id
      returning a.id, a.details
    )
    select report.entries::float8,
           case when noted.details is distinct from report.details then ${raise('audit', 'report.entries')} end as proof
           ${isProven ? leaveForProof('noted') : asSql('')}
      from report left join noted on true`;
}

/** Proves that triggers have left what was erased as it was written. */
export const proveErased = (audit: AuditTable): SqlText => proveWritten(audit, asSql('0'), asSql('0'));

/** Whether a row does not name a person, for when the connection broke before an erasure could say what it did. */
export function selectErased(sql: Sql, audit: AuditTable, id: number, phone: string) {
  return sql.unsafe<ErasedRow[]>(
    sqlText`
    select 1::float8 as entries from only ${asSql(audit.quotedName)} a where a.id = ${id}::bigint and not ${isNamedIn(phone)}`
      .sql,
  );
}
