import { readFileSync } from 'node:fs';
import { parseDatabaseAddress } from '../../lambda/database/address.ts';
import type { Settings } from '../../lambda/input/settings.ts';
import { JobError } from '../../lambda/model/job-error.ts';
import type { TokenLimitSource } from '../../lambda/model/token-limit-source.ts';
import { type Command, parseOptions } from './command-line.ts';
import { listAsCsv, runCheckCommand } from './commands/check.ts';
import { runCleanup } from './commands/cleanup.ts';
import { runDemo } from './commands/demo.ts';
import { runErase } from './commands/erase.ts';
import { runRestore } from './commands/restore.ts';
import { scheduleText } from './commands/schedule.ts';
import { print, type Session } from './commands/session.ts';
import { type Interruption, listenForInterruption } from './interruption.ts';
import { drawError } from './output/error.ts';
import { escapeControls } from './output/escape.ts';
import { drawHelp } from './output/help.ts';
import { cut, hang } from './output/layout.ts';
import { lines, pageOn } from './output/page.ts';
import { type PassingLine, passingLine } from './output/progress.ts';
import type { Demo, Program } from './program/program.ts';
import { hasDatabaseUrl, loadDatabaseUrl, loadDemoSettings, loadTerminalSettings } from './settings.ts';
import { type TerminalTexts, terminalTextsOf } from './texts/texts-of.ts';

/** Of help where its reader has no terminal. */
const HELP_COLUMNS = 80;

/** One start of the program: what it prints on, and what ends it. */
interface Start {
  readonly program: Program;
  readonly json: boolean;
  readonly line: PassingLine;
  readonly signal: AbortSignal;
}

/** Runs what the command line asks for, to its end: the exit status of the process is set, and everything said. */
export async function runTerminal(program: Program): Promise<void> {
  const interruption = listenForInterruption();
  process.exitCode = await statusOf(program, interruption);
  // Otherwise the process ends by itself, once a slow reader has taken all of the output.
  if (interruption.exitStatus() !== undefined) process.exit();
}

async function statusOf(program: Program, interruption: Interruption): Promise<number> {
  const line = passingLine();
  try {
    const { command, json } = parseOptions(process.argv.slice(2), program);
    await run(command, { program, json, line, signal: interruption.signal });
    return interruption.exitStatus() ?? 0;
  } catch (error) {
    line.erase();
    const page = pageOn(process.stderr, textsWhateverIsSet(), 'UTC', program);
    if (!interruption.readerGone()) process.stderr.write(drawError(error, page, process.stderr.isTTY));
    return interruption.exitStatus() ?? 1;
  }
}

async function run(command: Command, start: Start): Promise<void> {
  const { program } = start;
  switch (command.name) {
    case 'help':
      return print(drawHelp(textsWhateverIsSet().help(program), process.stdout.columns || HELP_COLUMNS));
    case 'version':
      return print(`${versionText()}\n`);
    case 'demo':
      return demonstrate(command, start);
    case 'schedule': {
      const { timezone, language } = loadTerminalSettings();
      return print(scheduleText(command.cron, timezone, terminalTextsOf(language), program.nightly));
    }
    default:
      return workOnDatabase(command, start);
  }
}

type DatabaseCommand = Extract<Command, { name: 'check' | 'cleanup' | 'restore' | 'erase' }>;

async function workOnDatabase(command: DatabaseCommand, { program, json, line, signal }: Start): Promise<void> {
  const own = loadTerminalSettings();
  const given = command.name === 'check' || command.name === 'cleanup' ? command : {};
  const settings = withGiven(own, given);
  const address = parseDatabaseAddress(loadDatabaseUrl(program), 'DATABASE_URL');
  const texts = terminalTextsOf(settings.language);
  const isCsv = command.name === 'check' && command.csv;
  say(texts.database(escapeControls(address.host), address.port, escapeControls(address.database)), json || isCsv);
  const commands = commandLines(
    (...args) => program.typed('check', ...args),
    (...args) => program.typed('cleanup', ...args),
    given,
  );
  const session: Session = { address, signal, settings, texts, line, program, commands };
  if (command.name === 'restore') await runRestore(command.target, json, session);
  else if (command.name === 'erase') await runErase(command, json, session);
  else if (command.name === 'cleanup') await runCleanup(command, json, session);
  else if (isCsv) await listAsCsv(session);
  else await runCheckCommand(json, session);
}

type DemoCommand = Extract<Command, { name: 'demo' }>;

async function demonstrate({ tokenLimit, force }: DemoCommand, start: Start): Promise<void> {
  const { program, json, line, signal } = start;
  const { demo = noDemo() } = program;
  const settings = withGiven(loadDemoSettings(), { tokenLimit });
  const texts = terminalTextsOf(settings.language);
  say(texts.sampleDatabase(demo.contacts), json);
  if (hasDatabaseUrl()) say(texts.notYourDatabase, json);
  line.show(texts.starting);
  const { address, remove } = await demo.createDatabase(signal);
  line.erase();
  const commands = commandLines(demo.typed, demo.typed, { tokenLimit });
  const session: Session = { address, signal, settings, texts, line, program, commands };
  await runDemo(force, json, session).finally(remove);
}

function noDemo(): Demo {
  throw new JobError(
    'InvalidSettings',
    'The demonstration needs a checkout of the project, where npm ci installs a PostgreSQL for it. There: npm ci && npm ' +
      'start. Nothing was changed.',
  );
}

interface Given {
  readonly tokenLimit?: number | undefined;
  readonly quietMinutes?: number | undefined;
}

/** What the command line gives goes before the environment. */
function withGiven(settings: Settings, given: Given): Settings & { readonly tokenLimitFrom: TokenLimitSource } {
  return {
    ...settings,
    tokenLimit: given.tokenLimit ?? settings.tokenLimit,
    tokenLimitFrom: given.tokenLimit === undefined ? 'deployment' : 'payload',
    quietMinutes: given.quietMinutes ?? settings.quietMinutes,
  };
}

/** The command lines that go on after a refusal: with another limit than this one had, or in spite of the safety limit. */
function commandLines(
  check: Demo['typed'],
  cleanUp: Demo['typed'],
  { tokenLimit, quietMinutes }: Given,
): Session['commands'] {
  const quiet = quietMinutes === undefined ? [] : [`--quiet-minutes ${quietMinutes}`];
  const own = tokenLimit === undefined ? [] : [`--token-limit ${tokenLimit}`];
  const other = tokenLimit === undefined ? ['--token-limit LIMIT'] : [];
  return {
    correctLimit: check(...other, ...quiet),
    cleanUp: cleanUp(...other, ...quiet),
    force: cleanUp(...own, ...quiet, '--force'),
  };
}

/**
 * Says where this works, before it does. Where a program reads the result, it is said to people alone: what is on standard
 * error makes cron send a mail.
 */
function say(text: string, forPrograms: boolean): void {
  const stream = forPrograms ? process.stderr : process.stdout;
  if (forPrograms && !stream.isTTY) return;
  const columns = stream.columns || HELP_COLUMNS;
  stream.write(lines(...(stream.isTTY ? hang(text, columns).map((line) => cut(line, columns)) : [text])));
}

/** Help and errors are for people whose settings may be wrong. */
function textsWhateverIsSet(): TerminalTexts {
  try {
    return terminalTextsOf(loadDemoSettings().language);
  } catch {
    return terminalTextsOf('en');
  }
}

function versionText(): string {
  const { name, version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  return `${name} ${version}`;
}
