import { type Row, sized } from '../row.ts';
import { compareWithBareUpdate } from '../support/against-bare.ts';
import { bareScan } from '../support/bare.ts';

const ROUNDS = 9;

/** What figures, audit, batches and the skipping of locked rows cost on a usual night. */
export const onePercent: Row = {
  name: 'one-percent',
  what: 'clearing 1 % of 1,000,000 contacts, connection to close, audit included',
  against: 'that scan + one bare UPDATE of the same rows',
  bound: { is: 'at most', must: 1.4, aim: 1.2, unit: 'times' },
  measure: (bench) => compareWithBareUpdate(bench, { count: sized(bench, 1_000_000), dueEvery: 100 }, ROUNDS, bareScan),
};
