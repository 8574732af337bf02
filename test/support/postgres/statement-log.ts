import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** What makes a server write every statement into its log, each behind the name and the database of its session. */
export const LOG_STATEMENTS = {
  log_statement: 'all',
  log_line_prefix: '<%a %d> ',
  // Thousands of places belong to some statements.
  log_parameter_max_length: '0',
};

const LOOK_AGAIN_MS = 20;

/**
 * Follows the log in `file`, from now on.
 *
 * @returns what gives the statements of the job in `database`, once the log has come to `lastWords`
 */
export function followStatements(file: string, database: string): (lastWords: string) => Promise<string[]> {
  const from = statSync(file).size;
  return async (lastWords) => {
    let log = readFrom(file, from);
    for (; !log.includes(lastWords); log = readFrom(file, from)) await pause(LOOK_AGAIN_MS);
    return jobStatements(log, database);
  };
}

function readFrom(file: string, from: number): string {
  const opened = openSync(file, 'r');
  const bytes = Buffer.alloc(fstatSync(opened).size - from);
  readSync(opened, bytes, 0, bytes.length, from);
  closeSync(opened);
  return bytes.toString();
}

/** A pooler may have added to the name of the session. A statement goes on over the lines that begin with a tab. */
function jobStatements(log: string, database: string): string[] {
  const entry = new RegExp(
    `^<thread-cleanup[^>]* ${database}> LOG: {2}(?:statement|execute [^:]*): (.*(?:\n\t.*)*)`,
    'gm',
  );
  return [...log.matchAll(entry)].map(([, statement = '']) => statement);
}
