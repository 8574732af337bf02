import { selectReport } from '../../../lambda/tables/client-view.ts';
import { checkOn, connected } from '../../support/job/run.ts';
import { type Row, sized } from '../row.ts';
import { CLIENT_VIEW } from '../support/bare.ts';
import { expectCount } from '../support/cleanup.ts';
import { TOKEN_LIMIT } from '../support/contacts.ts';
import { compare, timed } from '../support/spread.ts';
import { figure, spreadText } from '../support/words.ts';

const MAX_TIMES = 1.3;
const ROUNDS = 7;
/** As a check asks for. */
const TOP_THREADS = 10;

/** What connecting, looking the tables up and reporting cost. */
export const checkAgainstBare: Row = {
  name: 'check',
  what: 'check on 1,000,000 contacts, connection to close',
  against: 'the same statements run bare',
  mustReach: `at most ${MAX_TIMES} times`,
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
    const bare = () => timed(async () => selectReport(sql, CLIENT_VIEW, TOKEN_LIMIT, TOP_THREADS, undefined));
    await ours(0);
    const { ratio, ...sides } = await compare(ROUNDS, ours, bare);
    return {
      measured: spreadText(ratio, 'times'),
      reached: ratio.median <= MAX_TIMES,
      figures: { contacts: contacts.count, ratio, oursMs: sides.ours, bareMs: sides.other },
      notes: [`check ${figure(sides.ours.median)} ms, bare ${figure(sides.other.median)} ms`],
    };
  },
};
