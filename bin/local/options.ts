import { parseArgs } from 'node:util';
import { JobError } from '../../lambda/errors.ts';
import { given } from '../../lambda/given.ts';
import { ALLOWED_TOKEN_LIMIT, parseTokenLimit } from '../../lambda/token-limit.ts';

/** What the command line asks for. */
export interface Options {
  readonly command: Command;
  /** Tokens at which a thread is cleared; undefined means the environment's. */
  readonly tokenLimit: number | undefined;
  /** Print the result as JSON, and nothing else. */
  readonly json: boolean;
  readonly help: boolean;
}

const COMMANDS = ['cleanup', 'check'] as const;
export type Command = (typeof COMMANDS)[number];

const OPTIONS = {
  'token-limit': { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;
const ALLOWED_OPTIONS = '--token-limit N, --json and --help';
/** npm takes options for its own unless they stand behind two dashes. */
const NPM_HINT = 'With npm, options stand behind two dashes: npm start -- --help.';

/**
 * Reads the command line.
 *
 * @throws JobError InvalidSettings, naming what was given and what is allowed
 */
export function parseOptions(args: readonly string[]): Options {
  // Not strict, because the messages of parseArgs name neither what is allowed nor which npm habit is behind it.
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'option') requireKnown(token.name, token.rawName, token.value);
  }
  const limit = values['token-limit'];
  return {
    command: commandFrom(positionals),
    tokenLimit: limit === undefined ? undefined : tokenLimitFrom(limit),
    json: values.json === true,
    help: values.help === true,
  };
}

function requireKnown(name: string, rawName: string, value: string | undefined): void {
  const option = Object.entries(OPTIONS).find(([known]) => known === name)?.[1];
  if (option === undefined) {
    const shown = /^--?[\w-]{1,32}$/.test(rawName) ? rawName : given(rawName);
    throw invalid(`${shown} is no option; allowed are ${ALLOWED_OPTIONS}.`);
  }
  if (option.type === 'boolean' && value !== undefined) throw invalid(`${rawName} takes no value.`);
}

function commandFrom(positionals: readonly string[]): Command {
  const [word = 'cleanup', second] = positionals;
  const command = COMMANDS.find((known) => known === word);
  if (command === undefined) throw invalid(`The command is ${given(word)}; allowed are ${COMMANDS.join(' and ')}.`);
  if (second !== undefined) {
    throw invalid(`After the command "${command}" comes ${given(second)}; allowed is one command.`);
  }
  return command;
}

function tokenLimitFrom(text: string | boolean): number {
  const limit = typeof text === 'string' ? parseTokenLimit(text) : undefined;
  if (limit !== undefined) return limit;
  throw invalid(`--token-limit is ${given(text === true ? undefined : text)}; allowed is ${ALLOWED_TOKEN_LIMIT}.`);
}

function invalid(problem: string): JobError {
  return new JobError('InvalidSettings', `${problem} ${NPM_HINT} Nothing was touched.`);
}
