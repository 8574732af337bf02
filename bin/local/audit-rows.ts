import type { TableNames } from '../../lambda/check.ts';
import { CHECK_LOG_NEEDS, openCleanupLog } from '../../lambda/cleanup-log.ts';
import type { Database } from '../../lambda/database.ts';

/** What a batch of a cleanup left in the audit table. */
export interface AuditRowDetails {
  readonly id: number;
  /** ISO 8601, UTC. */
  readonly executionTime: string;
  readonly cleanedCount: number;
  readonly totalTokensCleared: number;
  /** The largest of its threads. */
  readonly threads: readonly AuditedThread[];
}

export interface AuditedThread {
  readonly phone: string;
  readonly name: string;
  readonly threadId: string | null;
  readonly tokens: number;
}

/**
 * Reads audit rows as people look at them.
 *
 * @param mostThreads how many of each row's threads, the largest first
 */
export async function readAuditRows(
  database: Database,
  { auditTableName, defaultSchema }: TableNames,
  ids: readonly number[],
  mostThreads: number,
): Promise<AuditRowDetails[]> {
  const log = await openCleanupLog(database, auditTableName, defaultSchema, CHECK_LOG_NEEDS);
  if (log === undefined || ids.length === 0) return [];
  return database.run(
    (sql) => sql<AuditRowDetails[]>`
      select l.id::float8 as id, l.cleaned_count::float8 as "cleanedCount",
             l.total_tokens_cleared::float8 as "totalTokensCleared",
             to_char(${log.timeZoneAware ? sql`l.execution_time at time zone 'UTC'` : sql`l.execution_time`},
                     'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "executionTime",
             (select coalesce(jsonb_agg(t.thread), '[]')
                from (select e.thread from jsonb_array_elements(l.details -> 'threads') e (thread)
                       order by (e.thread ->> 'tokens')::numeric desc limit ${mostThreads}::int) t) as threads
        from ${sql.unsafe(log.quotedName)} l
       where l.id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::text::jsonb)::bigint)
       order by l.id`,
  );
}
