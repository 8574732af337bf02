import type { Database } from '../database/database.ts';
import { BANDS, type Band, bandOf, percentOf } from '../model/bands.ts';
import type { TableName } from '../table-name.ts';
import { CHECK_LOG_NEEDS, openCleanupLog, type RecentCleanup, recentCleanups } from '../tables/audit-table.ts';
import { type BandTotal, CHECK_NEEDS, type LargeThread, openClientView, selectReport } from '../tables/client-view.ts';
import { en, type Texts } from '../texts/en.ts';
import { checkSummary } from '../texts/summary.ts';

/** Where a use case works. `defaultSchema` is where a table name without a schema is looked for. */
export interface TableNames {
  readonly clientViewName: TableName;
  readonly auditTableName: TableName;
  readonly defaultSchema: string | undefined;
}

export interface BandFigures {
  readonly threads: number;
  readonly tokens: number;
}

/** Figures over all contacts; totals and average are over the active threads, those with tokens. */
export interface ThreadFigures {
  readonly totalContacts: number;
  readonly activeThreads: number;
  readonly nearLimitThreads: number;
  readonly overLimitThreads: number;
  readonly totalTokens: number;
  readonly maxTokens: number;
  readonly averageTokens: number;
  readonly bands: Readonly<Record<Band, BandFigures>>;
}

export interface TopThread extends LargeThread {
  /** Share of the limit, rounded down to a tenth. */
  readonly percent: number;
  readonly band: Band;
}

export interface CheckResult extends ThreadFigures {
  readonly mode: 'check';
  readonly summary: string;
  readonly tokenLimit: number;
  readonly topThreads: readonly TopThread[];
  readonly recentCleanups: readonly RecentCleanup[];
}

/** The design's contract. */
const MOST_TOP_THREADS = 10;
const MOST_RECENT_CLEANUPS = 5;

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
  const log = await openCleanupLog(database, names.auditTableName, names.defaultSchema, CHECK_LOG_NEEDS);
  const [report] = await database.run((sql) =>
    selectReport<RecentCleanup>(
      sql,
      view,
      tokenLimit,
      MOST_TOP_THREADS,
      log && recentCleanups(sql, log, MOST_RECENT_CLEANUPS),
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

/** Adds the rows of the aggregate up. Check and cleanup both take their figures from here (invariant 5). */
export function threadFigures(totals: readonly BandTotal[]): ThreadFigures {
  const active = totals.filter(({ band }) => band > 0);
  const sum = (rows: readonly BandTotal[], key: 'threads' | 'tokens') =>
    rows.reduce((total, row) => total + row[key], 0);
  const figures = (name: Band): BandFigures => {
    const rows = active.filter(({ band }) => BANDS[band - 1] === name);
    return { threads: sum(rows, 'threads'), tokens: sum(rows, 'tokens') };
  };
  const bands = {
    normal: figures('normal'),
    caution: figures('caution'),
    warning: figures('warning'),
    critical: figures('critical'),
  };
  const activeThreads = sum(active, 'threads');
  const totalTokens = sum(active, 'tokens');
  return {
    totalContacts: sum(totals, 'threads'),
    activeThreads,
    nearLimitThreads: bands.warning.threads,
    overLimitThreads: bands.critical.threads,
    totalTokens,
    maxTokens: Math.max(0, ...active.map(({ mostTokens }) => mostTokens)),
    averageTokens: activeThreads === 0 ? 0 : Math.round(totalTokens / activeThreads),
    bands,
  };
}
