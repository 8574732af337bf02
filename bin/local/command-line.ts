import { parseArgs } from 'node:util';
import {
  ALLOWED_PHONE,
  ALLOWED_QUIET_MINUTES,
  ALLOWED_REQUEST_ID,
  ALLOWED_TOKEN_LIMIT,
  isPhone,
  parseQuietMinutes,
  parseTokenLimit,
  REQUEST_ID,
} from '../../lambda/input/values.ts';
import { JobError } from '../../lambda/model/job-error.ts';
import { nameSafely, quoteSafely } from '../../lambda/model/quote-safely.ts';
import type { RestoreTarget } from '../../lambda/model/results.ts';

/** What the command line asks for. */
export interface Options {
  readonly command: Command;
  /** Print the result as JSON, and nothing else. */
  readonly json: boolean;
  readonly help: boolean;
}

/** `tokenLimit` and `quietMinutes` as the settings have them; undefined means the environment's. */
export type Command =
  | {
      readonly name: 'cleanup';
      readonly tokenLimit: number | undefined;
      readonly quietMinutes: number | undefined;
      /** Override the safety limit. */
      readonly force: boolean;
      /** Where the complete rows are kept before they are cleared; undefined when they are not. */
      readonly exportFolder: string | undefined;
    }
  | { readonly name: 'check'; readonly tokenLimit: number | undefined; readonly quietMinutes: number | undefined }
  /** `target`: undefined lists what there is to choose from. */
  | { readonly name: 'restore'; readonly target: RestoreTarget | undefined }
  /** `yes`: without asking first. */
  | { readonly name: 'erase'; readonly phone: string; readonly yes: boolean };

const OPTIONS = {
  'token-limit': { type: 'string' },
  'quiet-minutes': { type: 'string' },
  force: { type: 'boolean' },
  export: { type: 'string' },
  'request-id': { type: 'string' },
  phone: { type: 'string' },
  yes: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;
type OptionName = keyof typeof OPTIONS;
type Values = Partial<Record<OptionName, string | boolean>>;

/** The options of each command, as messages name them, without those that every command has. */
const OPTIONS_OF: Readonly<Record<Command['name'], Partial<Record<OptionName, string>>>> = {
  cleanup: {
    'token-limit': '--token-limit N',
    'quiet-minutes': '--quiet-minutes N',
    force: '--force',
    export: '--export FOLDER',
  },
  check: { 'token-limit': '--token-limit N', 'quiet-minutes': '--quiet-minutes N' },
  restore: { 'request-id': '--request-id X', phone: '--phone PHONE' },
  erase: { yes: '--yes' },
};
/** npm takes options before the two dashes for itself, and passes their values on as arguments. */
const NPM_HINT = 'With npm, put options after --: npm start -- --help.';

/**
 * Reads the command line.
 *
 * @throws JobError InvalidSettings, naming what must be given and what was
 */
export function parseOptions(args: readonly string[]): Options {
  // Not strict, because the messages of parseArgs name neither the options there are nor what npm does to them.
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
  if (word === 'cleanup' || word === 'check' || word === 'restore' || word === 'erase') return word;
  throw invalid(`Unknown command ${nameSafely(word)}. Commands: cleanup, check, restore, erase. ${NPM_HINT}`);
}

function requireKnown(command: Command['name'], name: string, rawName: string, value: string | undefined): void {
  if (!isOptionOf(command, name)) {
    const own = Object.values(OPTIONS_OF[command]).join(', ');
    const shown = /^--?[\w-]{1,32}$/.test(rawName) ? rawName : nameSafely(rawName);
    throw invalid(`${command} has no option ${shown}. Options: ${own}, --json, --help.`);
  }
  if (OPTIONS[name].type === 'boolean' && value !== undefined) throw invalid(`${rawName} takes no value.`);
}

function isOptionOf(command: Command['name'], name: string): name is OptionName {
  return Object.hasOwn(OPTIONS_OF[command], name) || name === 'json' || name === 'help';
}

function commandFrom(name: Command['name'], operands: readonly string[], values: Values): Command {
  if (name === 'restore') return { name, target: targetFrom(operands, values['request-id'], values.phone) };
  if (name === 'erase') return { name, phone: personFrom(operands), yes: values.yes === true };
  if (operands[0] !== undefined) throw invalid(`Unexpected argument ${nameSafely(operands[0])}. ${NPM_HINT}`);
  const tokenLimit = tokenLimitFrom(values['token-limit']);
  const quietMinutes = quietMinutesFrom(values['quiet-minutes']);
  if (name === 'check') return { name, tokenLimit, quietMinutes };
  return { name, tokenLimit, quietMinutes, force: values.force === true, exportFolder: folderFrom(values.export) };
}

function tokenLimitFrom(value: string | boolean | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'boolean') throw invalid('--token-limit needs a number, such as 500000.');
  const limit = parseTokenLimit(value);
  if (limit !== undefined) return limit;
  throw invalid(`--token-limit must be ${ALLOWED_TOKEN_LIMIT} (got ${quoteSafely(value)}).`);
}

function quietMinutesFrom(value: string | boolean | undefined): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'boolean') throw invalid('--quiet-minutes needs a number, such as 30.');
  const minutes = parseQuietMinutes(value);
  if (minutes !== undefined) return minutes;
  throw invalid(`--quiet-minutes must be ${ALLOWED_QUIET_MINUTES} (got ${quoteSafely(value)}).`);
}

/** An empty folder is a shell variable that was not set; one that looks like an option is a folder left out. */
function folderFrom(value: string | boolean | undefined): string | undefined {
  if (typeof value === 'boolean') throw invalid('--export needs a folder.');
  if (value === undefined || /^[^-]/.test(value)) return value;
  throw invalid(`--export must be a folder, which is created if missing (got ${quoteSafely(value)}).`);
}

function targetFrom(
  operands: readonly string[],
  requestId: string | boolean | undefined,
  phone: string | boolean | undefined,
): RestoreTarget | undefined {
  const [row, second] = operands;
  const further = second ?? (requestId === undefined && phone === undefined ? undefined : row);
  if (further !== undefined || (requestId !== undefined && phone !== undefined)) {
    const what = further === undefined ? 'argument --phone' : `argument ${nameSafely(further)}`;
    throw invalid(`Unexpected ${what}. Give one audit row, one --request-id or one --phone.`);
  }
  if (phone !== undefined) return { phone: phoneFrom(phone, '--phone') };
  if (requestId !== undefined) {
    if (typeof requestId === 'boolean') throw invalid('--request-id needs the request id of a cleanup.');
    if (REQUEST_ID.test(requestId)) return { requestId };
    throw invalid(`--request-id must be ${ALLOWED_REQUEST_ID} (got ${quoteSafely(requestId)}).`);
  }
  if (row === undefined) return undefined;
  const auditId = /^[1-9]\d{0,15}$/.test(row) ? Number(row) : Number.NaN;
  if (Number.isSafeInteger(auditId)) return { auditId };
  throw invalid(`The audit row must be a positive whole number, such as 7 (got ${quoteSafely(row)}).`);
}

/** Not even a wrong one is quoted: it may be somebody's phone number. */
function phoneFrom(value: string | boolean | undefined, name: string): string {
  if (typeof value === 'string' && isPhone(value)) return value;
  throw invalid(`${name} must be ${ALLOWED_PHONE}.`);
}

function personFrom([phone, second]: readonly string[]): string {
  if (second !== undefined) throw invalid('erase takes one phone number. Put it in quotes if it has spaces.');
  return phoneFrom(phone, 'What follows erase');
}

/** The command line that restores a run, or one audit row. */
export function restoreCommand(target: Exclude<RestoreTarget, { readonly phone: string }>): string {
  return `npm run restore -- ${'auditId' in target ? target.auditId : `--request-id ${target.requestId}`}`;
}

function invalid(problem: string): JobError {
  return new JobError('InvalidSettings', `${problem} Nothing was changed.`);
}
