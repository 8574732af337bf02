import { loadTerminalSettings } from '../../../bin/local/settings.ts';
import { CLEANUP_NEEDS, openClientView, selectOpening } from '../../../lambda/tables/client-view.ts';
import { connected } from '../../support/job/run.ts';
import { type Row, sized } from '../row.ts';
import { bareScan } from '../support/bare.ts';
import { expectCount } from '../support/cleanup.ts';
import { dueCount, TOKEN_LIMIT } from '../support/contacts.ts';
import { compare, timed } from '../support/spread.ts';
import { figure, spreadText } from '../support/words.ts';

const ROUNDS = 15;
const { clientViewName } = loadTerminalSettings({});

/** What the figures and the places of the due rows cost beside the reading itself. */
export const opening: Row = {
  name: 'opening',
  what: 'opening of 1,000,000 contacts (figures and due places)',
  against: 'bare parallel `select count(*), sum(x), max(x)`',
  bound: { is: 'at most', must: 2.1, aim: 1.7, unit: 'times' },
  async measure(bench) {
    const contacts = { count: sized(bench, 1_000_000), dueEvery: 100 };
    const { url, sql } = await bench.server.fresh(contacts);
    const { ratio, ...sides } = await connected(url, {}, async (database) => {
      const view = await openClientView(database, clientViewName, CLEANUP_NEEDS);
      const open = async () => {
        const [found] = await database.run((job) => selectOpening(job, view, TOKEN_LIMIT), 'whole table');
        expectCount(found?.reaching.at(-1)?.threads ?? 0, dueCount(contacts));
      };
      const scan = async () => expectCount(await bareScan(sql), contacts.count);
      await open();
      await scan();
      const ours = (round: number) => {
        bench.progress(`round ${round + 1} of ${ROUNDS}`);
        return timed(open);
      };
      return compare(ROUNDS, ours, () => timed(scan));
    });
    return {
      value: ratio.median,
      measured: spreadText(ratio, 'times'),
      figures: { contacts: contacts.count, ratio, oursMs: sides.ours, bareMs: sides.other },
      notes: [`opening ${figure(sides.ours.median)} ms, bare ${figure(sides.other.median)} ms`],
    };
  },
};
