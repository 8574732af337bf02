import type { TopThread } from '../../../lambda/model/results.ts';
import { escapeControls } from './escape.ts';

/** How a spreadsheet in the reader's language reads CSV: it takes both signs from the settings of the machine. */
export interface CsvSigns {
  readonly separator: ',' | ';';
  readonly decimal: '.' | ',';
}

/** The columns of `threadLine`, by the names that they have in JSON. */
const THREAD_COLUMNS = ['phone', 'name', 'threadId', 'tokens', 'percent', 'band'] as const;

/** Without it, Excel takes a file that is opened by a double click for the code page of its country, and shows é as Ã©. */
const BYTE_ORDER_MARK = '\ufeff';

/** Begins the file: the names of the columns. */
export function csvHead(signs: CsvSigns): string {
  return BYTE_ORDER_MARK + csvLine(THREAD_COLUMNS, signs);
}

/** A thread as a line of CSV. */
export function threadLine(thread: TopThread, signs: CsvSigns): string {
  return csvLine(
    THREAD_COLUMNS.map((column) => thread[column] ?? ''),
    signs,
  );
}

/**
 * Where a spreadsheet would see the beginning of a formula (OWASP: "CSV Injection"): at the start of a field, and behind a sign
 * that it may take for the end of one.
 */
const FORMULA = /(?<=^|[,;|"])(?=\s*[=+\-@＝＋－＠])/g;
/** A phone number with its plus sign calculates nothing, and has to reach the programs that dial it. */
const PHONE = /^\+\d[\d ]*$/;

/**
 * Fields as a line of CSV (RFC 4180). Names come from strangers: an apostrophe goes before what a spreadsheet would take for
 * a formula, and what a terminal could obey is shown as `\u{1b}`.
 */
export function csvLine(fields: readonly (string | number)[], { separator, decimal }: CsvSigns): string {
  const cells = fields.map((field) =>
    typeof field === 'number' ? String(field).replace('.', decimal) : textCell(field),
  );
  return `${cells.join(separator)}\r\n`;
}

function textCell(text: string): string {
  const harmless = escapeControls(PHONE.test(text) ? text : text.replace(FORMULA, "'"));
  return /[",;]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
