import stringWidth from 'string-width';
import type { Colour, Paint } from './colours.ts';

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Cuts a text to so many terminal columns, between what people see as characters: no family emoji loses a child. */
export function cut(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let kept = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += stringWidth(segment);
    if (width > columns - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** A word, or a command of ours: that stays in one piece, however narrow the terminal, so that it can be copied. */
const WORDS =
  /(npm run restore --|thread-cleanup restore) (--request-id )?\S+|(npm run (check|cleanup)|npm start|thread-cleanup (check|cleanup))( --(?= ))?( --[a-z-]+( (\d+|LIMIT))?)*|\S+/g;

/** Breaks a text into lines of so many columns between words, each after two spaces. */
export function wrap(text: string, columns: number): string[] {
  return text.split('\n').flatMap((line) => {
    const lines: string[] = [];
    for (const word of line.match(WORDS) ?? ['']) {
      const last = lines.at(-1);
      if (last === undefined || stringWidth(`${last} ${word}`) > columns) lines.push(`  ${word}`);
      else lines[lines.length - 1] = `${last} ${word}`;
    }
    return lines;
  });
}

/** The same with the first line at the margin. */
export function hang(text: string, columns: number): string[] {
  return wrap(text, columns).map((line, index) => (index === 0 ? line.slice(2) : line));
}

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** Most terminal columns for its texts. */
  readonly most?: number;
}

/** However narrow the terminal, so much is shown of the last column, and of one that has to give way. */
const MIN_COLUMN = 8;

/** Terminal columns that a table takes by itself, each column as wide as its widest text. */
export function tableWidth(columns: readonly Column[], rows: readonly (readonly string[])[]): number {
  return widthsOf(columns, rows).reduce((total, width) => total + 2 + width, 0);
}

function widthsOf(columns: readonly Column[], rows: readonly (readonly string[])[]): number[] {
  return columns.map(({ title, most = Number.POSITIVE_INFINITY }, index) => {
    const texts = [title, ...rows.map((row) => row[index] ?? '')];
    return Math.min(most, Math.max(...texts.map((text) => stringWidth(text))));
  });
}

/** Takes what does not fit from the widest column of texts, so that the last one has a minimum. */
function narrowed(widths: readonly number[], columns: readonly Column[], pageColumns: number): number[] {
  const before = widths.slice(0, -1).reduce((total, width) => total + 2 + width, 2);
  const excess = before + Math.min(MIN_COLUMN, widths.at(-1) ?? 0) - pageColumns;
  const texts = widths.slice(0, -1).map((width, index) => (columns[index]?.align === 'right' ? 0 : width));
  const widest = texts.indexOf(Math.max(...texts));
  if (excess <= 0) return [...widths];
  return widths.map((width, index) => (index === widest ? Math.max(MIN_COLUMN, width - excess) : width));
}

/**
 * Draws a table with two spaces before each column. The last column is cut to what is left of the line, and not filled
 * up: a terminal that draws an emoji there wider than Unicode says shifts nothing.
 *
 * @param columns what the table has
 * @param pageColumns terminal columns of the whole
 * @param paint colours a text of a row once it has its width; the titles are row -1
 */
export function table(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  pageColumns: number,
  paint: (text: string, row: number, column: number) => string,
): string[] {
  const widths = narrowed(widthsOf(columns, rows), columns, pageColumns);
  const last = columns.length - 1;
  const before = widths.slice(0, last).reduce((total, width) => total + 2 + width, 2);
  const room = Math.max(Math.min(MIN_COLUMN, widths[last] ?? 0), pageColumns - before);
  const cell = (whole: string, index: number) => {
    const isRight = columns[index]?.align === 'right';
    const text = isRight ? whole : cut(whole, index === last ? room : (widths[index] ?? 0));
    const fill = ' '.repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(text)));
    if (isRight) return fill + text;
    return index === last ? text : text + fill;
  };
  return [columns.map(({ title }) => title), ...rows].map((row, line) =>
    row
      .map((text, index) => `  ${paint(cell(text, index), line - 1, index)}`)
      .join('')
      .trimEnd(),
  );
}

const EMPTY = '░';
const MARK = '│';
/** The left eighths of a column, as block characters. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/**
 * A bar for a share from 0 to 1 of so many columns; anything above 0 is seen.
 *
 * @param mark where a line is drawn over it, from 0 to 1. @default nowhere
 */
export function bar(share: number, columns: number, mark?: number): string {
  const eighths = share > 0 ? Math.max(1, Math.floor(share * columns * 8)) : 0;
  const filled = '█'.repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? '');
  const drawn = [...filled.padEnd(columns, EMPTY)];
  if (mark !== undefined) drawn[Math.min(columns - 1, Math.floor(mark * columns))] = MARK;
  return drawn.join('');
}

/** Colours what a bar is filled with, and dims what is empty. */
export function paintBar(drawn: string, paint: Paint, colour: Colour): string {
  return drawn.replace(/[█▉▊▋▌▍▎▏]+|░+/g, (part) => paint(part.startsWith(EMPTY) ? 'dim' : colour, part));
}
