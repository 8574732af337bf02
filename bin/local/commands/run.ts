import type { DatabaseAddress } from '../../../lambda/database/address.ts';
import { openDatabase } from '../../../lambda/database/database.ts';
import type { Options } from '../command-line.ts';
import { runCleanup } from './cleanup.ts';
import { runErase } from './erase.ts';
import { runRestore } from './restore.ts';
import { printJson, runCheck, type Session, showState } from './session.ts';

/**
 * Runs what the command line asks for, by the function's own use cases, and prints it.
 *
 * @param signal ends the command, the statement that runs included
 * @throws JobError in the words of the function
 */
export async function runCommand(
  { command, json }: Options,
  address: DatabaseAddress,
  signal: AbortSignal,
  beginning: Omit<Session, 'database'>,
): Promise<void> {
  const database = await openDatabase(address, { signal });
  const session = { ...beginning, database };
  try {
    if (command.name === 'restore') await runRestore(command.target, json, session);
    else if (command.name === 'erase') await runErase(command, json, session, signal);
    else if (command.name === 'cleanup') await runCleanup(command, json, session);
    else if (json) printJson(await runCheck(session));
    else await showState(session.texts.state, session);
  } finally {
    await database.close();
  }
}
