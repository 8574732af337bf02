import type { TokenLimitSource } from './token-limit-source.ts';

/** Where a run that was stopped continues: what an incomplete result hands out, and takes back unchanged. No contact is in it. */
export interface Continuation {
  /** The first page that has not been read to its end, and the one at which the pass ends. */
  readonly page: number;
  readonly end: number;
  /** The table's file (`pg_relation_filenode`): another one means that a rewrite has moved every row. */
  readonly file: number;
  /** Of the whole run; it is written into every audit row. */
  readonly requestId: string;
  /** Tokens at which the run clears a thread. */
  readonly tokenLimit: number;
  readonly tokenLimitFrom: TokenLimitSource;
  /** Audit rows of the run have this id, or a larger one. */
  readonly firstAuditId: number;
  /** Due threads that the opening saw and the run has not come to yet. */
  readonly unreached: number;
  /** Threads over the limit whose conversation was going on. */
  readonly activeCount: number;
  readonly nearLimitCount: number;
  /** When the run began, in ISO 8601 UTC. */
  readonly startedAt: string;
}
