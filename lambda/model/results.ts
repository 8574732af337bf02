import type { Band } from './bands.ts';
import type { Continuation } from './continuation.ts';
import type { ThreadFigures } from './figures.ts';
import type { TokenLimitSource } from './token-limit-source.ts';

/** A result as the edges hand it out, with a few lines of plain text for people. */
export type Summarised<R> = R & { readonly summary: string };

/** A thread as people look at it. */
export interface LargeThread {
  readonly phone: string;
  readonly name: string;
  readonly threadId: string | null;
  readonly tokens: number;
}

export interface TopThread extends LargeThread {
  /** Share of the limit, rounded down to a tenth. */
  readonly percent: number;
  readonly band: Band;
}

/** One cleanup, its audit rows together. A row of the old script is a run of its own, without a request id. */
export interface RecentCleanup {
  /** Its last audit row. */
  readonly id: number;
  /** Its first audit row. */
  readonly firstId: number;
  readonly requestId: string | null;
  /** ISO 8601, UTC; a row of the old script may have none, since its column could be null. */
  readonly executionTime: string | null;
  readonly cleanedCount: number;
  readonly totalTokensCleared: number;
  readonly auditCount: number;
  /** How many of its threads have been restored. */
  readonly restoredCount: number;
  /** When the last of them was restored, in ISO 8601 UTC; null when none was. */
  readonly restoredAt: string | null;
}

/** What a cleanup will do: how many threads it clears, or why it clears none. */
export type Forecast =
  | { readonly next: 'clears'; readonly threads: number }
  /** The safety limit: it would clear `share` per cent of the active threads, and may clear `allowed` per cent. */
  | { readonly next: 'refused'; readonly threads: number; readonly share: number; readonly allowed: number }
  | { readonly next: 'paused' }
  | { readonly next: 'nothing' };

export interface CheckResult extends ThreadFigures {
  readonly mode: 'check';
  /** In ISO 8601 UTC. */
  readonly startedAt: string;
  readonly tokenLimit: number;
  readonly tokenLimitFrom: TokenLimitSource;
  /** Of the next scheduled cleanup; with a limit from the payload, of a cleanup with that one. */
  readonly forecast: Forecast;
  readonly topThreads: readonly TopThread[];
  readonly recentCleanups: readonly RecentCleanup[];
  /** What about this database will keep threads from being seen, cleared or restored. */
  readonly warnings: readonly string[];
}

/** The payload that continues a run. */
export interface CleanupPayload {
  readonly mode: 'cleanup';
  readonly next: Continuation;
  /** Of the database, where there are many. */
  readonly secret?: string;
}

export interface CleanupProgress {
  readonly cleanedCount: number;
  readonly totalTokensCleared: number;
  /** Threads over the limit that the opening count saw. */
  readonly expectedCount: number;
  readonly durationMs: number;
}

/** Travels by e-mail and event bus: no phone number, name or thread id in it. */
export interface CleanupResult {
  readonly mode: 'cleanup';
  /** When the run began, in ISO 8601 UTC. */
  readonly startedAt: string;
  readonly tokenLimit: number;
  readonly tokenLimitFrom: TokenLimitSource;
  readonly requestId: string;
  readonly cleanedCount: number;
  readonly totalTokensCleared: number;
  readonly auditIds: readonly number[];
  readonly auditCount: number;
  readonly nearLimitCount: number;
  readonly remainingCount: number;
  /** Threads over the limit that were left because the conversation is going on (`quietMinutes`). */
  readonly activeCount: number;
  /** Whether the pass reached the table's end: not when time ran out, or when somebody paused the cleanup meanwhile. */
  readonly complete: boolean;
  /** The payload that continues an incomplete run. */
  readonly next?: CleanupPayload;
  /** Present when the cleanup is paused, from the beginning or since. */
  readonly paused?: true;
  /** What kept threads from being cleared, and will again. */
  readonly warnings: readonly string[];
  readonly durationMs: number;
}

/** One audit row by its id, all rows of a run by its request id, or a contact's latest thread by its phone number. */
export type RestoreTarget = { readonly auditId: number } | { readonly requestId: string } | { readonly phone: string };

export interface RestoreResult {
  readonly mode: 'restore';
  /** In ISO 8601 UTC. */
  readonly startedAt: string;
  /** The row that was asked for, or the one in which the contact's latest thread is. */
  readonly auditId?: number;
  readonly requestId?: string;
  /** Threads that this call restored. */
  readonly restoredCount: number;
  /** Threads that it skipped; they may be tried again. */
  readonly skippedCount: number;
  /** Threads that an earlier restore restored. */
  readonly alreadyRestoredCount: number;
  /** How many of the restored have a `thread_…` id, to which OpenAI no longer answers; absent when none has. */
  readonly assistantsCount?: number;
  /** What kept threads from being restored, and will again; absent when nothing did. */
  readonly warnings?: readonly string[];
}

/**
 * The receipt of an erasure: what it erased, and what there is left to do. For its caller alone: with the row that named
 * it, a thread id is in no other place.
 */
export interface EraseResult {
  readonly mode: 'erase';
  /** In ISO 8601 UTC. */
  readonly startedAt: string;
  /** Audit rows that named the person and do so no longer. */
  readonly erasedRows: number;
  /** Exported objects or files that hold the person until they expire. */
  readonly exports: readonly string[];
  /** To delete at the AI provider. */
  readonly threadIds: readonly string[];
  /** False when rows are left for another erasure, which hands out their receipt. */
  readonly complete: boolean;
  /** Why it is not complete, when something failed; absent when nothing did. */
  readonly warnings?: readonly string[];
}

/** The commands that a summary names. */
export interface Commands {
  /** Restores what this run cleared. */
  readonly restore: string;
  /** Resumes a paused cleanup. */
  readonly resume: string;
  /** Cleans up with the configured limit. */
  readonly cleanUp: string;
  /** Sets another limit or, where it was given for this run alone, goes without it. */
  readonly correctLimit: string;
  /** Cleans up in spite of the safety limit. */
  readonly force: string;
}
