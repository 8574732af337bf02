import { readFileSync } from 'node:fs';
import { parseDatabaseAddress } from '../../lambda/database/address.ts';
import type { Settings } from '../../lambda/input/settings.ts';
import type { TokenLimitSource } from '../../lambda/model/token-limit-source.ts';
import { type Command, type Options, parseOptions } from './command-line.ts';
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
import { CONTACT_COUNT } from './sample/contacts.ts';
import { createSampleDatabase } from './sample/database.ts';
import { hasDatabaseUrl, loadDatabaseUrl, loadDemoSettings, loadTerminalSettings } from './settings.ts';
import { type TerminalTexts, terminalTextsOf } from './texts/texts-of.ts';

/** Of help where its reader has no terminal. */
const HELP_COLUMNS = 80;

const interruption = listenForInterruption();
process.exitCode = await main(process.argv.slice(2), interruption);
// Otherwise the process ends by itself, once a slow reader has taken all of the output.
if (interruption.exitStatus() !== undefined) process.exit();

async function main(args: readonly string[], interruption: Interruption): Promise<number> {
  const line = passingLine();
  try {
    await run(parseOptions(args), line, interruption.signal);
    return interruption.exitStatus() ?? 0;
  } catch (error) {
    line.erase();
    const page = pageOn(process.stderr, textsWhateverIsSet(), 'UTC');
    if (!interruption.readerGone()) process.stderr.write(drawError(error, page, process.stderr.isTTY));
    return interruption.exitStatus() ?? 1;
  }
}

async function run({ command, json }: Options, line: PassingLine, signal: AbortSignal): Promise<void> {
  switch (command.name) {
    case 'help':
      return print(drawHelp(textsWhateverIsSet().help, process.stdout.columns || HELP_COLUMNS));
    case 'version':
      return print(`${versionText()}\n`);
    case 'demo':
      return demonstrate(command, json, line, signal);
    case 'schedule': {
      const { timezone, language } = loadTerminalSettings();
      return print(scheduleText(command.cron, timezone, terminalTextsOf(language)));
    }
    default:
      return workOnDatabase(command, json, line, signal);
  }
}

type DatabaseCommand = Extract<Command, { name: 'check' | 'cleanup' | 'restore' | 'erase' }>;

async function workOnDatabase(command: DatabaseCommand, json: boolean, line: PassingLine, signal: AbortSignal) {
  const own = loadTerminalSettings();
  const given = command.name === 'check' || command.name === 'cleanup' ? command : {};
  const settings = withGiven(own, given);
  const address = parseDatabaseAddress(loadDatabaseUrl(), 'DATABASE_URL');
  const texts = terminalTextsOf(settings.language);
  const isCsv = command.name === 'check' && command.csv;
  say(texts.database(escapeControls(address.host), address.port, escapeControls(address.database)), json || isCsv);
  const commands = commandLines('npm run check', 'npm run cleanup', given);
  const session: Session = { address, signal, settings, texts, line, commands };
  if (command.name === 'restore') await runRestore(command.target, json, session);
  else if (command.name === 'erase') await runErase(command, json, session);
  else if (command.name === 'cleanup') await runCleanup(command, json, session);
  else if (isCsv) await listAsCsv(session);
  else await runCheckCommand(json, session);
}

type DemoCommand = Extract<Command, { name: 'demo' }>;

async function demonstrate({ tokenLimit, force }: DemoCommand, json: boolean, line: PassingLine, signal: AbortSignal) {
  const settings = withGiven(loadDemoSettings(), { tokenLimit });
  const texts = terminalTextsOf(settings.language);
  say(texts.sampleDatabase(CONTACT_COUNT), json);
  if (hasDatabaseUrl()) say(texts.notYourDatabase, json);
  line.show(texts.starting);
  const { address, remove } = await createSampleDatabase(signal);
  line.erase();
  const commands = commandLines('npm start', 'npm start', { tokenLimit });
  const session: Session = { address, signal, settings, texts, line, commands };
  await runDemo(force, json, session).finally(remove);
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
function commandLines(check: string, cleanUp: string, { tokenLimit, quietMinutes }: Given): Session['commands'] {
  const quiet = quietMinutes === undefined ? [] : ['--quiet-minutes', quietMinutes];
  const own = tokenLimit === undefined ? [] : ['--token-limit', tokenLimit];
  const other = tokenLimit === undefined ? ['--token-limit', 'LIMIT'] : [];
  const line = (command: string, options: readonly (string | number)[]) =>
    [command, ...(options.length === 0 ? [] : ['--']), ...options].join(' ');
  return {
    correctLimit: line(check, [...other, ...quiet]),
    cleanUp: line(cleanUp, [...other, ...quiet]),
    force: line(cleanUp, [...own, ...quiet, '--force']),
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
