import type { BandFigures, Totals } from '../../../lambda/model/figures.ts';

/**
 * What a reading of a table counts that has these threads in its bands.
 *
 * @param bands threads and tokens, in the order of the bands
 * @param contacts without tokens
 */
export function totalsOf(bands: readonly BandFigures[], contacts: number, maxTokens: number): Totals {
  const sum = (key: keyof BandFigures, from: number) => bands.slice(from).reduce((total, band) => total + band[key], 0);
  return {
    contacts: contacts + sum('threads', 0),
    maxTokens,
    activeCount: 0,
    reaching: bands.map((_, index) => ({ threads: sum('threads', index), tokens: sum('tokens', index) })),
  };
}
