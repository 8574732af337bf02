import stringWidth from 'string-width';

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
const WORDS = /npm run restore -- (--request-id )?\S+|\S+/g;

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

/** A column of a table. */
export interface Column {
  readonly title: string;
  readonly align?: 'right';
  /** Most terminal columns for its texts. */
  readonly most?: number;
}

/** However narrow the terminal, so much of the last column is shown. */
const MIN_LAST_COLUMN = 8;

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
  const titles = columns.map(({ title }) => title);
  const texts = [titles, ...rows].map((row) =>
    row.map((text, index) => cut(text, columns[index]?.most ?? Number.POSITIVE_INFINITY)),
  );
  const widths = columns.map((_, index) => Math.max(...texts.map((row) => stringWidth(row[index] ?? ''))));
  const last = columns.length - 1;
  const before = widths.slice(0, last).reduce((total, width) => total + 2 + width, 2);
  const room = Math.max(MIN_LAST_COLUMN, pageColumns - before);
  const cell = (text: string, index: number) => {
    const fill = ' '.repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(text)));
    if (columns[index]?.align === 'right') return fill + text;
    return index === last ? cut(text, room) : text + fill;
  };
  return texts.map((row, line) => row.map((text, index) => `  ${paint(cell(text, index), line - 1, index)}`).join(''));
}

/** The left eighths of a column, as block characters. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** A bar for a share from 0 to 1 of so many columns; anything above 0 is seen. */
export function bar(share: number, columns: number): string {
  const eighths = share > 0 ? Math.max(1, Math.floor(share * columns * 8)) : 0;
  const filled = '█'.repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
  return filled + '░'.repeat(columns - filled.length);
}
