/** What several rounds gave. */
export interface Spread {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
  readonly rounds: number;
}

/** Two sides measured in the same rounds; the ratio is that of each round, so that a busy machine meets both. */
export interface Comparison {
  readonly ratio: Spread;
  readonly ours: Spread;
  readonly other: Spread;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  const median = ((sorted[Math.floor(middle)] ?? 0) + (sorted[Math.ceil(middle) - 1] ?? 0)) / 2;
  return { median, lowest: sorted[0] ?? 0, highest: sorted.at(-1) ?? 0, rounds: sorted.length };
}

/**
 * Measures two sides in turn, the other one first in every second round.
 *
 * @param divide ratio of a round, from what the sides gave
 */
export async function compare(
  rounds: number,
  ours: (round: number) => Promise<number>,
  other: (round: number) => Promise<number>,
  divide: (ours: number, other: number) => number = (a, b) => a / b,
): Promise<Comparison> {
  const values = { ratio: [] as number[], ours: [] as number[], other: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    const early = round % 2 === 0 ? await ours(round) : await other(round);
    const late = round % 2 === 0 ? await other(round) : await ours(round);
    const [mine, theirs] = round % 2 === 0 ? [early, late] : [late, early];
    values.ours.push(mine);
    values.other.push(theirs);
    values.ratio.push(divide(mine, theirs));
  }
  return { ratio: spreadOf(values.ratio), ours: spreadOf(values.ours), other: spreadOf(values.other) };
}

/** Milliseconds that something takes. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
