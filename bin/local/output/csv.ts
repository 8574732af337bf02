import type { TopThread } from '../../../lambda/model/results.ts';
import { escapeControls } from './escape.ts';

/** The columns of `threadLine`, by the names that they have in JSON. */
export const THREAD_COLUMNS = ['phone', 'name', 'threadId', 'tokens', 'percent', 'band'] as const;

/** A thread as a line of CSV. */
export function threadLine(thread: TopThread): string {
  return csvLine(THREAD_COLUMNS.map((column) => thread[column] ?? ''));
}

/** What a spreadsheet takes for the beginning of a formula (OWASP: "CSV Injection"). */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * Fields as a line of CSV (RFC 4180). Names come from strangers: one that a spreadsheet would take for a formula begins with
 * an apostrophe, and what a terminal could obey is shown as `\u{1b}`.
 */
export function csvLine(fields: readonly (string | number)[]): string {
  return `${fields.map((field) => (typeof field === 'number' ? String(field) : textField(field))).join()}\r\n`;
}

function textField(text: string): string {
  const harmless = escapeControls(FORMULA.test(text) ? `'${text}` : text);
  return /[",]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
