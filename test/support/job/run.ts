import { randomUUID } from 'node:crypto';
import { loadTerminalSettings } from '../../../bin/local/settings.ts';
import { parseDatabaseAddress } from '../../../lambda/database/address.ts';
import { type Database, type DatabaseOptions, openDatabase } from '../../../lambda/database/database.ts';
import type { TableNames } from '../../../lambda/input/settings.ts';
import { type CheckOptions, check } from '../../../lambda/job/check.ts';
import { type CleanupOptions, cleanUp } from '../../../lambda/job/cleanup.ts';
import { erase } from '../../../lambda/job/erase.ts';
import { restore } from '../../../lambda/job/restore.ts';
import type { CleanupResult, RestoreResult, RestoreTarget } from '../../../lambda/model/results.ts';

/** The tables that the job works on when nobody configured others. */
const NAMES = loadTerminalSettings({});

/** Opens a connection like the job's own, for as long as it is used. */
export async function connected<T>(
  url: string,
  options: DatabaseOptions,
  use: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(parseDatabaseAddress(url, 'The test'), options);
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}

/** A check of what a scheduled cleanup with the default settings would do. */
export const checkOn = (database: Database, options: Partial<CheckOptions> = {}, names: TableNames = NAMES) =>
  check(database, names, {
    tokenLimit: 1_000_000,
    tokenLimitFrom: 'deployment',
    maxClearedShare: 50,
    paused: false,
    ...options,
  });

/** A cleanup that no safety limit stops. */
export async function cleanUpOn(
  database: Database,
  options: Partial<CleanupOptions> = {},
  names: TableNames = NAMES,
): Promise<CleanupResult> {
  const { result } = await cleanUp(database, names, {
    tokenLimit: 1_000_000,
    tokenLimitFrom: 'deployment',
    requestId: randomUUID(),
    maxClearedShare: undefined,
    ...options,
  });
  return result;
}

export const restoreOn = (database: Database, target: RestoreTarget, requestId: string = randomUUID()) =>
  restore(database, NAMES, target, requestId);

/** Takes a person out of the audit. */
export const eraseOn = (database: Database, phone: string, remainingTimeMs?: () => number) =>
  erase(database, NAMES, phone, remainingTimeMs);

/** One invocation's worth of cleanup: opens, cleans up, closes. */
export const cleanUpAt = (url: string, options: Partial<CleanupOptions> & DatabaseOptions = {}) =>
  connected(url, options, (database) => cleanUpOn(database, options));

/** One invocation's worth of restore. */
export const restoreAt = (url: string, target: RestoreTarget, requestId?: string): Promise<RestoreResult> =>
  connected(url, {}, (database) => restoreOn(database, target, requestId));
