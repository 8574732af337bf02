import { styleText } from 'node:util';
import type { Database } from '../../../lambda/database/database.ts';
import type { Settings } from '../../../lambda/input/settings.ts';
import { check } from '../../../lambda/job/check.ts';
import type { CheckResult, Summarised } from '../../../lambda/model/results.ts';
import { checkSummary } from '../../../lambda/texts/summary.ts';
import { escapeControlsInJson } from '../output/escape.ts';
import type { PassingLine } from '../output/progress.ts';
import { drawState, type Page } from '../output/report.ts';
import type { TerminalTexts } from '../texts/en.ts';

/** A command under way. */
export interface Session {
  readonly database: Database;
  /** Of the environment and, before it, of the command line. */
  readonly settings: Settings;
  readonly texts: TerminalTexts;
  /** For its progress. */
  readonly line: PassingLine;
  /** Whether the database is gone when the program ends. */
  readonly isSample: boolean;
}

/** Lines of what is no terminal may be so long. */
const COLUMNS_WITHOUT_TERMINAL = 120;

/** Writes to standard output, as it is: what is in it has to be harmless by now. */
export function print(text: string): void {
  process.stdout.write(text);
}

/** Prints a result as JSON, with escapes for what a terminal could obey. */
export function printJson(value: unknown): void {
  print(`${escapeControlsInJson(value)}\n`);
}

/** A page as wide as the terminal, with colours only where standard output takes them. */
export function pageOf({ texts, settings: { timezone } }: Session): Page {
  return {
    columns: process.stdout.columns ?? COLUMNS_WITHOUT_TERMINAL,
    paint: (colour, text) => styleText(colour, text, { stream: process.stdout }),
    texts,
    timezone,
  };
}

/** Runs a check with the session's own limit and language; fails as `check` does. */
export async function runCheck({ database, settings, texts }: Session): Promise<Summarised<CheckResult>> {
  const result = await check(database, settings, settings.tokenLimit, settings.quietMinutes);
  return { ...result, summary: checkSummary(result, texts.job) };
}

/** Runs a check and prints it, for people, under this title; fails as `check` does. */
export async function showState(title: string, session: Session): Promise<void> {
  print(drawState(title, await runCheck(session), pageOf(session)));
}
