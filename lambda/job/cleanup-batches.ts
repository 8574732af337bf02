import type { Database } from '../database/database.ts';
import type { ExportRows } from '../model/export-file.ts';
import { type AuditRow, type AuditTable, insertAuditRow, selectAuditRowAfter } from '../tables/audit-table.ts';
import {
  type Batch,
  type ClientView,
  clearThreads,
  type DueThread,
  selectDueThreads,
  selectPageCount,
  selectRows,
} from '../tables/client-view.ts';

/** How much of the table is read at once, between two looks at the clock: 16 MB of 8 kB pages. */
const PAGES_PER_READ = 2_048;
/** The same when few threads are due: 512 MB, for which the server may use several processes, or an index. */
const PAGES_PER_READ_OF_FEW = 65_536;
/** So many are few, wherever in the table they are: about 10 MB of memory. */
const FEW_THREADS = 50_000;
/** Threads per statement: a few ten milliseconds of row locks. */
const BATCH_SIZE = 2_000;

/** What the pass works with. */
export interface Pass {
  readonly database: Database;
  readonly view: ClientView;
  readonly audit: AuditTable;
  readonly tokenLimit: number;
  readonly requestId: string;
  /** Threads over the limit that the opening count saw. */
  readonly expectedCount: number;
  readonly exportRows: ExportRows | undefined;
}

/**
 * Yields the due threads of the whole table in batches, reading it once, page range by page range (invariant 6). The end
 * is fixed at the start. Before each range comes an empty batch, so that the clock is looked at before it is read.
 *
 * @param pagesPerRead pages of a range
 */
export async function* dueBatches(
  pass: Pick<Pass, 'database' | 'view' | 'tokenLimit' | 'expectedCount'>,
  pagesPerRead: number = pass.expectedCount <= FEW_THREADS ? PAGES_PER_READ_OF_FEW : PAGES_PER_READ,
): AsyncGenerator<DueThread[]> {
  const { database, view, tokenLimit } = pass;
  const [size] = await database.run((sql) => selectPageCount(sql, view));
  const pages = size?.pages ?? 0;
  for (let from = 0; from < pages; from += pagesPerRead) {
    yield [];
    const to = Math.min(from + pagesPerRead, pages);
    const due = await database.run((sql) => selectDueThreads(sql, view, from, to, tokenLimit));
    for (let start = 0; start < due.length; start += BATCH_SIZE) {
      yield due.slice(start, start + BATCH_SIZE);
    }
  }
}

/**
 * Clears what is still due of a batch, in one statement; when there is an export, after it and without a lock meanwhile.
 *
 * @param lastAuditId newest audit row before this batch: what comes after it with our request id is this batch's
 * @returns the batch's audit row, or undefined when nothing was cleared
 */
export async function clearBatch(
  pass: Pass,
  due: readonly DueThread[],
  lastAuditId: number,
): Promise<AuditRow | undefined> {
  const { database, view, audit, tokenLimit, requestId } = pass;
  const { exportedTo, ...batch } = await exported(pass, due);
  if (batch.places.length === 0) return undefined;
  const insertAudit = { tokenLimit, requestId, exportedTo };
  const [row] = await database.run(
    (sql) => clearThreads<AuditRow[]>(sql, view, batch, tokenLimit, insertAuditRow(sql, audit, insertAudit)),
    (sql) => selectAuditRowAfter(sql, audit, lastAuditId, requestId),
  );
  return row;
}

/** Without an export a batch is its places; with one, it is the row versions that were exported. */
async function exported(pass: Pass, due: readonly DueThread[]): Promise<Batch & { readonly exportedTo?: string }> {
  const places = due.map(({ place }) => place);
  if (pass.exportRows === undefined || places.length === 0) return { places };
  const rows = await pass.database.run((sql) => selectRows(sql, pass.view, places, pass.tokenLimit));
  if (rows.length === 0) return { places: [] };
  const exportedTo = await pass.exportRows(rows.map(({ json }) => json));
  return { places: rows.map(({ place }) => place), versions: rows.map(({ version }) => version), exportedTo };
}
