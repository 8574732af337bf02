import type { DatabaseAddress } from '../../../lambda/database/address.ts';
import { type Database, openDatabase } from '../../../lambda/database/database.ts';
import type { Settings } from '../../../lambda/input/settings.ts';
import { check } from '../../../lambda/job/check.ts';
import type { CheckResult, Commands, Summarised } from '../../../lambda/model/results.ts';
import type { TokenLimitSource } from '../../../lambda/model/token-limit-source.ts';
import { checkSummary } from '../../../lambda/texts/summary.ts';
import { escapeControlsInJson } from '../output/escape.ts';
import { type Page, pageOn } from '../output/page.ts';
import { type PassingLine, showElapsed } from '../output/progress.ts';
import type { Program } from '../program/program.ts';
import type { TerminalTexts } from '../texts/en.ts';

/** A command under way. */
export interface Session {
  readonly address: DatabaseAddress;
  /** Ends the command, the statement that runs included. */
  readonly signal: AbortSignal;
  /** Of the environment and, before it, of the command line. */
  readonly settings: Settings & { readonly tokenLimitFrom: TokenLimitSource };
  readonly texts: TerminalTexts;
  /** For its progress. */
  readonly line: PassingLine;
  /** Command lines that go on where a cleanup would be refused. */
  readonly commands: Pick<Commands, 'cleanUp' | 'correctLimit' | 'force'>;
  readonly program: Program;
}

/** Opens a connection, uses it and closes it; fails as `openDatabase` and `use` do. */
export async function connected<T>({ address, signal }: Session, use: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(address, { signal });
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}

/** Writes to standard output, as it is: what is in it has to be harmless by now. */
export function print(text: string): void {
  process.stdout.write(text);
}

/** Prints a result as one line of JSON, with escapes for what a terminal could obey. */
export function printJson(value: unknown): void {
  print(`${escapeControlsInJson(value)}\n`);
}

/** What the session prints on. */
export function pageOf({ texts, settings, program }: Session): Page {
  return pageOn(process.stdout, texts, settings.timezone, program);
}

/** Runs a check with the session's own limit and language; fails as `check` does. */
export async function runCheck(
  database: Database,
  { settings, texts, line, commands }: Session,
): Promise<Summarised<CheckResult>> {
  const stop = showElapsed(line, texts.reading);
  try {
    const result = await check(database, settings, { ...settings, paused: false });
    // Only the function can be paused.
    return { ...result, summary: checkSummary(result, texts.job, { ...commands, resume: '' }) };
  } finally {
    stop();
    line.erase();
  }
}
