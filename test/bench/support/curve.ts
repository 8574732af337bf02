import { figure } from './words.ts';

/** Figures that belong together, to be drawn. */
export interface Curve {
  readonly title: string;
  readonly unit: string;
  readonly points: readonly { readonly label: string; readonly value: number }[];
}

const BAR_COLUMNS = 40;

/** Draws a curve as one bar a point; with block characters in a terminal, plain ones elsewhere. */
export function drawCurve({ title, unit, points }: Curve, inTerminal: boolean): string {
  const most = Math.max(...points.map(({ value }) => value));
  const width = Math.max(...points.map(({ label }) => label.length));
  const lines = points.map(({ label, value }) => {
    const bar = (inTerminal ? '█' : '#').repeat(Math.max(1, Math.round((value / most) * BAR_COLUMNS)));
    return `  ${label.padStart(width)}  ${bar} ${figure(value)} ${unit}`;
  });
  return [title, ...lines].join('\n');
}

/**
 * A long series as a few points: the highest value of each part, since it is the outliers that matter.
 *
 * @param label of a part, from where it begins and ends as shares of the whole
 */
export function highestOfParts(values: readonly number[], parts: number, label: (from: number, to: number) => string) {
  const used = Math.min(parts, values.length);
  return Array.from({ length: used }, (_, part) => {
    const from = Math.floor((part * values.length) / used);
    const to = Math.floor(((part + 1) * values.length) / used);
    return { label: label(part / used, (part + 1) / used), value: Math.max(...values.slice(from, to)) };
  });
}
