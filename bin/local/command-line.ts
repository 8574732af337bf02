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
import { closest } from './did-you-mean.ts';
import type { Program, TypedCommand } from './program/program.ts';

/** What the command line asks for. */
export interface Options {
  readonly command: Command;
  /** Print the result as JSON in one line, and nothing else. */
  readonly json: boolean;
}

/** `tokenLimit` and `quietMinutes` as the settings have them; undefined means the environment's. */
export type Command =
  /** A cleanup of the sample contacts, and its restore. */
  | { readonly name: 'demo'; readonly tokenLimit: number | undefined; readonly force: boolean }
  | CleanupCommand
  | CheckCommand
  /** `target`: undefined lists what there is to choose from. */
  | { readonly name: 'restore'; readonly target: TerminalTarget | undefined }
  | EraseCommand
  | { readonly name: 'schedule'; readonly cron: boolean }
  | { readonly name: 'help' }
  | { readonly name: 'version' };

export interface CleanupCommand {
  readonly name: 'cleanup';
  readonly tokenLimit: number | undefined;
  readonly quietMinutes: number | undefined;
  /** Override the safety limit. */
  readonly force: boolean;
  /** Clear without asking first. */
  readonly yes: boolean;
  /** Where the complete rows are kept before they are cleared; undefined when they are not. */
  readonly exportFolder: string | undefined;
}

interface CheckCommand {
  readonly name: 'check';
  readonly tokenLimit: number | undefined;
  readonly quietMinutes: number | undefined;
  /** List the threads that are over the limit or near it, instead of a report. */
  readonly csv: boolean;
}

export interface EraseCommand {
  readonly name: 'erase';
  readonly phone: string;
  /** Erase without asking first. */
  readonly yes: boolean;
}

/** The audit rows of a whole run, as the list of cleanups shows them: from its first to its last. */
export interface AuditRows {
  readonly first: number;
  readonly last: number;
}
export type TerminalTarget = RestoreTarget | AuditRows;
/** What a command that is shown may name: no phone number. */
export type UndoTarget = Exclude<TerminalTarget, { readonly phone: string }>;

const OPTIONS = {
  'token-limit': { type: 'string' },
  'quiet-minutes': { type: 'string' },
  force: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
  export: { type: 'string' },
  'dry-run': { type: 'boolean' },
  csv: { type: 'boolean' },
  'request-id': { type: 'string' },
  phone: { type: 'string' },
  cron: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
} as const;
type OptionName = keyof typeof OPTIONS;
type Values = Partial<Record<OptionName, string | boolean>>;

/** The commands, and the options of each as messages name them, without those that every command has. */
const OPTIONS_OF = {
  demo: { 'token-limit': '--token-limit N', force: '--force' },
  cleanup: {
    'token-limit': '--token-limit N',
    'quiet-minutes': '--quiet-minutes N',
    force: '--force',
    export: '--export FOLDER',
    'dry-run': '--dry-run',
    yes: '--yes',
  },
  check: { 'token-limit': '--token-limit N', 'quiet-minutes': '--quiet-minutes N', csv: '--csv' },
  restore: { 'request-id': '--request-id X', phone: '--phone PHONE' },
  erase: { yes: '--yes' },
  schedule: { cron: '--cron' },
} as const satisfies Readonly<Record<string, Partial<Record<OptionName, string>>>>;
type CommandName = keyof typeof OPTIONS_OF;
const OPTIONS_OF_ALL: readonly string[] = ['json', 'help', 'version'] satisfies OptionName[];

/** Options that npm takes for itself when they come before its two dashes; the program would run without them. */
export const OPTIONS_WITH_EFFECT = Object.keys(OPTIONS).filter((name) => !['help', 'version'].includes(name));
/** npm takes options before the two dashes for itself, and passes their values on as arguments. */
const hint = ({ throughNpm, typed }: Program) =>
  throughNpm ? `With npm, put options after --: ${typed('cleanup', '--help')}.` : `Help: ${typed('--help')}.`;

/**
 * Reads the command line. Without a word it is the demonstration, or an error where there is none: nobody clears a
 * database of their own by leaving something out.
 *
 * @throws JobError InvalidSettings, naming what must be given and what was
 */
export function parseOptions(args: readonly string[], program: Program): Options {
  // Not strict, because the messages of parseArgs name neither the options there are nor what npm does to them.
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const json = values.json === true;
  const [word, ...operands] = positionals;
  if (word === 'help' || values.help === true) return { command: { name: 'help' }, json };
  if (values.version === true) return { command: { name: 'version' }, json };
  const name = commandName(word ?? (values['dry-run'] === true ? 'cleanup' : undefined), program);
  for (const token of tokens) {
    if (token.kind === 'option') requireKnown(name, token.name, token.rawName, token.value, program);
  }
  return { command: commandFrom(name, operands, values, program), json };
}

function commandName(word: string | undefined, program: Program): CommandName {
  if (word === undefined && program.demo !== undefined) return 'demo';
  if (word !== undefined && isCommand(word)) return word;
  const names = Object.keys(OPTIONS_OF).filter((name) => name !== 'demo' || program.demo !== undefined);
  const problem =
    word === undefined ? 'A command is needed.' : `Unknown command ${nameSafely(word)}.${meant(closest(word, names))}`;
  throw invalid(`${problem} Commands: ${names.join(', ')}. ${hint(program)}`);
}

const isCommand = (word: string): word is CommandName => Object.hasOwn(OPTIONS_OF, word);
const meant = (word: string | undefined) => (word === undefined ? '' : ` Did you mean ${word}?`);

function requireKnown(
  command: CommandName,
  name: string,
  rawName: string,
  value: string | undefined,
  { typed }: Program,
): void {
  if (!isOptionOf(command, name)) {
    const own: Partial<Record<string, string>> = OPTIONS_OF[command];
    const shown = /^--?[\w-]{1,32}$/.test(rawName) ? rawName : nameSafely(rawName);
    const near = closest(name, [...Object.keys(own), ...OPTIONS_OF_ALL]);
    const list = [...Object.values(own), '--json', '--help'].join(', ');
    throw invalid(
      `${command} has no option ${shown}.${meant(near && `--${near}`)} Options: ${list}.${elsewhere(command, name, typed)}`,
    );
  }
  if (OPTIONS[name].type === 'boolean' && value !== undefined) throw invalid(`${rawName} takes no value.`);
}

function isOptionOf(command: CommandName, name: string): name is OptionName {
  return Object.hasOwn(OPTIONS_OF[command], name) || OPTIONS_OF_ALL.includes(name);
}

/** The demonstration once was the cleanup. */
const elsewhere = (command: CommandName, name: string, typed: TypedCommand) =>
  command === 'demo' && Object.hasOwn(OPTIONS_OF.cleanup, name)
    ? ` To clean up DATABASE_URL: ${typed('cleanup')}.`
    : '';

function commandFrom(name: CommandName, operands: readonly string[], values: Values, program: Program): Command {
  if (name === 'restore') return { name, target: targetFrom(operands, values['request-id'], values.phone) };
  if (name === 'erase') return { name, phone: personFrom(operands), yes: values.yes === true };
  if (operands[0] !== undefined) throw invalid(`Unexpected argument ${nameSafely(operands[0])}. ${hint(program)}`);
  if (name === 'schedule') return { name, cron: values.cron === true };
  const tokenLimit = tokenLimitFrom(values['token-limit']);
  const quietMinutes = quietMinutesFrom(values['quiet-minutes']);
  if (name === 'check' || values['dry-run'] === true) {
    return { name: 'check', tokenLimit, quietMinutes, csv: values.csv === true };
  }
  const force = values.force === true;
  if (name === 'demo') return { name, tokenLimit, force };
  const exportFolder = folderFrom(values.export);
  return { name, tokenLimit, quietMinutes, force, yes: values.yes === true, exportFolder };
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
): TerminalTarget | undefined {
  const [rows, second] = operands;
  const further = second ?? (requestId === undefined && phone === undefined ? undefined : rows);
  if (further !== undefined || (requestId !== undefined && phone !== undefined)) {
    const what = further === undefined ? 'argument --phone' : `argument ${nameSafely(further)}`;
    throw invalid(`Unexpected ${what}. Give one audit row, the rows of a run, one --request-id or one --phone.`);
  }
  if (phone !== undefined) return { phone: phoneFrom(phone, '--phone') };
  if (requestId !== undefined) {
    if (typeof requestId === 'boolean') throw invalid('--request-id needs the request id of a cleanup.');
    if (REQUEST_ID.test(requestId)) return { requestId };
    throw invalid(`--request-id must be ${ALLOWED_REQUEST_ID} (got ${quoteSafely(requestId)}).`);
  }
  return rows === undefined ? undefined : rowsFrom(rows);
}

function rowsFrom(text: string): RestoreTarget | AuditRows {
  // The list shows the rows of a run with a dash that no keyboard has.
  const [, first, last] = /^([1-9]\d{0,15})(?:[-–]([1-9]\d{0,15}))?$/.exec(text)?.map(Number) ?? [];
  if (first !== undefined && Number.isSafeInteger(first)) {
    if (last === undefined || Number.isNaN(last)) return { auditId: first };
    if (Number.isSafeInteger(last) && last > first) return { first, last };
  }
  throw invalid(
    `The audit row must be a positive whole number, such as 7, or the rows of a run, such as 1-19 (got ${quoteSafely(text)}).`,
  );
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
export function restoreCommand(target: UndoTarget, typed: TypedCommand): string {
  return typed('restore', argumentOf(target));
}

function argumentOf(target: UndoTarget): string {
  if ('requestId' in target) return `--request-id ${target.requestId}`;
  return 'auditId' in target ? String(target.auditId) : `${target.first}-${target.last}`;
}

function invalid(problem: string): JobError {
  return new JobError('InvalidSettings', `${problem} Nothing was changed.`);
}
