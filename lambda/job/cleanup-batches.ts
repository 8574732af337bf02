import type { Database } from '../database/database.ts';
import type { ExportRows } from '../model/export-file.ts';
import {
  type AuditRow,
  type AuditTable,
  proveCleared,
  recordCleared,
  selectAuditRowAfter,
} from '../tables/audit-table.ts';
import {
  type Batch,
  type ClientView,
  clearThreads,
  countCleared,
  type DueThread,
  MAX_ROW_BYTES,
  selectDueThreads,
  selectPageCount,
  selectRows,
} from '../tables/client-view.ts';
import { byHalves } from './by-halves.ts';
import { isMeddledWith, type RefusedThreads } from './refused-threads.ts';

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
  readonly refused: RefusedThreads;
  /** The newest audit row: what comes after it with our request id is what the next statement has left. */
  lastAuditId: number;
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
 * Where the server refuses a part for the sake of single rows, those are left, and `refused` is told.
 *
 * @returns an audit row for each part that cleared something
 */
export async function* clearBatch(pass: Pass, due: readonly DueThread[]): AsyncGenerator<AuditRow> {
  for await (const { batch, exportedTo } of exportedBatches(pass, due)) {
    for await (const row of byHalves<DueThread, AuditRow | undefined>(
      batch,
      (part) => clearPart(pass, part, exportedTo),
      pass.refused,
    )) {
      if (row === undefined) continue;
      pass.refused.changed();
      pass.lastAuditId = row.id;
      yield row;
    }
  }
}

async function clearPart(pass: Pass, batch: Batch, exportedTo: string | undefined): Promise<AuditRow | undefined> {
  const { database, view, audit, tokenLimit, requestId } = pass;
  const isProven = isMeddledWith(view, audit);
  const cleared = clearThreads(view, batch, tokenLimit);
  const [row] = await database.change(
    {
      statement: recordCleared(audit, { tokenLimit, requestId, exportedTo }, cleared, isProven),
      proof: isProven ? proveCleared(audit, (phones) => countCleared(view, phones)) : undefined,
    },
    (sql) => selectAuditRowAfter(sql, audit, pass.lastAuditId, requestId),
  );
  return row;
}

/** Rows to clear, and where they are kept. */
interface ExportedBatch {
  readonly batch: Batch;
  readonly exportedTo?: string;
}

/** An export holds no more of the rows in memory than this, whatever their size; compressed, and sent, at once. */
const MAX_EXPORT_BYTES = 8_000_000;

/** Without an export a batch is its places; with one, it is the row versions that were exported. */
async function* exportedBatches(
  { database, view, tokenLimit, exportRows, refused }: Pass,
  due: readonly DueThread[],
): AsyncGenerator<ExportedBatch> {
  if (exportRows === undefined) {
    yield { batch: due };
    return;
  }
  const read = async (part: readonly DueThread[]) => {
    const rows = await database.run((sql) => selectRows(sql, view, part, tokenLimit, MAX_EXPORT_BYTES));
    const last = rows.at(-1);
    return { rows, unread: last !== undefined && last.found > rows.length ? part.slice(last.position) : [] };
  };
  for (let rest = due, size = due.length; rest.length > 0; ) {
    const part = rest.slice(0, size);
    const unread: DueThread[] = [];
    for await (const batch of byHalves(part, read, refused)) {
      const rows = batch.rows.filter(({ json }) => json !== null);
      for (let left = batch.rows.length - rows.length; left > 0; left -= 1) refused.leave(TOO_LARGE);
      if (rows.length > 0) yield { batch: rows, exportedTo: await exportRows(rows.map(({ json }) => json ?? '')) };
      // So many fit: the server need not make the JSON of more just to be told to leave it.
      if (batch.unread.length > 0) size = batch.rows.length;
      unread.push(...batch.unread);
    }
    rest = [...unread, ...rest.slice(part.length)];
  }
}

const TOO_LARGE = `the export takes no row of more than ${MAX_ROW_BYTES / 1_000_000} MB`;
