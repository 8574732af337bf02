import { randomUUID } from 'node:crypto';
import type { Database } from '../../../lambda/database/database.ts';
import { listAuditRows } from '../../../lambda/job/audit-lists.ts';
import { cleanUp } from '../../../lambda/job/cleanup.ts';
import { cleanupRefused } from '../../../lambda/job/safety-limit.ts';
import type { RefusalWords } from '../../../lambda/model/refusal.ts';
import type { CheckResult, CleanupResult, Summarised } from '../../../lambda/model/results.ts';
import { cleanupSummary } from '../../../lambda/texts/summary.ts';
import { type CleanupCommand, restoreCommand, type UndoTarget } from '../command-line.ts';
import { drawAuditRows, MAX_AUDIT_ROWS, MAX_AUDITED_THREADS } from '../output/audit-report.ts';
import { escapeControls } from '../output/escape.ts';
import { cleanupProgress } from '../output/progress.ts';
import { drawBands, drawState } from '../output/report.ts';
import { drawCleanupResult } from '../output/result.ts';
import { confirm, isOnTerminal } from './confirm.ts';
import { exportToFolder } from './export-to-folder.ts';
import { connected, pageOf, print, printJson, runCheck, type Session } from './session.ts';

const REFUSAL_WORDS: RefusalWords = {
  limitFrom: { payload: '--token-limit', parameter: 'TOKEN_LIMIT', deployment: 'TOKEN_LIMIT or its default' },
  maxClearedShare: 'MAX_CLEARED_SHARE',
  correctLimit: {
    payload: 'leave --token-limit out, and TOKEN_LIMIT or 1,000,000 applies',
    parameter: 'correct TOKEN_LIMIT',
    deployment: 'correct TOKEN_LIMIT, or give --token-limit',
  },
  force: '--force',
};

export type Clearing = Pick<CleanupCommand, 'force' | 'exportFolder'>;

/**
 * Cleans up; for people, with the state before and after and the audit rows. On a terminal it asks first, and holds no
 * connection meanwhile.
 */
export async function runCleanup(command: CleanupCommand, json: boolean, session: Session): Promise<void> {
  const asks = !command.yes && isOnTerminal();
  if (asks || !json) {
    const state = await connected(session, (database) => runCheck(database, session));
    if (!json) print(drawState(session.texts.before, state, pageOf(session)));
    if (asks) await confirmCleanup(state, command, session);
  }
  await connected(session, async (database) => {
    if (json) printJson(await clear(database, command, session));
    else await showCleanup(database, command, session, undoTarget);
  });
}

/** Asks whether to clear what a check has found. What would be refused is not asked, and neither is nothing to clear. */
async function confirmCleanup(state: CheckResult, { force }: Clearing, session: Session): Promise<void> {
  const { address, texts, signal } = session;
  const { forecast, activeThreads } = state;
  if (forecast.next !== 'clears' && forecast.next !== 'refused') return;
  if (forecast.next === 'refused' && !force) throw cleanupRefused(forecast, state, REFUSAL_WORDS);
  const [database, host] = [escapeControls(address.database), escapeControls(address.host)];
  await confirm(texts.confirm(forecast.threads, activeThreads, database, host), signal);
}

/**
 * Cleans up and prints the audit rows, the state after it and, in the last line, the result.
 *
 * @param undo what restores the run, undefined where nobody can restore it later
 */
export async function showCleanup(
  database: Database,
  command: Clearing,
  session: Session,
  undo: (result: CleanupResult) => UndoTarget | undefined,
): Promise<CleanupResult> {
  const page = pageOf(session);
  const result = await clear(database, command, session);
  if (result.cleanedCount > 0) {
    await showAuditRows(database, result, session);
    print(drawBands(session.texts.after, await runCheck(database, session), page));
  }
  print(drawCleanupResult(result, undo(result), session.settings.clientViewName, page));
  return result;
}

/** Cleans up, showing its progress; fails as `cleanUp` does. */
export async function clear(
  database: Database,
  { force, exportFolder }: Clearing,
  { settings, texts, line, program }: Session,
): Promise<Summarised<CleanupResult>> {
  const requestId = randomUUID();
  const progress = cleanupProgress(line, texts);
  try {
    const { result } = await cleanUp(database, settings, {
      ...settings,
      requestId,
      refusalWords: REFUSAL_WORDS,
      maxClearedShare: force ? undefined : settings.maxClearedShare,
      exportRows: exportFolder === undefined ? undefined : exportToFolder(exportFolder, requestId),
      ...progress,
    });
    // Only the function can be paused, so that nobody reads how to resume here.
    const commands = { restore: restoreCommand({ requestId }, program.typed), resume: '' };
    return { ...result, summary: cleanupSummary(result, texts.job, commands) };
  } finally {
    progress.end();
  }
}

/** What restores a run, in as few letters as possible. */
function undoTarget({ auditIds, auditCount, requestId }: CleanupResult): UndoTarget {
  const [first, last] = [auditIds[0], auditIds.at(-1)];
  if (first === undefined || last === undefined || auditIds.length < auditCount) return { requestId };
  return first === last ? { auditId: first } : { first, last };
}

async function showAuditRows(database: Database, { auditIds, auditCount }: CleanupResult, session: Session) {
  const rows = await listAuditRows(database, session.settings, auditIds.slice(0, MAX_AUDIT_ROWS), MAX_AUDITED_THREADS);
  print(drawAuditRows(rows, auditCount, pageOf(session)));
}
