import { setTimeout as pause } from 'node:timers/promises';
import type { CleanupResult } from '../../lambda/model/results.ts';
import type { Assistant, AssistantCounts } from '../support/job/assistant.ts';
import type { Jobs } from '../support/job/jobs.ts';
import type { Balance } from '../support/job/ledger.ts';
import type { StrikeCounts } from './strikes.ts';

export interface Outcome {
  readonly assistant: Readonly<AssistantCounts>;
  readonly strikes: Readonly<StrikeCounts>;
  readonly runs: readonly CleanupResult[];
  readonly continued: Jobs['continued'];
  readonly restores: Jobs['restores'];
  readonly erasures: Jobs['erasures'];
  readonly failures: Jobs['failures'];
  readonly balance: Balance;
  readonly misreported: readonly unknown[];
}

/** Failures that the strikes cause on purpose: the database is away, it refuses to write, or a table is meddled with. */
const EXPECTED_FAILURES = ['DatabaseUnreachable', 'StatementFailed', 'TableUnusable'];

const sumOf = (runs: readonly CleanupResult[], figure: 'cleanedCount' | 'remainingCount' | 'activeCount') =>
  runs.reduce((total, run) => total + run[figure], 0);

/** Shows in a terminal how far it is; a log gets no more than the table. */
export async function showProgress(
  stopped: () => boolean,
  end: number,
  { assistant, jobs, strikes }: { assistant: Assistant; jobs: Jobs; strikes: StrikeCounts },
): Promise<void> {
  while (!stopped()) {
    await pause(500);
    if (!process.stdout.isTTY) continue;
    const writes = Object.values(assistant.counts).reduce((total, count) => total + count, 0);
    const hits = Object.values(strikes).reduce((total, count) => total + count, 0);
    const left = Math.max(0, Math.ceil((end - performance.now()) / 1000));
    const figures = `${writes} writes, ${jobs.runs.length} cleanups, ${jobs.restores.count} restores, ${hits} faults`;
    process.stdout.write(`\r\u001b[K${left} s left: ${figures}`);
  }
  if (process.stdout.isTTY) process.stdout.write('\r\u001b[K');
}

/** Prints everything that happened, and what the ledger says. */
export function printTable(outcome: Outcome): void {
  const { assistant, strikes, runs, continued, restores, erasures, failures, balance, misreported } = outcome;
  const rows: readonly (readonly [string, number])[] = [
    ...Object.entries(assistant).map(([kind, count]) => [`assistant: ${kind}`, count] as const),
    ['cleanups that ended', runs.length],
    ['  in more than one invocation', continued.runs],
    ['  invocations of those', continued.invocations],
    ['  threads cleared', sumOf(runs, 'cleanedCount')],
    ['  left to the next run', sumOf(runs, 'remainingCount')],
    ['  left in a conversation', sumOf(runs, 'activeCount')],
    ['restores that ended', restores.count],
    ['  threads restored', restores.restored],
    ['  skipped', restores.skipped],
    ['  restored before', restores.restoredBefore],
    ['erasures that ended', erasures.count],
    ['  audit rows erased from', erasures.rows],
    ...[...failures].map(([name, count]) => [`runs that failed: ${name}`, count] as const),
    ...Object.entries(strikes).map(([kind, count]) => [`fault: ${kind}`, count] as const),
    ['contacts', balance.contacts],
    ['lost tokens', balance.lostTokens],
    ['lost threads', balance.lostThreads],
    ['audit rows with wrong figures', balance.wrongRows],
    ['runs with wrong figures', misreported.length],
  ];
  for (const [what, count] of rows) console.log(`${what.padEnd(44)}${count.toLocaleString('en').padStart(12)}`);
}

/** Fifty in five minutes. */
const MIN_KILLS_A_MINUTE = 10;

/** What is wrong with an outcome, as sentences; also when something did not happen at all. */
export function wrongIn(outcome: Outcome, minutes: number): string[] {
  const { assistant, strikes, runs, continued, restores, erasures, failures, balance, misreported } = outcome;
  const kills = strikes['processes killed'];
  const { failed: _, ...writes } = assistant;
  const cleared = sumOf(runs, 'cleanedCount');
  const remaining = sumOf(runs, 'remainingCount');
  const active = sumOf(runs, 'activeCount');
  const erased = { erasures: erasures.count, 'erased rows': erasures.rows };
  const happened = {
    ...writes,
    ...restores,
    ...erased,
    ...strikes,
    continued: continued.runs,
    cleared,
    remaining,
    active,
  };
  return [
    ...Object.entries(happened).flatMap(([what, count]) => (count > 0 ? [] : [`It never came to: ${what}.`])),
    ...(kills < MIN_KILLS_A_MINUTE * minutes ? [`Only ${kills} processes were killed.`] : []),
    ...[...failures.keys()]
      .filter((name) => !EXPECTED_FAILURES.includes(name))
      .map((name) => `Runs failed with ${name}.`),
    ...(balance.lostTokens + balance.lostThreads + balance.wrongRows > 0 ? ['The ledger is out of balance.'] : []),
    ...(misreported.length > 0 ? [`Runs with wrong figures: ${JSON.stringify(misreported.slice(0, 3))}`] : []),
  ];
}
