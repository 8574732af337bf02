import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { type ExportRows, exportKey, packRows } from '../../../lambda/model/export-file.ts';
import { JobError, ONLY_RECORDED } from '../../../lambda/model/job-error.ts';

/** Complete rows are personal data: nobody else on this machine may read what is made for them. */
const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;

/** What each failure of the file system means, and what to do. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there. Give another folder, or the right to write.',
  EPERM: 'this user may not write there. Give another folder, or the right to write.',
  EROFS: 'it is read-only. Give another folder.',
  ENOTDIR: 'something on its path is a file. Give another folder.',
  EEXIST: 'a file of that name already exists. Give another folder, or run again.',
  ENOSPC: 'the disk is full. Make room, or give another folder.',
  EDQUOT: 'the disk quota is used up. Make room, or give another folder.',
  EFBIG: 'the file would exceed the size limit (ulimit -f).',
};

/**
 * Exports to a folder, created if missing, the same files that the function exports to a bucket; nothing there is ever
 * overwritten, and a file is on the disk before its batch is cleared.
 *
 * @returns what exports a batch, and says the file's absolute path. It throws JobError ExportFailed, and what is not
 *   exported is not cleared.
 */
export function exportToFolder(folder: string, requestId: string): ExportRows {
  const absolute = resolve(folder);
  return async (rows) => {
    const file = join(absolute, exportKey(requestId));
    const content = await packRows(rows);
    try {
      await mkdir(dirname(file), { recursive: true, mode: FOLDER_MODE });
      await writeFile(file, content, { flag: 'wx', flush: true, mode: FILE_MODE });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
      // Half a file would look like an export; one that was there before stays.
      if (code !== 'EEXIST') await rm(file, { force: true }).catch(() => undefined);
      throw new JobError(
        'ExportFailed',
        `The batch cannot be written to the folder "${absolute}", so it is not cleared: ` +
          `${REASONS[code] ?? `the file system says ${code}.`} ${ONLY_RECORDED}`,
      );
    }
    return file;
  };
}
