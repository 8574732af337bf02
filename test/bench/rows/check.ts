import { checkOn, connected } from '../../support/job/run.ts';
import { type Row, sized } from '../row.ts';
import { bareScan } from '../support/bare.ts';
import { expectCount } from '../support/cleanup.ts';
import { TOKEN_LIMIT } from '../support/contacts.ts';
import { compare, timed } from '../support/spread.ts';
import { figure, spreadText } from '../support/words.ts';

const ROUNDS = 15;

/** What connecting, looking the tables up and reporting cost beside the reading itself. */
export const checkAgainstBare: Row = {
  name: 'check',
  what: 'check of 1,000,000 contacts, connection to close',
  against: 'bare parallel `select count(*), sum(x), max(x)`',
  bound: { is: 'at most', must: 3.8, aim: 3.3, unit: 'times' },
  async measure(bench) {
    const contacts = { count: sized(bench, 1_000_000), dueEvery: 100 };
    const { url, sql } = await bench.server.fresh(contacts);
    const ours = (round: number) => {
      bench.progress(`round ${round + 1} of ${ROUNDS}`);
      return timed(async () => {
        const { totalContacts } = await connected(url, {}, (database) =>
          checkOn(database, { tokenLimit: TOKEN_LIMIT }),
        );
        expectCount(totalContacts, contacts.count);
      });
    };
    const bare = () => timed(async () => expectCount(await bareScan(sql), contacts.count));
    await ours(0);
    await bare();
    const { ratio, ...sides } = await compare(ROUNDS, ours, bare);
    return {
      value: ratio.median,
      measured: spreadText(ratio, 'times'),
      figures: { contacts: contacts.count, ratio, oursMs: sides.ours, bareMs: sides.other },
      notes: [`check ${figure(sides.ours.median)} ms, bare ${figure(sides.other.median)} ms`],
    };
  },
};
