import type { Continuation } from '../model/continuation.ts';
import type { ThreadFigures } from '../model/figures.ts';
import type { DatabaseRequest, FleetEngine } from './engine.ts';
import type { Outcome } from './outcome.ts';

/** AWS, "Lambda quotas", durable functions: operations of one execution. */
export const MAX_OPERATIONS = 3_000;
/** Those that are no invocation: lists, state, times, metrics and e-mail, each with its attempts. */
const OTHER_OPERATIONS = 50;
/** Besides the invocations of a round: the round itself, the pause before it and how long that is. */
const OPERATIONS_OF_A_ROUND = 3;

/** A failure that may pass is tried so often, where operations suffice. */
const MAX_ATTEMPTS = 3;
/** Before the second attempt, in seconds; four times as long before the third. A server has restarted by then. */
const FIRST_PAUSE_SECONDS = 30;

/** How it ended in one database. */
export interface Ended {
  readonly secret: string;
  readonly outcome: Outcome;
  /** Whether an earlier attempt failed. */
  readonly retried: boolean;
  /** What the parts of a run cleared that its last result does not count. */
  readonly earlierCount: number;
  readonly earlierTokens: number;
  /** How full the threads are, as far as a part of the run told. */
  readonly figures: ThreadFigures | undefined;
}

/** A database that waits for its next invocation. */
interface Turn extends Omit<Ended, 'outcome'> {
  readonly next: Continuation | undefined;
  readonly failedAttempts: number;
  /** Undefined before the first one. */
  readonly outcome: Outcome | undefined;
}

const first = (secret: string): Turn => ({
  ...{ secret, next: undefined, failedAttempts: 0, outcome: undefined },
  ...{ retried: false, earlierCount: 0, earlierTokens: 0, figures: undefined },
});

/**
 * Invokes the cleanup function for every database, in rounds: everybody once, then those that time did not suffice for, and
 * those whose failure may pass, until nobody is left or the operations of an execution are used up. Which databases a round
 * has follows from the outcomes of the one before alone, so that a run that is begun again has the same rounds.
 *
 * @param secrets at most `MAX_DATABASES`: so everybody has a turn
 * @param jitter a number from 0 to 1, drawn anew for each pause: stacks that fail together try again apart
 * @returns how it ended, in the order of `secrets`
 */
export async function workThrough(
  engine: FleetEngine,
  secrets: readonly string[],
  { mode, concurrency, jitter }: { mode: DatabaseRequest['mode']; concurrency: number; jitter: () => number },
): Promise<readonly Ended[]> {
  const latest = new Map<string, Turn>();
  let operations = MAX_OPERATIONS - OTHER_OPERATIONS;
  let waiting = secrets.map(first);
  for (let round = 1; waiting.length > 0 && operations > OPERATIONS_OF_A_ROUND; round++) {
    const turns = waiting.slice(0, operations - OPERATIONS_OF_A_ROUND);
    const left = waiting.slice(turns.length);
    operations -= turns.length + OPERATIONS_OF_A_ROUND;
    await pauseBefore(engine, round, turns, jitter);
    const requests = turns.map(({ secret, next }) => ({ mode, secret, ...(next !== undefined && { next }) }));
    const outcomes = await engine.invokeEach(`round ${round}`, requests, concurrency);
    const taken = turns.map((turn, index) => after(turn, outcomes[index]));
    for (const turn of taken) latest.set(turn.secret, turn);
    // Those that go on come first: they clear something for certain.
    const again = [...left, ...taken.filter(isWaiting)];
    waiting = [...again.filter(({ next }) => next !== undefined), ...again.filter(({ next }) => next === undefined)];
  }
  return secrets.flatMap((secret) => {
    const { outcome, ...turn } = latest.get(secret) ?? first(secret);
    return outcome === undefined ? [] : [{ ...turn, outcome }];
  });
}

async function pauseBefore(
  engine: FleetEngine,
  round: number,
  turns: readonly Turn[],
  jitter: () => number,
): Promise<void> {
  const attempts = Math.max(...turns.map(({ failedAttempts }) => failedAttempts));
  if (attempts === 0) return;
  const least = FIRST_PAUSE_SECONDS * 4 ** (attempts - 1);
  const seconds = await engine.once(`pause of round ${round}`, async () => Math.round(least * (1 + jitter())));
  await engine.pause(`before round ${round}`, seconds);
}

function after(turn: Turn, outcome: Outcome | undefined): Turn {
  if (outcome === undefined) throw new Error('unreachable: there is an outcome for each request');
  switch (outcome.kind) {
    case 'cleaned': {
      const { cleanup } = outcome;
      const figures = cleanup.figures ?? turn.figures;
      if (cleanup.next !== undefined) {
        const earlierCount = turn.earlierCount + cleanup.cleanedCount;
        const earlierTokens = turn.earlierTokens + cleanup.totalTokensCleared;
        return { ...turn, outcome, figures, earlierCount, earlierTokens, next: cleanup.next, failedAttempts: 0 };
      }
      // A run that continued counts all of it when it reaches the end, or is paused.
      const isWhole = (cleanup.complete || cleanup.paused) && turn.next !== undefined;
      return { ...turn, outcome, figures, next: undefined, ...(isWhole && { earlierCount: 0, earlierTokens: 0 }) };
    }
    case 'failed':
      return { ...turn, outcome, failedAttempts: turn.failedAttempts + 1, retried: turn.retried || outcome.mayPass };
    default:
      return { ...turn, outcome };
  }
}

function isWaiting({ outcome, next, failedAttempts }: Turn): boolean {
  if (outcome?.kind === 'failed') return outcome.mayPass && failedAttempts < MAX_ATTEMPTS;
  return outcome?.kind === 'cleaned' && next !== undefined;
}
