import type { BenchServer } from './support/bench-server.ts';
import type { Curve } from './support/curve.ts';

/** A row of the table: one promise about speed or size, and how it is measured. */
export interface Row {
  /** For `--only`. */
  readonly name: string;
  readonly what: string;
  readonly against: string;
  readonly bound: Bound;
  measure(bench: Bench): Promise<Measured>;
}

/** What a row's value is held against. */
export interface Bound {
  readonly is: 'at most' | 'at least';
  /** Decides the exit status. */
  readonly must: number;
  /** Is only shown. */
  readonly aim: number;
  readonly unit: string;
}

/** What every row measures with. */
export interface Bench {
  readonly server: BenchServer;
  /** A tenth of the contacts, for those who change the bench itself. */
  readonly quick: boolean;
  /** Says what is being done now. */
  progress(text: string): void;
}

export interface Measured {
  /** In the bound's unit. */
  readonly value: number;
  /** As the table shows it. */
  readonly measured: string;
  /** A second thing that must be so, in words, and whether it is. */
  readonly also?: { readonly must: string; readonly reached: boolean };
  /** As `--json` prints it. */
  readonly figures: Readonly<Record<string, unknown>>;
  readonly curves?: readonly Curve[];
  /** What explains the figures, below the table. */
  readonly notes?: readonly string[];
}

/** So many contacts, or a tenth of them when it has to be quick. */
export const sized = ({ quick }: Bench, contacts: number): number => (quick ? contacts / 10 : contacts);

export type Verdict = 'aim' | 'must' | 'NO';

/** The better one of its bounds that a row has reached. */
export function verdictOf({ bound }: Row, { value, also }: Measured): Verdict {
  const reaches = (goal: number) => (bound.is === 'at most' ? value <= goal : value >= goal);
  if (!reaches(bound.must) || also?.reached === false) return 'NO';
  return reaches(bound.aim) ? 'aim' : 'must';
}
