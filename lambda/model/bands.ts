/** How full a thread is, in per cent of the token limit: below 50, 50 to 80, 80 to 100, from 100 on (seed: "Estados y Umbrales"). */
export const BANDS = ['normal', 'caution', 'warning', 'critical'] as const;
export type Band = (typeof BANDS)[number];

/**
 * The fewest tokens of each band, in the order of `BANDS`. A thread belongs to the last band whose bound it reaches;
 * one without tokens belongs to none. Whole numbers, because tokens are: 50 % of 5 tokens is reached at 3.
 *
 * @param tokenLimit tokens at which a thread is cleared
 */
export function bandBounds(tokenLimit: number): readonly [number, number, number, number] {
  return [1, Math.ceil(tokenLimit / 2), tokenLimit - Math.floor(tokenLimit / 5), tokenLimit];
}

/** The band of a thread with `tokens` tokens (at least 1). */
export function bandOf(tokens: number, tokenLimit: number): Band {
  const index = bandBounds(tokenLimit).findLastIndex((bound) => tokens >= bound);
  return BANDS[index] ?? 'normal';
}

/** Share of the limit in per cent, rounded down to a tenth, so that 100 is never shown before the limit is reached. */
export function percentOf(tokens: number, tokenLimit: number): number {
  return Math.floor((tokens * 1000) / tokenLimit) / 10;
}
