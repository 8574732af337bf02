import type { Spread } from './spread.ts';

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export const count = (value: number) => whole.format(value);
/** With three digits that mean something, or all before the point. */
export const figure = (value: number) =>
  value >= 1_000 ? whole.format(value) : String(Number(value.toPrecision(value >= 100 ? 3 : 3)));

/** `1.12 times (1.08 to 1.2 in 5 rounds)` */
export function spreadText({ median, lowest, highest, rounds }: Spread, unit: string): string {
  return `${figure(median)} ${unit} (${figure(lowest)} to ${figure(highest)} in ${rounds} rounds)`;
}
