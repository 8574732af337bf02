import { type Row, sized } from '../row.ts';
import { cleanUpAll } from '../support/cleanup.ts';
import { dueCount } from '../support/contacts.ts';
import { compare, timed } from '../support/spread.ts';
import { count, figure, spreadText } from '../support/words.ts';

const ROUNDS = 3;

/** Whether the cost grows with the table, and no faster. */
export const tableSizes: Row = {
  name: 'table-sizes',
  what: 'clearing 1 % of 10,000,000 contacts, time for each contact',
  against: '1,000,000',
  bound: { is: 'at most', must: 1.3, aim: 1.1, unit: 'times' },
  async measure(bench) {
    const microsecondsEach = (contacts: number) => async (round: number) => {
      const size = { count: sized(bench, contacts), dueEvery: 100 };
      bench.progress(`round ${round + 1} of ${ROUNDS}, ${count(size.count)} contacts`);
      const { url } = await bench.server.fresh(size);
      return (1_000 * (await timed(() => cleanUpAll(url, dueCount(size))))) / size.count;
    };
    const small = microsecondsEach(1_000_000);
    await small(0);
    const { ratio, ...sides } = await compare(ROUNDS, microsecondsEach(10_000_000), small);
    return {
      value: ratio.median,
      measured: spreadText(ratio, 'times'),
      figures: { ratio, largeMicrosecondsEach: sides.ours, smallMicrosecondsEach: sides.other },
      notes: [
        `10,000,000 contacts ${figure(sides.ours.median)} µs each, 1,000,000 contacts ${figure(sides.other.median)} µs`,
      ],
    };
  },
};
