import type { Sql } from 'postgres';
import type { CleanupResult } from '../../../lambda/model/results.ts';

/**
 * Starts a ledger of everything that is written to `"ClientView"` by others than the job: the tokens and the threads
 * that each write added to a contact or took from it, NEW minus OLD. Nobody but the server knows them, since a client
 * that reads, adds and writes does not know what it overwrites.
 */
export async function openLedger(sql: Sql): Promise<void> {
  await sql.unsafe(`
    create table "Ledger" (phone text not null, "threadId" text, tokens bigint not null, threads int not null);
    create table "Erased" (phone text not null, "threadId" text);
    create function keep_ledger() returns trigger language plpgsql security definer as $$ begin
      if current_setting('application_name') = 'thread-cleanup' then return null; end if;
      if tg_op <> 'INSERT' then
        insert into "Ledger" values (old."phoneNumber", old."threadId", -coalesce(old."threadTokenCount", 0), -1);
      end if;
      if tg_op <> 'DELETE' then
        insert into "Ledger" values (new."phoneNumber", new."threadId", coalesce(new."threadTokenCount", 0), 1);
      end if;
      return null;
    end $$;
    create trigger keep_ledger after insert or update or delete on "ClientView"
      for each row execute function keep_ledger()`);
}

/** Keeps whom somebody is about to erase, and then the thread ids of the receipt. */
export async function noteErased(
  sql: Sql,
  phone: string,
  threadIds: readonly (string | null)[] = [null],
): Promise<true> {
  await sql`insert into "Erased" select ${phone}, jsonb_array_elements_text(${JSON.stringify(threadIds)}::text::jsonb)`;
  return true;
}

/** Everything in the audit that has not come back. */
const AUDITED = `
  select t.phone, t."threadId", t.tokens
    from "ThreadCleanupLog" l, jsonb_to_recordset(l.details -> 'threads')
         t (phone text, "threadId" text, tokens bigint, restored boolean)
   where t.restored is not true and not exists (select from jsonb_array_elements(coalesce(l.details -> 'restored', '[]')) n
                      where n -> 'phones' ? t.phone)`;

/** What the ledger says against what is there: in the table, or in the audit without what came back. */
export interface Balance {
  readonly contacts: number;
  /** Tokens of the ledger that are nowhere, or there twice, added up without regard to sign. */
  readonly lostTokens: number;
  /** The same for threads that the assistant began. */
  readonly lostThreads: number;
  /** Audit rows whose own figures are not those of their threads. */
  readonly wrongRows: number;
}

/**
 * Draws the balance in one statement: it is that of one moment, whoever writes meanwhile. What was erased has no phone any
 * more: whoever was ever to be erased counts as one person, and a thread of theirs may be in a receipt.
 */
export async function balanceOf(sql: Sql): Promise<Balance> {
  const [balance] = await sql.unsafe<Balance[]>(`
    with audited as materialized (${AUDITED}), entry as (
      select phone, "threadId", tokens, threads from "Ledger"
      union all
      select "phoneNumber", "threadId", -coalesce("threadTokenCount", 0), -1 from "ClientView"
      union all
      select phone, null, -tokens, 0 from audited
      union all
      select phone, "threadId", 0, -1 from audited
    )
    select (select count(*) from "ClientView")::int as contacts,
           (select coalesce(sum(abs(tokens)), 0) from (select sum(tokens) as tokens from entry group by case when phone in (select phone from "Erased") then null else phone end) p)::float8
             as "lostTokens",
           (select coalesce(sum(abs(threads)), 0) from (
              select phone, "threadId", sum(threads) as threads from entry where "threadId" is not null group by phone, "threadId") t
             where threads < 0 or not exists (select from "Erased" e where e.phone = t.phone and e."threadId" = t."threadId"))::float8
             as "lostThreads",
           (select count(*) from "ThreadCleanupLog" l, lateral (
              select count(*) as threads, sum(tokens) as tokens
                from jsonb_to_recordset(l.details -> 'threads') t (tokens bigint)) t
             where l.cleaned_count <> t.threads or l.total_tokens_cleared <> t.tokens)::int as "wrongRows"`);
  if (balance === undefined) throw new Error('The ledger gave no balance.');
  return balance;
}

/** What a cleanup says about itself. */
export type ReportedRun = Pick<
  CleanupResult,
  'requestId' | 'cleanedCount' | 'totalTokensCleared' | 'auditCount' | 'auditIds'
>;

/** Runs whose figures are not those of their audit rows. */
export async function misreportedRuns(sql: Sql, runs: readonly ReportedRun[]): Promise<unknown[]> {
  const rows = await sql<ReportedRun[]>`
    select details ->> 'requestId' as "requestId", sum(cleaned_count)::float8 as "cleanedCount",
           sum(total_tokens_cleared)::float8 as "totalTokensCleared", count(*)::float8 as "auditCount",
           to_jsonb((array_agg(id::int order by id))[:100]) as "auditIds"
      from "ThreadCleanupLog" group by 1`;
  const recorded = new Map(rows.map((row) => [row.requestId, row]));
  return runs.flatMap(({ requestId, cleanedCount, totalTokensCleared, auditCount, auditIds }) => {
    const said = { requestId, cleanedCount, totalTokensCleared, auditCount, auditIds };
    const nothing = { requestId, cleanedCount: 0, totalTokensCleared: 0, auditCount: 0, auditIds: [] };
    const audit = { ...(recorded.get(requestId) ?? nothing) };
    return JSON.stringify(said) === JSON.stringify(audit) ? [] : [{ said, audit }];
  });
}
