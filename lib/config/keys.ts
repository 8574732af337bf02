import { isIP } from 'node:net';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  ALLOWED_DATABASE_CONCURRENCY,
  ALLOWED_LANGUAGE,
  ALLOWED_QUIET_MINUTES,
  ALLOWED_RETENTION_DAYS,
  ALLOWED_SHARE,
  ALLOWED_TABLE_NAME,
  ALLOWED_TIME_ZONE,
  ALLOWED_TOKEN_LIMIT,
  parseDatabaseConcurrency,
  parseLanguage,
  parseQuietMinutes,
  parseRetentionDays,
  parseShare,
  parseTableName,
  parseTokenLimit,
  readTimeZone,
} from '../../lambda/input/values.ts';
import { readCron } from './cron.ts';
import { id, list, matching, type Reader, wholeNumber, yesOrNo } from './readers.ts';
import { ALLOWED_VARIABLES, parseVariables } from './variables.ts';

/** A key of the CDK context (`-c key=value`, or "context" in cdk.json) that this project understands. */
export interface ContextKey<T> {
  /** Completes the sentence "must be …". */
  readonly allowed: string;
  /** A value that is allowed. */
  readonly example: string;
  /** From the text that was given to the value, or undefined when it is not allowed. It is never empty. */
  readonly read: Reader<T>;
  /** What it may be given as besides (cdk.json), or as JSON text of that. @default - text, a number or a truth value alone */
  readonly form?: 'list' | 'object';
}

/** `INFINITE` is the CDK's own number for "no retention": logs that nobody ever deletes are not on offer. */
const retentionDays: RetentionDays[] = Object.values(RetentionDays).filter(
  (value) => typeof value === 'number' && value !== RetentionDays.INFINITE,
);

/** An alias of a key grants nothing. */
const kmsKey = {
  allowed: 'the ARN of the key itself, arn:aws:kms:REGION:ACCOUNT:key/ID (an alias grants nothing)',
  example: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  read: matching(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[a-z0-9-]+$/i),
};

/** The `!` is in the names of the secrets that RDS manages itself. */
const secretArn = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@!-]+$/;

const days = {
  allowed: ALLOWED_RETENTION_DAYS,
  example: '365',
  read: parseRetentionDays,
};

const trueOrFalse = { allowed: 'true or false', example: 'true', read: yesOrNo };

/** What can be an address; whether it is one shows when its owner confirms. */
const emailAddress = /^[^\s@,;:<>()[\]\\"]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$/i;

/** Every context key there is, and what it takes. What it decides, its default, and what goes together: config.ts. */
export const contextKeys = {
  env: {
    allowed: 'the name of a block in the "context" of cdk.json',
    example: 'staging',
    read: matching(/^[^:/]+$/),
  },
  databaseSecret: {
    allowed: 'the name or ARN of a secret in Secrets Manager, never the connection string itself',
    example: 'prod/whatsapp/database-url',
    read: matching(/^[\w/+=.@!-]{1,512}$|^arn:/, (text) => !text.startsWith('arn:') || secretArn.test(text)),
  },
  databaseConcurrency: {
    allowed: ALLOWED_DATABASE_CONCURRENCY,
    example: '25',
    read: parseDatabaseConcurrency,
  },
  maxFailedShare: {
    allowed: ALLOWED_SHARE,
    example: '5',
    read: parseShare,
  },
  databaseSecretKmsKey: kmsKey,
  databaseHost: {
    allowed: 'a host name or an IP address, without scheme and port',
    example: 'db.cluster-abc.eu-west-1.rds.amazonaws.com',
    read: matching(/^.+$/, (text) => isIP(text) !== 0 || /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?$/i.test(text)),
  },
  databasePort: {
    allowed: 'a port from 1 to 65535',
    example: '5432',
    read: wholeNumber(1, 65_535),
  },
  databaseName: {
    allowed: 'the name of a PostgreSQL database, at most 63 bytes',
    example: 'whatsapp',
    read: matching(/^[^\p{Cc}]+$/u, (text) => Buffer.byteLength(text) <= 63 && !text.includes('://')),
  },
  databaseIamAuth: trueOrFalse,
  databaseUser: {
    // It becomes part of an ARN, in which some signs stand for any others.
    allowed: 'the name of a PostgreSQL role of letters, digits and _ . @ -, at most 63',
    example: 'thread_cleanup',
    read: matching(/^\w[\w.@-]{0,62}$/),
  },
  databaseResourceId: {
    allowed: 'the resource id of the database: db-… or cluster-…, or prx-… of an RDS Proxy',
    example: 'db-ABCDEFGHIJKL01234',
    read: matching(/^(db|cluster|prx)-[a-z0-9]+$/i),
  },
  schedule: {
    allowed:
      'a cron expression of six fields (minutes hours day-of-month month day-of-week year) ' +
      'with ? in exactly one of the two day fields, that has a time in the future',
    example: 'cron(0 3 * * ? *)',
    read: readCron,
  },
  timezone: {
    allowed: ALLOWED_TIME_ZONE,
    example: 'America/Bogota',
    read: readTimeZone,
  },
  tokenLimit: {
    allowed: ALLOWED_TOKEN_LIMIT,
    example: '500000',
    read: parseTokenLimit,
  },
  maxClearedShare: {
    allowed: ALLOWED_SHARE,
    example: '25',
    read: parseShare,
  },
  quietMinutes: {
    allowed: ALLOWED_QUIET_MINUTES,
    example: '30',
    read: parseQuietMinutes,
  },
  tableName: {
    allowed: ALLOWED_TABLE_NAME,
    example: 'crm.ClientView',
    read: tableName,
  },
  auditTableName: {
    allowed: ALLOWED_TABLE_NAME,
    example: 'ops.ThreadCleanupLog',
    read: tableName,
  },
  logRetentionDays: {
    allowed: `one of ${retentionDays.join(', ')}`,
    example: '30',
    read: (text: string) => retentionDays.find((days) => String(days) === text),
  },
  auditRetentionDays: days,
  export: trueOrFalse,
  exportRetentionDays: days,
  notifyEmail: {
    allowed: 'a list of e-mail addresses, with commas between them',
    example: 'ops@example.com,ana@example.com',
    read: list(emailAddress),
    form: 'list',
  },
  notifyTopicArn: {
    allowed: 'the ARN of a standard SNS topic, arn:aws:sns:REGION:ACCOUNT:NAME',
    example: 'arn:aws:sns:eu-west-1:111122223333:on-call',
    read: matching(/^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}$/),
  },
  nearLimitAlarm: {
    allowed: 'a positive whole number of threads',
    example: '10',
    read: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  },
  language: {
    allowed: ALLOWED_LANGUAGE,
    example: 'es',
    read: parseLanguage,
  },
  verifyOnDeploy: trueOrFalse,
  encryptionKeyArn: kmsKey,
  environment: {
    allowed: ALLOWED_VARIABLES,
    example: '{"AWS_USE_FIPS_ENDPOINT":"true"}',
    read: parseVariables,
    form: 'object',
  },
  terminationProtection: trueOrFalse,
  subnetIds: {
    allowed: 'a list of subnet ids, with commas between them',
    example: 'subnet-0a1b2c3d,subnet-4e5f6a7b',
    read: list(id('subnet')),
    form: 'list',
  },
  securityGroupIds: {
    allowed: 'a list of security group ids, with commas between them',
    example: 'sg-0a1b2c3d',
    read: list(id('sg')),
    form: 'list',
  },
  vpcId: {
    allowed: 'the id of a VPC',
    example: 'vpc-0a1b2c3d',
    read: matching(id('vpc')),
  },
  stackName: {
    allowed: 'at most 128 letters, digits and hyphens, starting with a letter but not with "aws" or "ssm"',
    example: 'WhatsAppThreadCleanupStaging',
    // Parameters of Systems Manager start with the name, and AWS keeps these two for itself.
    read: matching(/^(?!aws|ssm)[a-z][a-z0-9-]{0,127}$/i),
  },
} as const satisfies Record<string, ContextKey<unknown>>;

/** The function reads the name by the same rules; it gets the text. */
function tableName(text: string): string | undefined {
  return parseTableName(text) && text;
}
