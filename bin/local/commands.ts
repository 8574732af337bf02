import { randomUUID } from 'node:crypto';
import { styleText } from 'node:util';
import { check, type TableNames } from '../../lambda/check.ts';
import { type CleanupResult, cleanUp } from '../../lambda/cleanup.ts';
import { type Database, openDatabase } from '../../lambda/database.ts';
import type { DatabaseAddress } from '../../lambda/database-address.ts';
import type { Settings } from '../../lambda/settings.ts';
import { readAuditRows } from './audit-rows.ts';
import { harmlessJson } from './harmless.ts';
import type { Options } from './options.ts';
import { cleanupProgress, type PassingLine } from './progress.ts';
import { drawAuditRows, drawState, drawSummary, MOST_AUDIT_ROWS, MOST_AUDITED_THREADS, type Page } from './report.ts';
import { TEXTS, undoText } from './texts.ts';

/** Where a command works. */
export interface Surroundings {
  readonly address: DatabaseAddress;
  /** Ends it, the statement that runs included. */
  readonly signal: AbortSignal;
  /** For its progress. */
  readonly line: PassingLine;
}

/** A command under way. */
interface Job {
  readonly database: Database;
  readonly names: TableNames;
  readonly settings: Settings;
  readonly line: PassingLine;
}

/** Lines of what is no terminal may be so long. */
const COLUMNS_WITHOUT_TERMINAL = 120;

/**
 * Runs what the command line asks for, by the function's own use cases, and prints it.
 *
 * @throws JobError in the words of the function
 */
export async function runCommand(options: Options, settings: Settings, surroundings: Surroundings): Promise<void> {
  const { address, signal, line } = surroundings;
  const database = await openDatabase(address, { signal });
  const job: Job = {
    database,
    names: { ...settings, defaultSchema: address.schema },
    settings: { ...settings, tokenLimit: options.tokenLimit ?? settings.tokenLimit },
    line,
  };
  try {
    if (options.json) {
      const result =
        options.command === 'check'
          ? await check(database, job.names, job.settings.tokenLimit)
          : await cleanUpVisibly(job);
      process.stdout.write(`${harmlessJson(result)}\n`);
    } else if (options.command === 'check') {
      await showState(TEXTS.state, job);
    } else {
      await showCleanup(job);
    }
  } finally {
    await database.close();
  }
}

async function showCleanup(job: Job): Promise<void> {
  await showState(TEXTS.before, job);
  const { summary, auditIds, auditCount } = await cleanUpVisibly(job);
  process.stdout.write(drawSummary(TEXTS.cleanup, summary, page()));
  await showState(TEXTS.after, job);
  const ids = auditIds.slice(0, MOST_AUDIT_ROWS);
  const rows = await readAuditRows(job.database, job.names, ids, MOST_AUDITED_THREADS);
  process.stdout.write(drawAuditRows(rows, auditCount, page()));
}

async function showState(title: string, { database, names, settings }: Job): Promise<void> {
  process.stdout.write(drawState(title, await check(database, names, settings.tokenLimit), page()));
}

async function cleanUpVisibly({ database, names, settings, line }: Job): Promise<CleanupResult> {
  const requestId = randomUUID();
  line.show(TEXTS.cleaning);
  try {
    return await cleanUp(database, names, {
      ...settings,
      requestId,
      // Only the function can be paused, so that nobody reads how to resume here.
      commands: { undo: undoText(requestId), resume: '' },
      onBatch: cleanupProgress(line),
    });
  } finally {
    line.wipe();
  }
}

function page(): Page {
  return {
    columns: process.stdout.columns ?? COLUMNS_WITHOUT_TERMINAL,
    paint: (colour, text) => styleText(colour, text, { stream: process.stdout }),
  };
}
