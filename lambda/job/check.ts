import type { Sql } from 'postgres';
import type { Database } from '../database/database.ts';
import type { TableNames } from '../input/settings.ts';
import { bandOf, percentOf } from '../model/bands.ts';
import { NO_TOTALS, threadFigures } from '../model/figures.ts';
import type { CheckResult, RecentCleanup } from '../model/results.ts';
import type { TokenLimitSource } from '../model/token-limit-source.ts';
import {
  type AuditTable,
  CHECK_AUDIT_NEEDS,
  openAuditTable,
  recentCleanups,
  selectStrangers,
} from '../tables/audit-table.ts';
import { CHECK_NEEDS, type ClientView, openClientView, selectReport } from '../tables/client-view.ts';
import { policyWarnings, requireVisibleRows } from '../tables/row-security.ts';
import { forecastCleanup, type SafetyLimitOptions } from './safety-limit.ts';

/** The design's contract. */
const MAX_TOP_THREADS = 10;
const MAX_RECENT_CLEANUPS = 5;

/** What a cleanup would be given, so that the check can say what it would do. */
export interface CheckOptions extends SafetyLimitOptions {
  /** Tokens at which a cleanup would clear a thread. */
  readonly tokenLimit: number;
  readonly tokenLimitFrom: TokenLimitSource;
  /** Minutes without activity after which it might. @default 0: no conversation waits */
  readonly quietMinutes?: number;
}

/**
 * Reports how full the threads are, and what a cleanup would do. Writes nothing, and needs no more than SELECT.
 *
 * @throws JobError TableUnusable, PrivilegeMissing, StatementTimeout or StatementFailed
 */
export async function check(database: Database, names: TableNames, options: CheckOptions): Promise<CheckResult> {
  const { tokenLimit, tokenLimitFrom, quietMinutes } = options;
  const startedAt = new Date().toISOString();
  const view = await openClientView(database, names.clientViewName, CHECK_NEEDS, quietMinutes);
  const audit = await openAuditTable(database, names.auditTableName, view.owner, CHECK_AUDIT_NEEDS);
  const recent = (sql: Sql) => audit && recentCleanups(sql, audit, MAX_RECENT_CLEANUPS);
  const [report] = await database.run(
    (sql) => selectReport<RecentCleanup>(sql, view, tokenLimit, MAX_TOP_THREADS, recent(sql)),
    'whole table',
  );
  const figures = threadFigures(report ?? NO_TOTALS);
  await requireVisibleRows(database, view, figures.totalContacts);
  return {
    mode: 'check',
    startedAt,
    tokenLimit,
    tokenLimitFrom,
    forecast: forecastCleanup(figures, options),
    ...figures,
    topThreads: (report?.largest ?? []).map((thread) => ({
      ...thread,
      percent: percentOf(thread.tokens, tokenLimit),
      band: bandOf(thread.tokens, tokenLimit),
    })),
    recentCleanups: report?.recent ?? [],
    warnings: [...policyWarnings(view, audit), ...(audit ? await auditTableWarnings(database, view, audit) : [])],
  };
}

/** So many are named: there may be a role for each customer. */
const MAX_STRANGERS = 5;

async function auditTableWarnings(database: Database, view: ClientView, audit: AuditTable): Promise<string[]> {
  const strangers = await database.run((sql) => selectStrangers(sql, audit, view.quotedName));
  if (strangers.length === 0) return [];
  const named = strangers.slice(0, MAX_STRANGERS).map(({ role }) => `"${role}"`);
  const more = strangers.length - named.length;
  return [
    `${audit.quotedName} holds phone numbers, names and thread ids, and roles can read it that cannot read ` +
      `${view.quotedName}: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}. Close it with REVOKE.`,
  ];
}
