import { readFileSync } from 'node:fs';
import { loadTerminalSettings } from '../../../bin/local/settings.ts';
import { CLEANUP_NEEDS, openClientView, selectOpening } from '../../../lambda/tables/client-view.ts';
import { connected } from '../../support/job/run.ts';
import { type Row, sized } from '../row.ts';
import { expectCount } from '../support/cleanup.ts';
import { dueCount, TOKEN_LIMIT } from '../support/contacts.ts';
import { spreadOf } from '../support/spread.ts';
import { figure, spreadText } from '../support/words.ts';

const ROUNDS = 5;
const LOOK_EVERY_MS = 2;
const { clientViewName } = loadTerminalSettings({});

/** Whether the opening leaves the server its memory, whatever there is to clear. */
export const serverMemory: Row = {
  name: 'server-memory',
  what: "memory of the server's processes (theirs alone), opening with 1,000,000 due",
  against: 'before it',
  bound: { is: 'at most', must: 100, aim: 70, unit: 'MB more' },
  async measure(bench) {
    const contacts = { count: sized(bench, 1_000_000), dueEvery: 1 };
    const { url, sql } = await bench.server.fresh(contacts);
    const [backend] = await sql<{ pid: number }[]>`select pg_backend_pid() as pid`;
    const server = Number(statusOf(backend?.pid ?? 0, 'PPid'));
    const more: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      bench.progress(`round ${round + 1} of ${ROUNDS}`);
      // A backend of its own each time: one keeps what it once had.
      await connected(url, {}, async (database) => {
        const view = await openClientView(database, clientViewName, CLEANUP_NEEDS);
        const stop = watchMemory(server);
        const [found] = await database.run((job) => selectOpening(job, view, TOKEN_LIMIT), 'whole table');
        more.push(stop());
        expectCount(found?.reaching.at(-1)?.threads ?? 0, dueCount(contacts));
      });
    }
    const spread = spreadOf(more);
    return {
      value: spread.median,
      measured: spreadText(spread, 'MB more'),
      figures: { threads: dueCount(contacts), moreMb: spread },
      notes: [`the most that all processes had together, looked at every ${figure(LOOK_EVERY_MS)} ms (RssAnon)`],
    };
  },
};

/**
 * Looks at the memory of a server's processes, parallel workers included, without what they share.
 *
 * @returns what stops it and says how much more than at the beginning there was at most, in MB
 */
function watchMemory(server: number): () => number {
  const before = anonymousMb(server);
  let most = before;
  const look = () => {
    most = Math.max(most, anonymousMb(server));
  };
  const timer = setInterval(look, LOOK_EVERY_MS);
  return () => {
    clearInterval(timer);
    look();
    return most - before;
  };
}

function anonymousMb(server: number): number {
  const children = readFileSync(`/proc/${server}/task/${server}/children`, 'utf8').trim().split(' ');
  return children.reduce((sum, pid) => sum + Number.parseInt(statusOf(Number(pid), 'RssAnon'), 10) / 1_024, 0);
}

/** A line of a process's status; a process that is just ending has none. */
function statusOf(pid: number, name: string): string {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return new RegExp(`^${name}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '0';
  } catch {
    return '0';
  }
}
