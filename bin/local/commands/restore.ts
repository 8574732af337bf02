import { randomUUID } from 'node:crypto';
import { restore } from '../../../lambda/job/restore.ts';
import type { RecentCleanup, RestoreTarget } from '../../../lambda/model/results.ts';
import { CHECK_AUDIT_NEEDS, openAuditTable, selectRecentCleanups } from '../../../lambda/tables/audit-table.ts';
import { drawRestorable } from '../output/audit-report.ts';
import { drawSummary } from '../output/report.ts';
import { type Job, pageOf, print, printJson } from './session.ts';

/** Runs that are listed to choose from. */
const MAX_RUNS = 10;

/** Puts threads back, or lists what there is to choose from. */
export async function runRestore(target: RestoreTarget | undefined, json: boolean, job: Job): Promise<void> {
  if (target === undefined) {
    const recentCleanups = await listRuns(job);
    if (json) printJson({ recentCleanups });
    else print(drawRestorable(recentCleanups, pageOf(job)));
    return;
  }
  const result = await restore(job.database, job.names, target, randomUUID(), job.texts.job);
  if (json) printJson(result);
  else print(drawSummary(job.texts.restore, result.summary, pageOf(job)));
}

async function listRuns({ database, names }: Job): Promise<readonly RecentCleanup[]> {
  const log = await openAuditTable(database, names.auditTableName, names.defaultSchema, CHECK_AUDIT_NEEDS);
  if (log === undefined) return [];
  const [list] = await database.run((sql) => selectRecentCleanups(sql, log, MAX_RUNS));
  return list?.runs ?? [];
}
