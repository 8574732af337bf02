import { type Environment, invalid, loadSettings, type Settings } from '../../lambda/input/settings.ts';
import { JobError } from '../../lambda/model/job-error.ts';

/**
 * Reads the environment of a terminal: `databaseUrl` is `DATABASE_URL`, or undefined when it is not set.
 *
 * @throws JobError InvalidSettings, naming the variable, what was given and what is allowed
 */
export function loadTerminalSettings(env: Environment = process.env): Settings & { databaseUrl: string | undefined } {
  for (const option of ['token-limit', 'export', 'request-id', 'force', 'json']) refuseSwallowed(option, env);
  // A variable that got lost on its way must not make a cleanup of the samples look like one of the database.
  if (env['DATABASE_URL'] === '') {
    throw invalid(
      'DATABASE_URL',
      undefined,
      'a postgres:// URL; without the variable the program works on sample contacts',
    );
  }
  return { ...loadSettings(env), databaseUrl: env['DATABASE_URL'] || undefined };
}

/** npm takes an option that stands before the two dashes for its own, and the program would run without it. */
function refuseSwallowed(option: string, env: Environment): void {
  if (env[`npm_config_${option.replace('-', '_')}`] === undefined) return;
  throw new JobError(
    'InvalidSettings',
    `npm kept the option --${option} for itself. Options stand behind two dashes: npm start -- --${option} … Nothing was touched.`,
  );
}
