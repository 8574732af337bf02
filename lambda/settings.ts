import { ALLOWED_SHARE, DEFAULT_MAX_CLEARED_SHARE, parseShare } from './brake.ts';
import { JobError } from './errors.ts';
import { given } from './given.ts';
import { ALLOWED_TABLE_NAME, parseTableName, type TableName } from './table-name.ts';
import { ALLOWED_TOKEN_LIMIT, DEFAULT_TOKEN_LIMIT, parseTokenLimit } from './token-limit.ts';

/** What applies to every run, wherever it runs. */
export interface Settings {
  /** Tokens at which a thread is cleared. */
  readonly tokenLimit: number;
  readonly clientViewName: TableName;
  readonly auditTableName: TableName;
  /** Per cent of the active threads that one run may clear without `force`. */
  readonly maxClearedShare: number;
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
}

/** The table of the assistant, as Prisma names it. */
export const DEFAULT_CLIENT_VIEW = 'ClientView';
/** The audit table, as the old script named it. */
export const DEFAULT_AUDIT_TABLE = 'ThreadCleanupLog';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment of the Lambda function.
 *
 * @throws JobError InvalidSettings, naming the variable, what was given and what is allowed
 */
export function loadFunctionSettings(env: Environment = process.env): FunctionSettings {
  const databaseSecretId = env['DATABASE_SECRET_ID'];
  if (!databaseSecretId || !/^[\w/+=.@:!-]{1,2048}$/.test(databaseSecretId) || databaseSecretId.includes('://')) {
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
  };
}

/** Reads the environment of a terminal: `databaseUrl` is `DATABASE_URL`, or undefined when it is not set. */
export function loadTerminalSettings(env: Environment = process.env): Settings & { databaseUrl: string | undefined } {
  return { ...loadSettings(env), databaseUrl: env['DATABASE_URL'] || undefined };
}

function loadSettings(env: Environment): Settings {
  const limit = env['TOKEN_LIMIT'];
  const tokenLimit = limit ? parseTokenLimit(limit) : DEFAULT_TOKEN_LIMIT;
  if (tokenLimit === undefined) throw invalid('TOKEN_LIMIT', limit, ALLOWED_TOKEN_LIMIT);
  const share = env['MAX_CLEARED_SHARE'];
  const maxClearedShare = share ? parseShare(share) : DEFAULT_MAX_CLEARED_SHARE;
  if (maxClearedShare === undefined) throw invalid('MAX_CLEARED_SHARE', share, ALLOWED_SHARE);
  return {
    tokenLimit,
    maxClearedShare,
    clientViewName: tableName(env, 'TABLE_NAME', DEFAULT_CLIENT_VIEW),
    auditTableName: tableName(env, 'AUDIT_TABLE_NAME', DEFAULT_AUDIT_TABLE),
  };
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
