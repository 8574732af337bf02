import type { DatabaseAddress } from '../../../lambda/database/address.ts';
import { openDatabase } from '../../../lambda/database/database.ts';
import type { Settings } from '../../../lambda/input/settings.ts';
import type { Options } from '../command-line.ts';
import type { PassingLine } from '../output/progress.ts';
import type { TerminalTexts } from '../texts/en.ts';
import { runCleanup } from './cleanup.ts';
import { runRestore } from './restore.ts';
import { type Job, look, printJson, showState } from './session.ts';

/** Where a command works. */
export interface Surroundings {
  readonly address: DatabaseAddress;
  /** Whether the database is gone when the program ends. */
  readonly isSample: boolean;
  /** Ends the command, the statement that runs included. */
  readonly signal: AbortSignal;
  /** For its progress. */
  readonly line: PassingLine;
  readonly texts: TerminalTexts;
}

/**
 * Runs what the command line asks for, by the function's own use cases, and prints it.
 *
 * @throws JobError in the words of the function
 */
export async function runCommand(options: Options, settings: Settings, surroundings: Surroundings): Promise<void> {
  const { command, json } = options;
  const { address, signal, ...rest } = surroundings;
  const ownLimit = command.name === 'restore' ? undefined : command.tokenLimit;
  const database = await openDatabase(address, { signal });
  const job: Job = {
    ...rest,
    database,
    names: { ...settings, defaultSchema: address.schema },
    settings: { ...settings, tokenLimit: ownLimit ?? settings.tokenLimit },
  };
  try {
    if (command.name === 'restore') await runRestore(command.target, json, job);
    else if (command.name === 'cleanup') await runCleanup(command, json, job);
    else if (json) printJson(await look(job));
    else await showState(job.texts.state, job);
  } finally {
    await database.close();
  }
}
