import { randomUUID } from 'node:crypto';
import { cleanUp } from '../../../lambda/job/cleanup.ts';
import type { CleanupResult } from '../../../lambda/model/results.ts';
import { CHECK_AUDIT_NEEDS, openAuditTable, selectRecordedBatches } from '../../../lambda/tables/audit-table.ts';
import { type Command, restoreCommand } from '../command-line.ts';
import { drawAuditRows, MAX_AUDIT_ROWS, MAX_AUDITED_THREADS } from '../output/audit-report.ts';
import { cleanupProgress } from '../output/progress.ts';
import { drawSummary } from '../output/report.ts';
import { exportToFolder } from './export-to-folder.ts';
import { type Job, pageOf, print, printJson, showState } from './session.ts';

type CleanupCommand = Extract<Command, { name: 'cleanup' }>;

/** Cleans up; for people, with the state before and after and the audit rows. */
export async function runCleanup(command: CleanupCommand, json: boolean, job: Job): Promise<void> {
  if (json) {
    printJson(await cleanUpVisibly(command, job));
    return;
  }
  await showState(job.texts.before, job);
  const result = await cleanUpVisibly(command, job);
  print(drawSummary(job.texts.cleanup, result.summary, pageOf(job)));
  await showState(job.texts.after, job);
  await showAuditRows(result, job);
}

async function cleanUpVisibly({ force, exportFolder }: CleanupCommand, job: Job): Promise<CleanupResult> {
  const { database, names, settings, texts, line } = job;
  const requestId = randomUUID();
  const undo = restoreCommand({ requestId });
  line.show(texts.cleaning);
  try {
    return await cleanUp(database, names, {
      ...settings,
      requestId,
      texts: texts.job,
      maxClearedShare: force ? undefined : settings.maxClearedShare,
      exportRows: exportFolder === undefined ? undefined : exportToFolder(exportFolder, requestId),
      // Only the function can be paused, so that nobody reads how to resume here.
      commands: { undo: job.isSample ? `${undo} ${texts.onlyOwnDatabase}` : undo, resume: '' },
      ...cleanupProgress(line, texts),
    });
  } finally {
    line.wipe();
  }
}

async function showAuditRows({ auditIds, auditCount }: CleanupResult, job: Job): Promise<void> {
  const { database, names } = job;
  const ids = auditIds.slice(0, MAX_AUDIT_ROWS);
  if (ids.length === 0) return;
  const log = await openAuditTable(database, names.auditTableName, names.defaultSchema, CHECK_AUDIT_NEEDS);
  const rows = log ? await database.run((sql) => selectRecordedBatches(sql, log, ids, MAX_AUDITED_THREADS)) : [];
  print(drawAuditRows(rows, auditCount, pageOf(job)));
}
