import { randomUUID } from 'node:crypto';
import { listAuditRows } from '../../../lambda/job/audit-lists.ts';
import { cleanUp } from '../../../lambda/job/cleanup.ts';
import type { RefusalWords } from '../../../lambda/model/refusal.ts';
import type { CleanupResult, Summarised } from '../../../lambda/model/results.ts';
import { cleanupSummary } from '../../../lambda/texts/summary.ts';
import { type Command, restoreCommand } from '../command-line.ts';
import { drawAuditRows, MAX_AUDIT_ROWS, MAX_AUDITED_THREADS } from '../output/audit-report.ts';
import { cleanupProgress } from '../output/progress.ts';
import { drawSummary } from '../output/report.ts';
import { exportToFolder } from './export-to-folder.ts';
import { pageOf, print, printJson, type Session, showState } from './session.ts';

const REFUSAL_WORDS: RefusalWords = {
  limitFrom: { payload: '--token-limit', parameter: 'TOKEN_LIMIT', deployment: 'TOKEN_LIMIT or its default' },
  maxClearedShare: 'MAX_CLEARED_SHARE',
  force: '--force',
};

type CleanupCommand = Extract<Command, { name: 'cleanup' }>;

/** Cleans up; for people, with the state before and after and the audit rows. */
export async function runCleanup(command: CleanupCommand, json: boolean, session: Session): Promise<void> {
  if (json) {
    printJson(await cleanUpVisibly(command, session));
    return;
  }
  await showState(session.texts.before, session);
  const result = await cleanUpVisibly(command, session);
  print(drawSummary(session.texts.cleanup, result.summary, pageOf(session)));
  await showState(session.texts.after, session);
  await showAuditRows(result, session);
}

async function cleanUpVisibly(
  { force, exportFolder }: CleanupCommand,
  { database, settings, texts, line, isSample }: Session,
): Promise<Summarised<CleanupResult>> {
  const requestId = randomUUID();
  line.show(texts.cleaning);
  try {
    const { result } = await cleanUp(database, settings, {
      ...settings,
      requestId,
      refusalWords: REFUSAL_WORDS,
      maxClearedShare: force ? undefined : settings.maxClearedShare,
      exportRows: exportFolder === undefined ? undefined : exportToFolder(exportFolder, requestId),
      ...cleanupProgress(line, texts),
    });
    const restore = restoreCommand({ requestId });
    // Only the function can be paused, so that nobody reads how to resume here.
    const commands = { restore: isSample ? `${restore} ${texts.onlyOwnDatabase}` : restore, resume: '' };
    return { ...result, summary: cleanupSummary(result, texts.job, commands) };
  } finally {
    line.erase();
  }
}

async function showAuditRows({ auditIds, auditCount }: CleanupResult, session: Session): Promise<void> {
  const { database, settings } = session;
  const ids = auditIds.slice(0, MAX_AUDIT_ROWS);
  if (ids.length === 0) return;
  const rows = await listAuditRows(database, settings, ids, MAX_AUDITED_THREADS);
  print(drawAuditRows(rows, auditCount, pageOf(session)));
}
