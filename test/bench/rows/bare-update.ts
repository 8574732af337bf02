import { type Row, sized } from '../row.ts';
import { compareWithBareUpdate } from '../support/against-bare.ts';

const ROUNDS = 11;

/** What a cleared thread costs, where hardly anything else is to be read. */
export const bareUpdateRow: Row = {
  name: 'bare-update',
  what: 'clearing 10,000 of 20,000, connection to close, audit included',
  against: 'one bare UPDATE of the same rows',
  bound: { is: 'at most', must: 2, aim: 1.7, unit: 'times' },
  measure: (bench) =>
    compareWithBareUpdate(bench, { count: sized(bench, 20_000), dueEvery: 2 }, ROUNDS, async () => undefined),
};
