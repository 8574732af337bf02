import type { Program, TypedCommand } from './program.ts';

const typed: TypedCommand = (...words) => ['thread-cleanup', ...words].join(' ');

/** The command of the npm package. */
export const installed: Program = {
  throughNpm: false,
  typed,
  piped: typed,
  nightly: {
    // Cron has no PATH that Node.js would be on, and the next version of the package comes to the same place.
    node: process.execPath,
    file: process.argv[1] ?? '',
  },
};
