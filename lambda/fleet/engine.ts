import type { Continuation } from '../model/continuation.ts';
import type { Outcome } from './outcome.ts';

/** What the cleanup function is invoked with for one database. */
export interface DatabaseRequest {
  readonly mode: 'check' | 'cleanup';
  /** Name of the database's secret. */
  readonly secret: string;
  /** What an incomplete result handed out. */
  readonly next?: Continuation;
}

/**
 * What runs a night over all databases: it remembers what was done, so that a run which is begun again after an interruption
 * goes on from there. Names tell the steps of a run apart.
 */
export interface FleetEngine {
  /**
   * Does something, remembers what it returned, and returns the same from then on. Interrupted before that is remembered, it
   * is done again. Whatever may differ from one time to the next belongs in here.
   */
  once<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Invokes the cleanup function once for each, so many at the same time. @returns what came of them, in the same order */
  invokeEach(name: string, requests: readonly DatabaseRequest[], concurrency: number): Promise<readonly Outcome[]>;
  pause(name: string, seconds: number): Promise<void>;
}
