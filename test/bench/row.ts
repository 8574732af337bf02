import type { BenchServer } from './support/bench-server.ts';
import type { Curve } from './support/curve.ts';

/** A row of the table: one promise about speed or size, and how it is measured. */
export interface Row {
  /** For `--only`. */
  readonly name: string;
  readonly what: string;
  readonly against: string;
  readonly mustReach: string;
  measure(bench: Bench): Promise<Measured>;
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
  /** As the table shows it. */
  readonly measured: string;
  readonly reached: boolean;
  /** As `--json` prints it. */
  readonly figures: Readonly<Record<string, unknown>>;
  readonly curves?: readonly Curve[];
  /** What explains the figures, below the table. */
  readonly notes?: readonly string[];
}

/** So many contacts, or a tenth of them when it has to be quick. */
export const sized = ({ quick }: Bench, contacts: number): number => (quick ? contacts / 10 : contacts);
