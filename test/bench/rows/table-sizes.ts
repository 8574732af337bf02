import { type Row, sized } from '../row.ts';
import { cleanUpAll } from '../support/cleanup.ts';
import { dueCount } from '../support/contacts.ts';
import { spreadOf, timed } from '../support/spread.ts';
import { count, figure, spreadText } from '../support/words.ts';

const MAX_TIMES = 1.3;
const ROUNDS = 3;
const SIZES = [100_000, 1_000_000, 3_000_000];

/** Whether the cost grows with the table, and no faster. */
export const tableSizes: Row = {
  name: 'table-sizes',
  what: 'contacts 100 k, 1 M, 3 M with 1 % over',
  against: 'itself: time per contact at 3 M and at 1 M',
  mustReach: `at most ${MAX_TIMES} times (flat within 30 %)`,
  async measure(bench) {
    const sizes = SIZES.map((size) => ({ count: sized(bench, size), dueEvery: 100, perContact: [] as number[] }));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const { perContact, ...contacts } of round % 2 === 0 ? sizes : sizes.toReversed()) {
        bench.progress(`round ${round + 1} of ${ROUNDS}, ${count(contacts.count)} contacts`);
        const { url } = await bench.server.fresh(contacts);
        perContact.push((1_000 * (await timed(() => cleanUpAll(url, dueCount(contacts))))) / contacts.count);
      }
    }
    const [, middle, large] = sizes.map(({ perContact }) => perContact);
    const ratio = spreadOf((large ?? []).map((value, round) => value / (middle?.[round] ?? 0)));
    const points = sizes.map((size) => ({
      contacts: size.count,
      microsecondsPerContact: spreadOf(size.perContact),
    }));
    return {
      measured: spreadText(ratio, 'times'),
      reached: ratio.median <= MAX_TIMES,
      figures: { ratio, points },
      curves: [
        {
          title: 'Time per contact, 1 % over the limit',
          unit: 'µs',
          points: points.map(({ contacts, microsecondsPerContact: { median } }) => ({
            label: `${count(contacts)} contacts`,
            value: median,
          })),
        },
      ],
      notes: [
        points
          .map(
            ({ contacts, microsecondsPerContact: { median } }) =>
              `${count(contacts)} contacts ${figure((median * contacts) / 1_000)} ms`,
          )
          .join(', '),
      ],
    };
  },
};
