import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

/** Keeps the complete rows of a batch before it is cleared, one JSON document a row, and says where they are. */
export type ExportRows = (rows: readonly string[]) => Promise<string>;

/**
 * Where a batch's rows go, below a bucket or a folder. Unique, because a run that is tried again has the same request id.
 *
 * @returns `exports/YYYY/MM/DD/REQUEST-ID/UNIQUE.ndjson.gz`, the date in UTC
 */
export function exportKey(requestId: string): string {
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '/');
  return `exports/${day}/${requestId}/${randomUUID()}.ndjson.gz`;
}

/** The rows as gzipped NDJSON: `zcat | jq` and Athena read it. */
export function packRows(rows: readonly string[]): Promise<Buffer> {
  return promisify(gzip)(`${rows.join('\n')}\n`);
}
