import { availableParallelism, loadavg } from 'node:os';
import { stdout } from 'node:process';
import { wrap } from '../../bin/local/output/layout.ts';
import { type Bound, type Measured, type Row, verdictOf } from './row.ts';
import { drawCurve } from './support/curve.ts';
import { figure } from './support/words.ts';

export interface RowResult extends Measured {
  readonly row: Row;
}

/** Where it was measured. */
export interface Surroundings {
  readonly postgres: string;
  readonly node: string;
  readonly quick: boolean;
}

/** Columns of the table's texts; a longer one takes several lines. */
const WIDTHS = [36, 30, 34, 20, 12, 8];
const TITLES = ['what', 'against', 'measured', 'must', 'aim', 'reached'];

/** The table, the curves and what explains them, as text. */
export function report(results: readonly RowResult[], { postgres, node, quick }: Surroundings): string {
  const inTerminal = stdout.isTTY;
  const rows = results.map(({ row, ...measured }) =>
    tableRow([
      row.what,
      row.against,
      measured.measured,
      [goal(row.bound, 'must'), ...(measured.also ? [measured.also.must] : [])].join(', '),
      goal(row.bound, 'aim'),
      verdictOf(row, measured),
    ]),
  );
  const details = results.flatMap(({ row, notes = [], curves = [] }) => [
    '',
    row.what,
    ...notes.flatMap((note) => wrap(note, 110)),
    ...curves.flatMap((curve) => ['', drawCurve(curve, inTerminal)]),
  ]);
  return [
    `PostgreSQL ${postgres}, Node ${node}, ${availableParallelism()} cores, load ${figure(loadavg()[0] ?? 0)}; ` +
      `median of several rounds (lowest to highest)${quick ? '; QUICK: a tenth of the contacts' : ''}`,
    '',
    tableRow(TITLES),
    ...rows.map((row) => `\n${row}`),
    ...details,
  ].join('\n');
}

const goal = ({ is, unit, ...bound }: Bound, kind: 'must' | 'aim') => `${is} ${figure(bound[kind])} ${unit}`;

function tableRow(texts: readonly string[]): string {
  const cells = texts.map((text, column) => wrap(text, (WIDTHS[column] ?? 0) + 2).map((line) => line.slice(2)));
  const height = Math.max(...cells.map(({ length }) => length));
  return Array.from({ length: height }, (_, line) =>
    cells
      .map((cell, column) => (cell[line] ?? '').padEnd(WIDTHS[column] ?? 0))
      .join('  ')
      .trimEnd(),
  ).join('\n');
}
