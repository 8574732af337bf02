import type { RecordedBatch, RecordedThread } from '../../../lambda/tables/audit-table.ts';
import { escapeControls } from './escape.ts';
import { hang, table, wrap } from './layout.ts';
import { lines, type Page, titlesDim } from './page.ts';
import { MAX_PHONE_COLUMNS } from './report.ts';
import { localTime } from './time.ts';

/** Audit rows and threads of them that are listed after a cleanup. */
export const MAX_AUDIT_ROWS = 5;
export const MAX_AUDITED_THREADS = 10;
/** A thread id is somebody else's text; a longer one is cut. */
const MAX_THREAD_ID_COLUMNS = 32;

/** Draws the audit rows of a cleanup, with their largest threads. */
export function drawAuditRows(rows: readonly RecordedBatch[], rowCount: number, page: Page): string {
  let room = MAX_AUDITED_THREADS;
  const drawn = rows.flatMap((row) => {
    const listed = row.threads.slice(0, room);
    room -= listed.length;
    const more = row.cleanedCount - listed.length;
    return [
      '',
      ...hang(heading(row, page), page.columns).map((line) => page.paint('bold', line)),
      ...(row.exportedTo === null ? [] : wrap(page.texts.exportedTo(escapeControls(row.exportedTo)), page.columns)),
      ...(listed.length > 0 ? auditedThreads(listed, page) : []),
      ...(listed.length > 0 && more > 0 ? [`  ${page.texts.moreThreads(more)}`] : []),
    ];
  });
  return lines(...drawn, ...(rowCount > rows.length ? [page.texts.moreAuditRows(rowCount - rows.length)] : []));
}

function heading(row: RecordedBatch, { texts, timezone }: Page): string {
  const time = `${localTime(row.executionTime, timezone)} ${timezone}`;
  // Without separators, as the command line takes it.
  return texts.auditRowDone(String(row.id), time, row.cleanedCount, row.totalTokensCleared);
}

function auditedThreads(threads: readonly RecordedThread[], page: Page): string[] {
  const { texts } = page;
  const rows = threads.map((thread) => [
    texts.job.number(thread.tokens),
    escapeControls(thread.phone),
    escapeControls(thread.threadId ?? '–'),
    escapeControls(thread.name),
  ]);
  const columns = [
    { title: texts.tokens, align: 'right' as const },
    { title: texts.phone, most: MAX_PHONE_COLUMNS },
    { title: texts.thread, most: MAX_THREAD_ID_COLUMNS },
    { title: texts.name },
  ];
  return table(columns, rows, page.columns, titlesDim(page));
}
