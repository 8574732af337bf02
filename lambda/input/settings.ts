import { JobError } from '../model/job-error.ts';
import { quoteSafely } from '../model/quote-safely.ts';
import {
  ALLOWED_QUIET_MINUTES,
  ALLOWED_RETENTION_DAYS,
  ALLOWED_SHARE,
  ALLOWED_TABLE_NAME,
  ALLOWED_TIME_ZONE,
  ALLOWED_TOKEN_LIMIT,
  DEFAULT_AUDIT_TABLE,
  DEFAULT_CLIENT_VIEW,
  DEFAULT_MAX_CLEARED_SHARE,
  DEFAULT_QUIET_MINUTES,
  DEFAULT_TOKEN_LIMIT,
  type Language,
  languageOfSystem,
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

/** What the Lambda function has in its environment. */
export interface FunctionSettings extends Settings {
  /** Name or ARN of the secret. */
  readonly databaseSecretId: string;
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

/** AWS, GetSecretValue: `SecretId` has at most 2,048 characters. */
const SECRET_ID = /^[\w/+=.@:!-]{1,2048}$/;

export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment of the Lambda function.
 *
 * @throws JobError InvalidSettings, naming the variable, what it must be and what was given
 */
export function loadFunctionSettings(env: Environment = process.env): FunctionSettings {
  const databaseSecretId = env['DATABASE_SECRET_ID'];
  if (!databaseSecretId || !SECRET_ID.test(databaseSecretId) || databaseSecretId.includes('://')) {
    throw invalid('DATABASE_SECRET_ID', databaseSecretId, 'the name or ARN of a secret in Secrets Manager');
  }
  return {
    ...loadSettings(env),
    databaseSecretId,
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

/**
 * Reads the environment of the function that sends notices.
 *
 * @throws JobError InvalidSettings, naming the variable
 */
export function loadNoticeSettings(env: Environment = process.env): NoticeSettings {
  const required = (variable: string, allowed: string) => {
    const value = env[variable];
    if (!value) throw invalid(variable, value, allowed);
    return value;
  };
  return {
    topicArn: required('TOPIC_ARN', 'the ARN of an SNS topic'),
    functionName: required('FUNCTION_NAME', 'the name of the cleanup function'),
    tokenLimitParameter: required('TOKEN_LIMIT_PARAMETER', 'the name of an SSM parameter'),
    failureQueueUrl: required('FAILURE_QUEUE_URL', 'the URL of an SQS queue'),
    dashboardUrl: required('DASHBOARD_URL', 'the URL of a dashboard'),
    region: env['AWS_REGION'] || undefined,
    tableName: tableName(env, 'TABLE_NAME', DEFAULT_CLIENT_VIEW),
    ...readingHabits(env),
  };
}

/**
 * Reads what applies wherever the job runs.
 *
 * @throws JobError InvalidSettings, naming the variable, what it must be and what was given
 */
export function loadSettings(env: Environment): Settings {
  const limit = env['TOKEN_LIMIT'];
  const tokenLimit = limit ? parseTokenLimit(limit) : DEFAULT_TOKEN_LIMIT;
  if (tokenLimit === undefined) throw invalid('TOKEN_LIMIT', limit, ALLOWED_TOKEN_LIMIT);
  const share = env['MAX_CLEARED_SHARE'];
  const maxClearedShare = share ? parseShare(share) : DEFAULT_MAX_CLEARED_SHARE;
  if (maxClearedShare === undefined) throw invalid('MAX_CLEARED_SHARE', share, ALLOWED_SHARE);
  const quiet = env['QUIET_MINUTES'];
  const quietMinutes = quiet ? parseQuietMinutes(quiet) : DEFAULT_QUIET_MINUTES;
  if (quietMinutes === undefined) throw invalid('QUIET_MINUTES', quiet, ALLOWED_QUIET_MINUTES);
  const days = env['AUDIT_RETENTION_DAYS'];
  const auditRetentionDays = days ? parseRetentionDays(days) : undefined;
  if (days && auditRetentionDays === undefined) throw invalid('AUDIT_RETENTION_DAYS', days, ALLOWED_RETENTION_DAYS);
  return {
    ...readingHabits(env),
    tokenLimit,
    maxClearedShare,
    quietMinutes,
    auditRetentionDays,
    clientViewName: tableName(env, 'TABLE_NAME', DEFAULT_CLIENT_VIEW),
    auditTableName: tableName(env, 'AUDIT_TABLE_NAME', DEFAULT_AUDIT_TABLE),
  };
}

/** How people want to read things. */
function readingHabits(env: Environment): Pick<Settings, 'language' | 'timezone'> {
  // The operating system has a variable of the same name, and languages that there are no texts in.
  const language = languageOfSystem(env['LANGUAGE'] || 'en') ?? 'en';
  const zone = env['TIMEZONE'] || 'UTC';
  const timezone = readTimeZone(zone);
  if (timezone === undefined) throw invalid('TIMEZONE', zone, ALLOWED_TIME_ZONE);
  return { language, timezone };
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
