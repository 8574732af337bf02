import type { WriteStream } from 'node:tty';
import type { Program, TypedCommand } from '../program/program.ts';
import type { TerminalTexts } from '../texts/en.ts';
import { type Paint, paintFor } from './colours.ts';

/** What the reports are drawn on, and for whom. */
export interface Page {
  /** Terminal columns. */
  readonly columns: number;
  readonly paint: Paint;
  readonly texts: TerminalTexts;
  /** IANA name. */
  readonly timezone: string;
  /** For the commands that are shown. */
  readonly typed: TypedCommand;
}

/** Lines of what is no terminal may be so long. */
const COLUMNS_WITHOUT_TERMINAL = 120;

/** A page as wide as the terminal, with colours only where the stream takes them. */
export function pageOn(stream: WriteStream, texts: TerminalTexts, timezone: string, { typed }: Program): Page {
  return { columns: stream.columns || COLUMNS_WITHOUT_TERMINAL, paint: paintFor(stream), texts, timezone, typed };
}

/** Ends every text with a line break, the last one too, so that reports can follow one another. */
export function lines(...texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join('');
}

/** The `paint` of a table whose titles alone are coloured. */
export const titlesDim = (page: Page) => (text: string, row: number) => (row < 0 ? page.paint('dim', text) : text);
