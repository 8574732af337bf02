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
  MAX_ROW_BYTES,
  selectRows,
} from '../tables/client-view.ts';
import { byHalves } from './by-halves.ts';
import { isMeddledWith, type RefusedThreads } from './refused-threads.ts';

/** What clears. */
export interface Clearing {
  readonly database: Database;
  readonly view: ClientView;
  readonly audit: AuditTable;
  readonly tokenLimit: number;
  readonly requestId: string;
  readonly exportRows: ExportRows | undefined;
  readonly refused: RefusedThreads;
  /** The newest audit row: what comes after it with our request id is what the next statement has left. */
  lastAuditId: number;
}

/**
 * Clears what is still due of a batch, in one statement; when there is an export, after it and without a lock meanwhile.
 * Where the server refuses a part for the sake of single rows, those are left, and `refused` is told.
 *
 * @returns an audit row for each part that cleared something
 */
export async function* clearBatch(clearing: Clearing, due: readonly string[]): AsyncGenerator<AuditRow> {
  for await (const { batch, exportedTo } of exportedBatches(clearing, due)) {
    for await (const row of byHalves<Batch[number], AuditRow | undefined>(
      batch,
      (part) => clearPart(clearing, part, exportedTo),
      clearing.refused,
    )) {
      if (row === undefined) continue;
      clearing.refused.changed();
      clearing.lastAuditId = row.id;
      yield row;
    }
  }
}

async function clearPart(
  clearing: Clearing,
  batch: Batch,
  exportedTo: string | undefined,
): Promise<AuditRow | undefined> {
  const { database, view, audit, tokenLimit, requestId } = clearing;
  const isProven = isMeddledWith(view, audit);
  const cleared = clearThreads(view, batch, tokenLimit);
  const [row] = await database.change(
    {
      statement: recordCleared(audit, { tokenLimit, requestId, exportedTo }, cleared, isProven),
      proof: isProven ? proveCleared(audit, (phones) => countCleared(view, phones)) : undefined,
    },
    (sql) => selectAuditRowAfter(sql, audit, clearing.lastAuditId, requestId),
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
  { database, view, tokenLimit, exportRows, refused }: Clearing,
  due: readonly string[],
): AsyncGenerator<ExportedBatch> {
  if (exportRows === undefined) {
    yield { batch: due };
    return;
  }
  const read = async (part: readonly string[]) => {
    const rows = await database.run((sql) => selectRows(sql, view, part, tokenLimit, MAX_EXPORT_BYTES));
    const last = rows.at(-1);
    return { rows, unread: last !== undefined && last.found > rows.length ? part.slice(last.position) : [] };
  };
  for (let rest = due, size = due.length; rest.length > 0; ) {
    const part = rest.slice(0, size);
    const unread: string[] = [];
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
