import type { ParameterNames } from '../aws/parameters.ts';
import { ALLOWED_SHARE, DEFAULT_MAX_CLEARED_SHARE, parseShare } from '../job/safety-limit.ts';
import { JobError } from '../model/job-error.ts';
import { given } from '../model/quote-safely.ts';
import { ALLOWED_TABLE_NAME, parseTableName, type TableName } from '../table-name.ts';
import { type Language, parseLanguage } from '../texts/texts-of.ts';
import { ALLOWED_TOKEN_LIMIT, DEFAULT_TOKEN_LIMIT, parseTokenLimit } from '../token-limit.ts';

/** What applies to every run, wherever it runs. */
export interface Settings {
  /** Tokens at which a thread is cleared. */
  readonly tokenLimit: number;
  readonly clientViewName: TableName;
  readonly auditTableName: TableName;
  /** Per cent of the active threads that one run may clear without `force`. */
  readonly maxClearedShare: number;
  /** Days after which audit rows are deleted; undefined keeps them for ever. */
  readonly auditRetentionDays: number | undefined;
  /** Of summaries, e-mails, the widget and the terminal. */
  readonly language: Language;
  /** IANA name; in it times are shown to people. */
  readonly timezone: string;
}

/** Where the database is, for a secret that holds only a user and a password. */
export interface DatabaseDefaults {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly database?: string | undefined;
}

/** What the Lambda function has in its environment. */
export interface FunctionSettings extends Settings {
  /** Name or ARN of the secret. */
  readonly databaseSecretId: string;
  readonly databaseDefaults: DatabaseDefaults;
  /** SSM parameters that can be set without deploying. */
  readonly parameterNames: ParameterNames;
  /** Where complete rows are kept before they are cleared; undefined when they are not. */
  readonly exportBucket: string | undefined;
}

/** What the function that sends notices has in its environment. */
export interface NoticeSettings extends Pick<Settings, 'language' | 'timezone'> {
  readonly topicArn: string;
  /** Of the function that cleans, for the commands in a notice. */
  readonly functionName: string;
}

/** The table of the assistant, as Prisma names it. */
export const DEFAULT_CLIENT_VIEW = 'ClientView';
/** The audit table, as the old script named it. */
export const DEFAULT_AUDIT_TABLE = 'ThreadCleanupLog';

/** Days for which audit rows or exports may be kept at most: a hundred years, which S3 takes and a `date` reaches. */
export const MOST_RETENTION_DAYS = 36_500;
/** AWS, GetSecretValue: `SecretId` has at most 2,048 characters. */
const SECRET_ID = /^[\w/+=.@:!-]{1,2048}$/;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment of the Lambda function.
 *
 * @throws JobError InvalidSettings, naming the variable, what was given and what is allowed
 */
export function loadFunctionSettings(env: Environment = process.env): FunctionSettings {
  const databaseSecretId = env['DATABASE_SECRET_ID'];
  if (!databaseSecretId || !SECRET_ID.test(databaseSecretId) || databaseSecretId.includes('://')) {
    throw invalid('DATABASE_SECRET_ID', databaseSecretId, 'the name or the ARN of a secret in Secrets Manager');
  }
  return {
    ...loadSettings(env),
    databaseSecretId,
    databaseDefaults: {
      host: env['DATABASE_HOST'] || undefined,
      port: env['DATABASE_PORT'] || undefined,
      database: env['DATABASE_NAME'] || undefined,
    },
    parameterNames: {
      tokenLimit: env['TOKEN_LIMIT_PARAMETER'] || undefined,
      state: env['STATE_PARAMETER'] || undefined,
    },
    exportBucket: env['EXPORT_BUCKET'] || undefined,
  };
}

/**
 * Reads the environment of the function that sends notices.
 *
 * @throws JobError InvalidSettings, naming the variable
 */
export function loadNoticeSettings(env: Environment = process.env): NoticeSettings {
  const topicArn = env['TOPIC_ARN'];
  if (!topicArn) throw invalid('TOPIC_ARN', topicArn, 'the ARN of an SNS topic');
  const functionName = env['FUNCTION_NAME'];
  if (!functionName) throw invalid('FUNCTION_NAME', functionName, 'the name of the function that cleans');
  return { topicArn, functionName, ...readingHabits(env) };
}

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

function loadSettings(env: Environment): Settings {
  const limit = env['TOKEN_LIMIT'];
  const tokenLimit = limit ? parseTokenLimit(limit) : DEFAULT_TOKEN_LIMIT;
  if (tokenLimit === undefined) throw invalid('TOKEN_LIMIT', limit, ALLOWED_TOKEN_LIMIT);
  const share = env['MAX_CLEARED_SHARE'];
  const maxClearedShare = share ? parseShare(share) : DEFAULT_MAX_CLEARED_SHARE;
  if (maxClearedShare === undefined) throw invalid('MAX_CLEARED_SHARE', share, ALLOWED_SHARE);
  const days = env['AUDIT_RETENTION_DAYS'];
  if (days && !(/^[1-9]\d{0,4}$/.test(days) && Number(days) <= MOST_RETENTION_DAYS))
    throw invalid('AUDIT_RETENTION_DAYS', days, `a whole number of days from 1 to ${MOST_RETENTION_DAYS}`);
  return {
    ...readingHabits(env),
    tokenLimit,
    maxClearedShare,
    auditRetentionDays: days ? Number(days) : undefined,
    clientViewName: tableName(env, 'TABLE_NAME', DEFAULT_CLIENT_VIEW),
    auditTableName: tableName(env, 'AUDIT_TABLE_NAME', DEFAULT_AUDIT_TABLE),
  };
}

/** How people want to read things. */
function readingHabits(env: Environment): Pick<Settings, 'language' | 'timezone'> {
  // Anything else is the operating system's own variable of that name, as in "en_US:en".
  const language = parseLanguage(env['LANGUAGE'] || 'en') ?? 'en';
  const timezone = env['TIMEZONE'] || 'UTC';
  try {
    new Intl.DateTimeFormat('en', { timeZone: timezone });
  } catch {
    throw invalid('TIMEZONE', timezone, 'an IANA time zone, such as America/Bogota');
  }
  return { language, timezone };
}

function tableName(env: Environment, variable: string, fallback: string): TableName {
  const text = env[variable] || fallback;
  const name = parseTableName(text);
  if (name === undefined) throw invalid(variable, text, ALLOWED_TABLE_NAME);
  return name;
}

function invalid(variable: string, value: string | undefined, allowed: string): JobError {
  const advice = 'Set it in the environment (with CDK: the context key of the same meaning) and try again.';
  return new JobError(
    'InvalidSettings',
    `${variable} is ${given(value || undefined)}; allowed is ${allowed}. ${advice}`,
  );
}
