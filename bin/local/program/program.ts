import type { DatabaseAddress } from '../../../lambda/database/address.ts';

/** How the terminal is started, and so what its users type. */
export interface Program {
  /** npm takes options for itself, unless they come after two dashes. */
  readonly throughNpm: boolean;
  readonly typed: TypedCommand;
  /** The same where a file or a program takes the output, in which nothing else may be. */
  readonly piped: TypedCommand;
  readonly nightly: NightlyProgram;
  /** @default - there is no demonstration */
  readonly demo?: Demo;
}

/** The command line of a command, such as `npm run restore -- 7`. */
export type TypedCommand = (command: string, ...args: readonly string[]) => string;

/** What a scheduler starts. */
export interface NightlyProgram {
  /** Where it is started. @default - anywhere */
  readonly folder?: string;
  /** The Node.js that runs it, as a path: absolute, or in the folder. */
  readonly node: string;
  readonly file: string;
}

/** The demonstration on sample contacts. */
export interface Demo {
  /** The command line that starts it. */
  readonly typed: (...args: readonly string[]) => string;
  readonly contacts: number;
  /** Fails as the server does; the signal gives up, leaving nothing behind. */
  readonly createDatabase: (signal: AbortSignal) => Promise<SampleDatabase>;
}

/** A database with the sample contacts, on a server of its own. */
export interface SampleDatabase {
  readonly address: DatabaseAddress;
  /** Ends the server and removes its folder. */
  remove(): Promise<void>;
}
