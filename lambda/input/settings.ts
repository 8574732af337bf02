import { JobError } from '../model/job-error.ts';
import { quoteSafely } from '../model/quote-safely.ts';
import {
  ALLOWED_DATABASE_CONCURRENCY,
  ALLOWED_QUIET_MINUTES,
  ALLOWED_RETENTION_DAYS,
  ALLOWED_SECRET_PREFIX,
  ALLOWED_SHARE,
  ALLOWED_TABLE_NAME,
  ALLOWED_TIME_ZONE,
  ALLOWED_TOKEN_LIMIT,
  DEFAULT_AUDIT_TABLE,
  DEFAULT_CLIENT_VIEW,
  DEFAULT_DATABASE_CONCURRENCY,
  DEFAULT_MAX_CLEARED_SHARE,
  DEFAULT_MAX_FAILED_SHARE,
  DEFAULT_QUIET_MINUTES,
  DEFAULT_TOKEN_LIMIT,
  isSecretPrefix,
  type Language,
  languageOfSystem,
  parseDatabaseConcurrency,
  parseQuietMinutes,
  parseRetentionDays,
  parseShare,
  parseTableName,
  parseTokenLimit,
  readTimeZone,
  type TableName,
} from './values.ts';

/** The two tables of the job. */
export interface TableNames {
  readonly clientViewName: TableName;
  readonly auditTableName: TableName;
}

/** SSM parameters that can be set without deploying. */
export interface ParameterNames {
  readonly tokenLimit: string | undefined;
  readonly state: string | undefined;
}

/** What applies to every run, wherever it runs. */
export interface Settings extends TableNames {
  /** Tokens at which a thread is cleared. */
  readonly tokenLimit: number;
  /** Per cent of the active threads that one run may clear without `force`. */
  readonly maxClearedShare: number;
  /** Minutes without activity after which a thread may be cleared; 0 lets no conversation wait. */
  readonly quietMinutes: number;
  /** Days after which audit rows are deleted; undefined keeps them for ever. */
  readonly auditRetentionDays: number | undefined;
  /** Of summaries, e-mails, the widget and the terminal. */
  readonly language: Language;
  /** IANA name; in it times are shown to people. */
  readonly timezone: string;
}

/** Where the database is, for a secret with only a user and a password, and as whom to log in without one. */
export interface DatabaseDefaults {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly database?: string | undefined;
  /** The role that logs in with a token of IAM; undefined when the secret has a password. */
  readonly iamUser?: string | undefined;
}

/** Which secrets the function may be asked for: exactly one of the two is set. */
export interface DatabaseSecrets {
  /** Name or ARN of the secret of the one database. */
  readonly databaseSecretId: string | undefined;
  /** What the names of the secrets begin with, one for each database; it ends with a slash. */
  readonly databaseSecretPrefix: string | undefined;
}

/** What the Lambda function has in its environment. */
export interface FunctionSettings extends Settings, DatabaseSecrets {
  readonly databaseDefaults: DatabaseDefaults;
  /** SSM parameters that can be set without deploying. */
  readonly parameterNames: ParameterNames;
  /** For commands that people copy. */
  readonly region: string | undefined;
  /** Where complete rows are kept before they are cleared; undefined when they are not. */
  readonly exportBucket: string | undefined;
}

/** What the function that sends notices has in its environment. */
export interface NoticeSettings extends Pick<Settings, 'language' | 'timezone'> {
  readonly topicArn: string;
  /** What the commands in a notice are about; the function is the one that cleans up. */
  readonly functionName: string;
  readonly region: string | undefined;
  readonly tableName: TableName;
  readonly tokenLimitParameter: string;
  /** Where failed requests wait. */
  readonly failureQueueUrl: string;
  readonly dashboardUrl: string;
}

/** What the function has in its environment that invokes the cleanup function for each database. */
export interface FleetSettings extends Pick<Settings, 'language' | 'timezone'> {
  /** What the names of the secrets begin with, one for each database; it ends with a slash. */
  readonly databaseSecretPrefix: string;
  /** Databases that are worked on at the same time. */
  readonly databaseConcurrency: number;
  /** Per cent of the databases that may fail before the run itself has failed. */
  readonly maxFailedShare: number;
  /** What is invoked for each database: an alias of the cleanup function. */
  readonly cleanupFunctionArn: string;
  /** The cleanup function, for commands that people copy. */
  readonly functionName: string;
  readonly dashboardUrl: string;
  /** Name of the SSM parameter that pauses the cleanup. */
  readonly stateParameter: string | undefined;
  /** Where the e-mail is published; undefined when nobody is told. */
  readonly topicArn: string | undefined;
  readonly region: string | undefined;
}

/** AWS, GetSecretValue: `SecretId` has at most 2,048 characters. */
const SECRET_ID = /^[\w/+=.@:!-]{1,2048}$/;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment of the Lambda function.
 *
 * @throws JobError InvalidSettings, naming the variable, what it must be and what was given
 */
export function loadFunctionSettings(env: Environment = process.env): FunctionSettings {
  return {
    ...loadSettings(env),
    ...databaseSecrets(env),
    databaseDefaults: {
      host: env['DATABASE_HOST'] || undefined,
      port: env['DATABASE_PORT'] || undefined,
      database: env['DATABASE_NAME'] || undefined,
      iamUser: env['DATABASE_IAM_USER'] || undefined,
    },
    parameterNames: {
      tokenLimit: env['TOKEN_LIMIT_PARAMETER'] || undefined,
      state: env['STATE_PARAMETER'] || undefined,
    },
    region: env['AWS_REGION'] || undefined,
    exportBucket: env['EXPORT_BUCKET'] || undefined,
  };
}

function databaseSecrets(env: Environment): DatabaseSecrets {
  const databaseSecretId = env['DATABASE_SECRET_ID'];
  if (!databaseSecretId && env['DATABASE_SECRET_PREFIX']) {
    return { databaseSecretId: undefined, databaseSecretPrefix: secretPrefix(env) };
  }
  if (!databaseSecretId || !SECRET_ID.test(databaseSecretId) || databaseSecretId.includes('://')) {
    throw invalid('DATABASE_SECRET_ID', databaseSecretId, 'the name or ARN of a secret in Secrets Manager');
  }
  return { databaseSecretId, databaseSecretPrefix: undefined };
}

function secretPrefix(env: Environment): string {
  const prefix = env['DATABASE_SECRET_PREFIX'];
  if (prefix && isSecretPrefix(prefix)) return prefix;
  throw invalid('DATABASE_SECRET_PREFIX', prefix, ALLOWED_SECRET_PREFIX);
}

/**
 * Reads the environment of the function that invokes the cleanup function for each database.
 *
 * @throws JobError InvalidSettings, naming the variable, what it must be and what was given
 */
export function loadFleetSettings(env: Environment = process.env): FleetSettings {
  const read = readerOf(env);
  return {
    databaseSecretPrefix: secretPrefix(env),
    databaseConcurrency: read(
      'DATABASE_CONCURRENCY',
      parseDatabaseConcurrency,
      ALLOWED_DATABASE_CONCURRENCY,
      DEFAULT_DATABASE_CONCURRENCY,
    ),
    maxFailedShare: read('MAX_FAILED_SHARE', parseShare, ALLOWED_SHARE, DEFAULT_MAX_FAILED_SHARE),
    cleanupFunctionArn: required(env, 'CLEANUP_FUNCTION_ARN', 'the ARN of an alias of the cleanup function'),
    functionName: required(env, 'FUNCTION_NAME', 'the name of the cleanup function'),
    dashboardUrl: required(env, 'DASHBOARD_URL', 'the URL of a dashboard'),
    stateParameter: env['STATE_PARAMETER'] || undefined,
    topicArn: env['TOPIC_ARN'] || undefined,
    region: env['AWS_REGION'] || undefined,
    ...readingHabits(env),
  };
}

/**
 * Reads the environment of the function that sends notices.
 *
 * @throws JobError InvalidSettings, naming the variable
 */
export function loadNoticeSettings(env: Environment = process.env): NoticeSettings {
  return {
    topicArn: required(env, 'TOPIC_ARN', 'the ARN of an SNS topic'),
    functionName: required(env, 'FUNCTION_NAME', 'the name of the cleanup function'),
    tokenLimitParameter: required(env, 'TOKEN_LIMIT_PARAMETER', 'the name of an SSM parameter'),
    failureQueueUrl: required(env, 'FAILURE_QUEUE_URL', 'the URL of an SQS queue'),
    dashboardUrl: required(env, 'DASHBOARD_URL', 'the URL of a dashboard'),
    region: env['AWS_REGION'] || undefined,
    tableName: tableName(env, 'TABLE_NAME', DEFAULT_CLIENT_VIEW),
    ...readingHabits(env),
  };
}

function required(env: Environment, variable: string, allowed: string): string {
  const value = env[variable];
  if (!value) throw invalid(variable, value, allowed);
  return value;
}

/**
 * Reads what applies wherever the job runs.
 *
 * @throws JobError InvalidSettings, naming the variable, what it must be and what was given
 */
export function loadSettings(env: Environment): Settings {
  const read = readerOf(env);
  return {
    tokenLimit: read('TOKEN_LIMIT', parseTokenLimit, ALLOWED_TOKEN_LIMIT, DEFAULT_TOKEN_LIMIT),
    maxClearedShare: read('MAX_CLEARED_SHARE', parseShare, ALLOWED_SHARE, DEFAULT_MAX_CLEARED_SHARE),
    quietMinutes: read('QUIET_MINUTES', parseQuietMinutes, ALLOWED_QUIET_MINUTES, DEFAULT_QUIET_MINUTES),
    auditRetentionDays: read('AUDIT_RETENTION_DAYS', parseRetentionDays, ALLOWED_RETENTION_DAYS, undefined),
    ...readingHabits(env),
    clientViewName: tableName(env, 'TABLE_NAME', DEFAULT_CLIENT_VIEW),
    auditTableName: tableName(env, 'AUDIT_TABLE_NAME', DEFAULT_AUDIT_TABLE),
  };
}

/** Reads a variable by its own rule; where nothing is given, the fallback applies. */
const readerOf =
  (env: Environment) =>
  <T, F>(variable: string, parse: (text: string) => T | undefined, allowed: string, fallback: F): T | F => {
    const text = env[variable];
    if (!text) return fallback;
    const value = parse(text);
    if (value === undefined) throw invalid(variable, text, allowed);
    return value;
  };

/** How people want to read things. */
function readingHabits(env: Environment): Pick<Settings, 'language' | 'timezone'> {
  // The operating system has a variable of the same name, and languages that there are no texts in.
  const language = languageOfSystem(env['LANGUAGE'] || 'en') ?? 'en';
  return { language, timezone: readerOf(env)('TIMEZONE', readTimeZone, ALLOWED_TIME_ZONE, 'UTC') };
}

function tableName(env: Environment, variable: string, fallback: string): TableName {
  const text = env[variable] || fallback;
  const name = parseTableName(text);
  if (name === undefined) throw invalid(variable, text, ALLOWED_TABLE_NAME);
  return name;
}

/** The error for a variable that is missing or wrong. */
export function invalid(variable: string, value: string | undefined, allowed: string): JobError {
  const given = quoteSafely(value || undefined);
  return new JobError('InvalidSettings', `${variable} must be ${allowed} (got ${given}). Nothing was changed.`);
}
