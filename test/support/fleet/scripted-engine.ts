import type { DatabaseRequest, FleetEngine } from '../../../lambda/fleet/engine.ts';
import type { Outcome } from '../../../lambda/fleet/outcome.ts';

/** An engine that runs everything at once, and what it was asked for. */
export interface ScriptedEngine extends FleetEngine {
  readonly requests: DatabaseRequest[];
  /** Sizes of the rounds. */
  readonly rounds: number[];
  readonly pauses: number[];
  /** Names of what was done once. */
  readonly done: string[];
  /** Operations that AWS would count. */
  operations(): number;
}

/** @param answer what the function answers to the nth invocation for a database */
export function scriptedEngine(answer: (request: DatabaseRequest, nth: number) => Outcome): ScriptedEngine {
  const requests: DatabaseRequest[] = [];
  const rounds: number[] = [];
  const pauses: number[] = [];
  const done: string[] = [];
  const counts = new Map<string, number>();
  return {
    ...{ requests, rounds, pauses, done },
    operations: () => requests.length + rounds.length + pauses.length + done.length,
    once: async (name, work) => {
      done.push(name);
      return work();
    },
    pause: async (_, seconds) => void pauses.push(seconds),
    invokeEach: async (_, round) => {
      rounds.push(round.length);
      requests.push(...round);
      return round.map((request) => {
        const nth = (counts.get(request.secret) ?? 0) + 1;
        counts.set(request.secret, nth);
        return answer(request, nth);
      });
    },
  };
}

/** A cleanup that cleared so many threads. */
export const cleaned = (cleanedCount = 0, more: object = {}): Outcome => ({
  kind: 'cleaned',
  cleanup: {
    mode: 'cleanup',
    tokenLimit: 1_000_000,
    requestId: 'request',
    cleanedCount,
    totalTokensCleared: cleanedCount * 1_000_000,
    nearLimitCount: 0,
    remainingCount: 0,
    activeCount: 0,
    complete: true,
    durationMs: 10,
    ...more,
  },
});

/** What an incomplete cleanup hands out. */
export const NEXT = {
  page: 3,
  end: 9,
  file: 1,
  requestId: 'run-1',
  tokenLimit: 1_000_000,
  tokenLimitFrom: 'deployment',
  firstAuditId: 1,
  unreached: 5,
  activeCount: 0,
  nearLimitCount: 0,
  startedAt: '2026-01-02T03:00:00.000Z',
} as const;

export const failed = (mayPass: boolean, error = 'DatabaseUnreachable' as const): Outcome => ({
  kind: 'failed',
  error,
  message: 'db.example.com, port 5432 did not answer.',
  mayPass,
});

export const secretsOf = (count: number) => Array.from({ length: count }, (_, index) => `prod/tenants/t${index}`);
