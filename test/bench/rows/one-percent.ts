import { selectTotals } from '../../../lambda/tables/client-view.ts';
import { type Row, sized } from '../row.ts';
import { bareUpdate, CLIENT_VIEW } from '../support/bare.ts';
import { cleanUpAll, expectCount } from '../support/cleanup.ts';
import { dueCount, TOKEN_LIMIT } from '../support/contacts.ts';
import { compare, timed } from '../support/spread.ts';
import { count, figure, spreadText } from '../support/words.ts';

const MAX_TIMES = 1.3;
const ROUNDS = 7;

/** What the audit, the batches and the skipping of locked rows cost. */
export const onePercent: Row = {
  name: 'one-percent',
  what: 'clearing 1 % of 1,000,000 contacts, connection to close, audit included',
  against: "one bare UPDATE of the same rows + check's aggregate once, bare",
  mustReach: `at most ${MAX_TIMES} times`,
  async measure(bench) {
    const contacts = { count: sized(bench, 1_000_000), dueEvery: 100 };
    const threads = dueCount(contacts);
    const ours = async () => {
      const { url } = await bench.server.fresh(contacts);
      return timed(() => cleanUpAll(url, threads));
    };
    const bare = async () => {
      const { sql } = await bench.server.fresh(contacts);
      return timed(async () => {
        await selectTotals(sql, CLIENT_VIEW, TOKEN_LIMIT);
        expectCount(await bareUpdate(sql), threads);
      });
    };
    // The first run of all compiles this program's own code.
    await ours();
    const { ratio, ...sides } = await compare(
      ROUNDS,
      (round) => {
        bench.progress(`round ${round + 1} of ${ROUNDS}`);
        return ours();
      },
      bare,
    );
    return {
      measured: spreadText(ratio, 'times'),
      reached: ratio.median <= MAX_TIMES,
      figures: { contacts: contacts.count, threads, ratio, oursMs: sides.ours, bareMs: sides.other },
      notes: [
        `${count(threads)} threads of ${count(contacts.count)} contacts: cleanup ${figure(sides.ours.median)} ms, ` +
          `bare ${figure(sides.other.median)} ms`,
      ],
    };
  },
};
