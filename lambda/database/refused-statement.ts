import type { PostgresError } from 'postgres';
import { JobError } from '../model/job-error.ts';
import { policyTable } from './policies.ts';

/** What a server said of a statement that it refused, in names that are no secret. */
export interface Refusal {
  /** PostgreSQL, "PostgreSQL Error Codes". */
  readonly sqlState: string;
  readonly table: string | undefined;
  readonly constraint: string | undefined;
  /** Whether a policy of row-level security refused a row. */
  readonly policy: boolean;
  /** What a proof of our own found changed, where it was one that failed. */
  readonly changed: string | undefined;
}

/** A failure that the server told: what to do is in the message, what it was in `refusal`. */
export class RefusedStatement extends JobError {
  static override readonly name = 'JobError';
  readonly refusal: Refusal;

  constructor({ code, message, mayPass }: JobError, error: PostgresError) {
    const { code: sqlState, message: words, table_name, constraint_name } = error;
    super(code, message, { mayPass });
    const changed = FAILED_PROOF.exec(words)?.[1];
    const guarded = policyTable(error);
    const policy = guarded !== undefined;
    this.refusal = { sqlState, table: table_name ?? guarded, constraint: constraint_name, policy, changed };
  }
}

/** What a proof raises is a text that is no number; it begins so, and what has changed follows. */
export const PROOF = 'thread-cleanup:';
/** The server quotes it, whatever its language. */
const FAILED_PROOF = new RegExp(`"${PROOF} (\\w+) `);

/**
 * Failures that have nothing to do with single rows: of the connection (08), of the state or the login (25, 28, 3D), of
 * resources (53), of names and rights (42), of operators and locks (55, 57), and of the system (58). Anything else may be
 * the work of a constraint, a trigger or a conflict over one row of many.
 */
const OF_NO_ROW = /^(08|25|28|3D|42|53|55|57|58|40P01)/;

/** Whether another attempt with fewer rows may succeed. A policy refuses rows with the code of a missing right. */
export function mayConcernOneRow(error: unknown): error is RefusedStatement {
  return error instanceof RefusedStatement && (error.refusal.policy || !OF_NO_ROW.test(error.refusal.sqlState));
}
