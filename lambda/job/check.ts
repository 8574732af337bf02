import type { Database } from '../database/database.ts';
import type { TableNames } from '../input/settings.ts';
import { bandOf, percentOf } from '../model/bands.ts';
import { threadFigures } from '../model/figures.ts';
import type { CheckResult, RecentCleanup } from '../model/results.ts';
import { CHECK_AUDIT_NEEDS, openAuditTable, recentCleanups } from '../tables/audit-table.ts';
import { CHECK_NEEDS, openClientView, selectReport } from '../tables/client-view.ts';
import { en, type Texts } from '../texts/en.ts';
import { checkSummary } from '../texts/summary.ts';

/** The design's contract. */
const MAX_TOP_THREADS = 10;
const MAX_RECENT_CLEANUPS = 5;

/**
 * Reports how full the threads are. Writes nothing, and needs no more than SELECT.
 *
 * @param tokenLimit tokens at which a cleanup would clear a thread
 * @throws JobError TableUnusable, PrivilegeMissing, StatementTimeout or StatementFailed
 */
export async function check(
  database: Database,
  names: TableNames,
  tokenLimit: number,
  texts: Texts = en,
): Promise<CheckResult> {
  const view = await openClientView(database, names.clientViewName, names.defaultSchema, CHECK_NEEDS);
  const log = await openAuditTable(database, names.auditTableName, names.defaultSchema, CHECK_AUDIT_NEEDS);
  const [report] = await database.run((sql) =>
    selectReport<RecentCleanup>(
      sql,
      view,
      tokenLimit,
      MAX_TOP_THREADS,
      log && recentCleanups(sql, log, MAX_RECENT_CLEANUPS),
    ),
  );
  const result = {
    mode: 'check' as const,
    tokenLimit,
    ...threadFigures(report?.totals ?? []),
    topThreads: (report?.largest ?? []).map((thread) => ({
      ...thread,
      percent: percentOf(thread.tokens, tokenLimit),
      band: bandOf(thread.tokens, tokenLimit),
    })),
    recentCleanups: report?.recent ?? [],
  };
  return { ...result, summary: checkSummary(result, texts) };
}
