import { type Environment, loadSettings, type Settings } from '../../lambda/input/settings.ts';
import { JobError } from '../../lambda/model/job-error.ts';
import { OPTIONS_WITH_EFFECT } from './command-line.ts';
import type { Program } from './program/program.ts';

/**
 * Reads the environment of a terminal, without `DATABASE_URL`.
 *
 * @throws JobError InvalidSettings, naming the variable, what it must be and what was given
 */
export function loadTerminalSettings(env: Environment = process.env): Settings {
  for (const option of OPTIONS_WITH_EFFECT) refuseSwallowed(option, env);
  return loadSettings(env);
}

/** Of the environment, the demonstration has no more than how its reader wants to read; fails as the above. */
export function loadDemoSettings({ LANGUAGE, TIMEZONE, ...env }: Environment = process.env): Settings {
  for (const option of OPTIONS_WITH_EFFECT) refuseSwallowed(option, env);
  return loadSettings({ LANGUAGE, TIMEZONE });
}

/** Whether there is a database that somebody may have meant. */
export const hasDatabaseUrl = (env: Environment = process.env) => Boolean(env['DATABASE_URL']);

/**
 * Reads where to work.
 *
 * @throws JobError InvalidSettings when it is not set: only the demonstration works without it
 */
export function loadDatabaseUrl({ demo }: Pick<Program, 'demo'>, env: Environment = process.env): string {
  const url = env['DATABASE_URL'];
  if (url) return url;
  throw new JobError(
    'InvalidSettings',
    `DATABASE_URL ${url === undefined ? 'is not set' : 'is empty'}. Set it to the database to work on: export ` +
      "DATABASE_URL='postgres://USER:PASSWORD@HOST:5432/DATABASE'. " +
      `${demo ? `Without a database, ${demo.typed()} shows a demonstration. ` : ''}Nothing was changed.`,
  );
}

/** npm takes an option before the two dashes for itself, and the program would run without it. */
function refuseSwallowed(option: string, env: Environment): void {
  // In some places every npm is told "yes" in advance; without it this program asks, which hurts nobody.
  if (option === 'yes' || env[`npm_config_${option.replace('-', '_')}`] === undefined) return;
  const script = /^[\w:-]+$/.exec(env['npm_lifecycle_event'] ?? '')?.[0] ?? 'cleanup';
  throw new JobError(
    'InvalidSettings',
    `npm took --${option} for itself. Put options after --: npm run ${script} -- --${option} … Nothing was changed.`,
  );
}
