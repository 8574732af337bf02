import { parseDatabaseAddress } from '../../lambda/database/address.ts';
import type { Language } from '../../lambda/input/values.ts';
import { asJobError, JobError } from '../../lambda/model/job-error.ts';
import { type Options, parseOptions } from './command-line.ts';
import { runCommand } from './commands/run.ts';
import { type Interruption, listenForInterruption } from './interruption.ts';
import { escapeControls } from './output/escape.ts';
import { type PassingLine, passingLine } from './output/progress.ts';
import { CONTACT_COUNT } from './sample/contacts.ts';
import { createSampleDatabase } from './sample/database.ts';
import { loadTerminalSettings } from './settings.ts';
import { terminalTextsOf } from './texts/texts-of.ts';

const interruption = listenForInterruption();
process.exitCode = await main(process.argv.slice(2), interruption);
// Otherwise the process ends by itself, once a slow reader has taken all of the output.
if (interruption.exitStatus() !== undefined) process.exit();

async function main(args: readonly string[], interruption: Interruption): Promise<number> {
  const line = passingLine();
  try {
    const options = parseOptions(args);
    if (options.help) process.stdout.write(terminalTextsOf(languageForHelp()).help);
    else await run(options, line, interruption);
    return interruption.exitStatus() ?? 0;
  } catch (error) {
    line.erase();
    if (!interruption.readerGone()) process.stderr.write(`${describe(error)}\n`);
    return interruption.exitStatus() ?? 1;
  }
}

async function run(options: Options, line: PassingLine, { signal }: Interruption): Promise<void> {
  const { databaseUrl, ...fromEnvironment } = loadTerminalSettings();
  const { command, json } = options;
  const settings = { ...fromEnvironment, tokenLimitFrom: 'deployment' as const, ...given(command) };
  const texts = terminalTextsOf(settings.language);
  const say = (text: string) => (json ? process.stderr : process.stdout).write(`${text}\n`);
  if (databaseUrl !== undefined) {
    const address = parseDatabaseAddress(databaseUrl, 'DATABASE_URL');
    say(texts.database(escapeControls(address.host), address.port, escapeControls(address.database)));
    await runCommand(options, address, signal, { settings, texts, line, isSample: false });
  } else {
    if (command.name === 'restore' || command.name === 'erase') throw nothingToWorkOn(command.name);
    say(texts.sampleDatabase(CONTACT_COUNT));
    line.show(texts.starting);
    const { address, remove } = await createSampleDatabase(signal);
    line.erase();
    await runCommand(options, address, signal, { settings, texts, line, isSample: true }).finally(remove);
  }
}

/** What the command line sets in place of the environment. */
function given(command: Options['command']) {
  if (command.name !== 'check' && command.name !== 'cleanup') return {};
  const { tokenLimit, quietMinutes } = command;
  return {
    ...(tokenLimit !== undefined && { tokenLimit, tokenLimitFrom: 'payload' as const }),
    ...(quietMinutes !== undefined && { quietMinutes }),
  };
}

/** Help is for people whose settings may be wrong. */
function languageForHelp(): Language {
  try {
    return loadTerminalSettings().language;
  } catch {
    return 'en';
  }
}

function nothingToWorkOn(command: 'restore' | 'erase'): JobError {
  return new JobError(
    'InvalidSettings',
    `DATABASE_URL is not set, and the sample database is new each time: there is nothing to ${command}. ` +
      'Set DATABASE_URL to the database that was cleaned up, and run again. Nothing was changed.',
  );
}

/** One line; only an unexpected error comes with the places it came through. */
function describe(error: unknown): string {
  const failure = asJobError(error);
  if (failure.name === 'UnexpectedError') return failure.stack ?? failure.message;
  return `${failure.name}: ${escapeControls(failure.message.replace(/\s+/g, ' '))}`;
}
