import { parseDatabaseAddress } from '../lambda/database-address.ts';
import { asJobError } from '../lambda/errors.ts';
import { loadTerminalSettings } from '../lambda/settings.ts';
import { runCommand } from './local/commands.ts';
import { harmless } from './local/harmless.ts';
import { HELP } from './local/help.ts';
import { type Interruption, listenForInterruption } from './local/interruption.ts';
import { parseOptions } from './local/options.ts';
import { passingLine } from './local/progress.ts';
import { CONTACT_COUNT } from './local/sample-contacts.ts';
import { createSampleDatabase } from './local/sample-database.ts';
import { databaseText, sampleDatabaseText, TEXTS } from './local/texts.ts';

const interruption = listenForInterruption();
process.exitCode = await main(process.argv.slice(2), interruption);
// Otherwise the process ends by itself, once a slow reader has taken all of the output.
if (interruption.exitStatus() !== undefined) process.exit();

async function main(args: readonly string[], interruption: Interruption): Promise<number> {
  const line = passingLine();
  try {
    const options = parseOptions(args);
    if (options.help) {
      process.stdout.write(HELP);
      return interruption.exitStatus() ?? 0;
    }
    const { databaseUrl, ...settings } = loadTerminalSettings();
    const say = (text: string) => (options.json ? process.stderr : process.stdout).write(`${text}\n`);
    const { signal } = interruption;
    if (databaseUrl !== undefined) {
      const address = parseDatabaseAddress(databaseUrl, 'DATABASE_URL');
      say(databaseText(address));
      await runCommand(options, settings, { address, signal, line });
    } else {
      say(sampleDatabaseText(CONTACT_COUNT));
      line.show(TEXTS.starting);
      const sample = await createSampleDatabase(signal);
      line.wipe();
      await runCommand(options, settings, { address: sample.address, signal, line }).finally(sample.remove);
    }
    return interruption.exitStatus() ?? 0;
  } catch (error) {
    line.wipe();
    if (!interruption.readerGone()) process.stderr.write(`${describe(error)}\n`);
    return interruption.exitStatus() ?? 1;
  }
}

/** One line; only an error that nobody foresaw comes with the places it came through. */
function describe(error: unknown): string {
  const failure = asJobError(error);
  if (failure.name === 'UnexpectedError') return failure.stack ?? failure.message;
  return `${failure.name}: ${harmless(failure.message.replace(/\s+/g, ' '))}`;
}
