import type { Sql } from 'postgres';

/** Forgets everything and puts `count` threads over 1,000,000 tokens in, and a copy of them for comparison. */
export async function insertDueThreads(sql: Sql, count: number): Promise<void> {
  await sql.unsafe(`
    truncate "ClientView";
    drop table if exists "Before";
    insert into "ClientView" ("phoneNumber", name, "lastActivity", "threadId", "threadTokenCount")
      select n::text, 'name ' || n, now(), 'conv_' || n, 1000000 + n from generate_series(1, ${count}) n;
    create table "Before" as select * from "ClientView"`);
}

export interface Halves {
  readonly untouched: number;
  readonly cleared: number;
  /** Neither as they were and absent from the audit, nor cleared and in the audit once with the values they had. */
  readonly torn: number;
}

/** Compares the table with its copy, contact by contact. */
export async function compareWithBefore(sql: Sql): Promise<Halves> {
  const [halves] = await sql<Halves[]>`
    with audited as (
      select t.phone, count(*) as times, min(t.name) as name, min(t."threadId") as "threadId", min(t.tokens) as tokens
        from "ThreadCleanupLog" l, jsonb_to_recordset(l.details -> 'threads')
             t (phone text, name text, "threadId" text, tokens bigint) group by 1
    ), fate as (
      select to_jsonb(c) = to_jsonb(b) and a.phone is null as untouched,
             c."threadId" is null and c."threadTokenCount" = 0 and a.times = 1
               and (a.name, a."threadId", a.tokens) = (b.name, b."threadId", b."threadTokenCount") as cleared
        from "Before" b left join "ClientView" c using ("phoneNumber") left join audited a on a.phone = b."phoneNumber"
    )
    select (count(*) filter (where untouched))::int as untouched, (count(*) filter (where cleared))::int as cleared,
           (count(*) filter (where (untouched or cleared) is not true))::int as torn from fate`;
  if (halves === undefined) throw new Error('The comparison gave nothing.');
  return halves;
}
