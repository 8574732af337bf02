import { parseArgs } from 'node:util';
import { ALLOWED_REQUEST_ID, ALLOWED_TOKEN_LIMIT, parseTokenLimit, REQUEST_ID } from '../../lambda/input/values.ts';
import { JobError } from '../../lambda/model/job-error.ts';
import { quoteSafely } from '../../lambda/model/quote-safely.ts';
import type { RestoreTarget } from '../../lambda/model/results.ts';

/** What the command line asks for. */
export interface Options {
  readonly command: Command;
  /** Print the result as JSON, and nothing else. */
  readonly json: boolean;
  readonly help: boolean;
}

/** `tokenLimit`: tokens at which a thread is cleared; undefined means the environment's. */
export type Command =
  | {
      readonly name: 'cleanup';
      readonly tokenLimit: number | undefined;
      /** Let go of the brake. */
      readonly force: boolean;
      /** Where the complete rows are kept before they are cleared; undefined when they are not. */
      readonly exportFolder: string | undefined;
    }
  | { readonly name: 'check'; readonly tokenLimit: number | undefined }
  /** `target`: undefined lists what there is to choose from. */
  | { readonly name: 'restore'; readonly target: RestoreTarget | undefined };

const OPTIONS = {
  'token-limit': { type: 'string' },
  force: { type: 'boolean' },
  export: { type: 'string' },
  'request-id': { type: 'string' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;
type OptionName = keyof typeof OPTIONS;
type Values = Partial<Record<OptionName, string | boolean>>;

/** The options of each command, as messages name them, without those that every command has. */
const OPTIONS_OF: Readonly<Record<Command['name'], Partial<Record<OptionName, string>>>> = {
  cleanup: { 'token-limit': '--token-limit N', force: '--force', export: '--export FOLDER' },
  check: { 'token-limit': '--token-limit N' },
  restore: { 'request-id': '--request-id X' },
};
const ALLOWED_COMMANDS = 'cleanup, check and restore';
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
  const [word = 'cleanup', ...operands] = positionals;
  const name = commandName(word);
  for (const token of tokens) {
    if (token.kind === 'option') requireKnown(name, token.name, token.rawName, token.value);
  }
  return { command: commandFrom(name, operands, values), json: values.json === true, help: values.help === true };
}

function commandName(word: string): Command['name'] {
  if (word === 'cleanup' || word === 'check' || word === 'restore') return word;
  throw invalid(`The command is ${quoteSafely(word)}; allowed are ${ALLOWED_COMMANDS}.`);
}

function requireKnown(command: Command['name'], name: string, rawName: string, value: string | undefined): void {
  if (!isOptionOf(command, name)) {
    const own = Object.values(OPTIONS_OF[command]).join(', ');
    const shown = /^--?[\w-]{1,32}$/.test(rawName) ? rawName : quoteSafely(rawName);
    throw invalid(`${shown} is no option of ${command}; allowed are ${own}, --json and --help.`);
  }
  if (OPTIONS[name].type === 'boolean' && value !== undefined) throw invalid(`${rawName} takes no value.`);
}

function isOptionOf(command: Command['name'], name: string): name is OptionName {
  return Object.hasOwn(OPTIONS_OF[command], name) || name === 'json' || name === 'help';
}

function commandFrom(name: Command['name'], operands: readonly string[], values: Values): Command {
  if (name === 'restore') return { name, target: targetFrom(operands, values['request-id']) };
  if (operands[0] !== undefined) {
    throw invalid(`After the command "${name}" comes ${quoteSafely(operands[0])}; allowed is one command.`);
  }
  const tokenLimit = tokenLimitFrom(values['token-limit']);
  if (name === 'check') return { name, tokenLimit };
  return { name, tokenLimit, force: values.force === true, exportFolder: folderFrom(values.export) };
}

function tokenLimitFrom(value: string | boolean | undefined): number | undefined {
  if (value === undefined) return undefined;
  const limit = typeof value === 'string' ? parseTokenLimit(value) : undefined;
  if (limit !== undefined) return limit;
  throw invalid(`--token-limit is ${givenValue(value)}; allowed is ${ALLOWED_TOKEN_LIMIT}.`);
}

/** An empty folder is a shell variable that was not set; one that looks like an option is a folder left out. */
function folderFrom(value: string | boolean | undefined): string | undefined {
  if (value === undefined || (typeof value === 'string' && /^[^-]/.test(value))) return value;
  throw invalid(`--export is ${givenValue(value)}; allowed is a folder, which is made when it is absent.`);
}

function targetFrom(operands: readonly string[], requestId: string | boolean | undefined): RestoreTarget | undefined {
  const [row, second] = operands;
  const further = second ?? (requestId === undefined ? undefined : row);
  if (further !== undefined) {
    throw invalid(`There is ${quoteSafely(further)} too many; allowed is one audit row or one --request-id.`);
  }
  if (requestId !== undefined) {
    if (typeof requestId === 'string' && REQUEST_ID.test(requestId)) return { requestId };
    throw invalid(`--request-id is ${givenValue(requestId)}; allowed is ${ALLOWED_REQUEST_ID}.`);
  }
  if (row === undefined) return undefined;
  const auditId = /^[1-9]\d{0,15}$/.test(row) ? Number(row) : Number.NaN;
  if (Number.isSafeInteger(auditId)) return { auditId };
  throw invalid(`The audit row is ${quoteSafely(row)}; allowed is its number, a whole number from 1 on.`);
}

/** The command line that puts a run, or one audit row, back. */
export function restoreCommand(target: RestoreTarget): string {
  return `npm run restore -- ${'auditId' in target ? target.auditId : `--request-id ${target.requestId}`}`;
}

/** What was given for an option that needs a value; `true` means that there was none. */
const givenValue = (value: string | boolean) => quoteSafely(value === true ? undefined : value);

function invalid(problem: string): JobError {
  return new JobError('InvalidSettings', `${problem} ${NPM_HINT} Nothing was touched.`);
}
