import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Bench, type Row, sized } from '../row.ts';
import { type Contacts, dueCount } from '../support/contacts.ts';
import { compare } from '../support/spread.ts';
import { count, figure, spreadText } from '../support/words.ts';

const ROUNDS = 3;
/** How Lambda starts Node.js. */
const NODE_OPTIONS = ['--max-semi-space-size=2'];

/** Whether memory is bounded, whatever there is to clear. */
export const memory: Row = {
  name: 'memory',
  what: 'memory of the process (most resident), clearing 1,000,000 threads',
  against: 'clearing 10,000',
  bound: { is: 'at most', must: 48, aim: 32, unit: 'MB more' },
  async measure(bench) {
    const many = { count: sized(bench, 1_000_000), dueEvery: 1 };
    const few = { count: sized(bench, 10_000), dueEvery: 1 };
    const { ratio: more, ...sides } = await compare(
      ROUNDS,
      (round) => {
        bench.progress(`round ${round + 1} of ${ROUNDS}`);
        return memoryOf(bench, many);
      },
      () => memoryOf(bench, few),
      (ours, other) => ours - other,
    );
    return {
      value: more.median,
      measured: spreadText(more, 'MB more'),
      figures: { threads: dueCount(many), moreMb: more, manyMb: sides.ours, fewMb: sides.other },
      notes: [
        `${count(dueCount(many))} threads ${figure(sides.ours.median)} MB, ` +
          `${count(dueCount(few))} threads ${figure(sides.other.median)} MB`,
      ],
    };
  },
};

/** The most memory that a process of its own had, in MB. */
async function memoryOf(bench: Bench, contacts: Contacts): Promise<number> {
  const { url } = await bench.server.fresh(contacts);
  const script = join(import.meta.dirname, '../support/memory-process.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [
    ...NODE_OPTIONS,
    script,
    url,
    String(dueCount(contacts)),
  ]);
  return Number(stdout) / 1_024;
}
