/** A source of chance that repeats itself, for samples and tests: the same seed, the same sequence. */
export interface Random {
  /** From 0 to less than 1. */
  next(): number;
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  /** @throws Error when the list is empty */
  pick<T>(list: readonly T[]): T;
  /** Another source, so that parallel tasks do not depend on each other's pace. */
  fork(): Random;
}

/** Mulberry32 (public domain): small, and even enough to choose with. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    next,
    between,
    pick: (list) => {
      const item = list[between(0, list.length - 1)];
      if (item === undefined) throw new Error('There is nothing to pick from.');
      return item;
    },
    fork: () => randomFrom(between(0, 2 ** 32 - 1)),
  };
}
