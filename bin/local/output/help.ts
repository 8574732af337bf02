import type { Help } from '../texts/help.ts';
import { hang, wrap } from './layout.ts';
import { lines } from './page.ts';

/** Wider lines are hard to read. */
const MOST_COLUMNS = 100;
/** From so many columns on, things and meanings are side by side. */
const SIDE_BY_SIDE_FROM = 80;
const MEANING_COLUMN = 25;

/** Draws help in so many terminal columns; narrow ones have each meaning below its thing. */
export function drawHelp({ intro, sections, end }: Help, columns: number): string {
  const width = Math.min(columns, MOST_COLUMNS);
  const drawn = sections.flatMap(({ title, entries }) => [
    '',
    title,
    ...entries.flatMap(([thing, meaning]) => (width < SIDE_BY_SIDE_FROM ? stacked : sideBySide)(thing, meaning, width)),
  ]);
  return lines(...flush(intro, width), ...drawn, '', ...flush(end, width));
}

const flush = (text: string, width: number) => hang(text, width + 2).map((line) => line.trimStart());

function stacked(thing: string, meaning: string, width: number): string[] {
  return [...indented(thing, 2, width), ...indented(meaning, 6, width)];
}

function sideBySide(thing: string, meaning: string, width: number): string[] {
  const texts = indented(meaning, MEANING_COLUMN, width);
  const [first = '', ...others] = texts;
  if (thing.length > MEANING_COLUMN - 4) return [`  ${thing}`, ...texts];
  return [`  ${thing}`.padEnd(MEANING_COLUMN) + first.trimStart(), ...others];
}

/** Breaks a text into lines with so many spaces before each. */
function indented(text: string, spaces: number, width: number): string[] {
  return wrap(text, width - spaces + 2).map((line) => ' '.repeat(spaces) + line.trimStart());
}
