import { type Environment, loadSettings, type Settings } from '../../lambda/input/settings.ts';
import { JobError } from '../../lambda/model/job-error.ts';

/**
 * Reads the environment of a terminal: `databaseUrl` is `DATABASE_URL`, or undefined when it is not set.
 *
 * @throws JobError InvalidSettings, naming the variable, what it must be and what was given
 */
export function loadTerminalSettings(env: Environment = process.env): Settings & { databaseUrl: string | undefined } {
  for (const option of ['token-limit', 'quiet-minutes', 'export', 'request-id', 'phone', 'force', 'json'])
    refuseSwallowed(option, env);
  // A variable that got lost on its way must not make a cleanup of the samples look like one of the database.
  if (env['DATABASE_URL'] === '') {
    throw new JobError(
      'InvalidSettings',
      'DATABASE_URL must be a postgres:// URL (got ""). Unset it to work on sample contacts. Nothing was changed.',
    );
  }
  return { ...loadSettings(env), databaseUrl: env['DATABASE_URL'] || undefined };
}

/** npm takes an option before the two dashes for itself, and the program would run without it. */
function refuseSwallowed(option: string, env: Environment): void {
  if (env[`npm_config_${option.replace('-', '_')}`] === undefined) return;
  throw new JobError(
    'InvalidSettings',
    `npm took --${option} for itself. Put options after --: npm start -- --${option} … Nothing was changed.`,
  );
}
