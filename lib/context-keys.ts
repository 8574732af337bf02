import { isIP } from 'node:net';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ALLOWED_TABLE_NAME, parseTableName } from '../lambda/table-name.ts';
import { ALLOWED_TOKEN_LIMIT, parseTokenLimit } from '../lambda/token-limit.ts';
import { readCron, readTimeZone } from './schedule-text.ts';

/** A key of the CDK context (`-c key=value`, or "context" in cdk.json) that this project understands. */
export interface ContextKey<T> {
  /** What the key decides. */
  readonly about: string;
  /** What is allowed, so that it completes the sentence "must be …". */
  readonly allowed: string;
  /** A value that is allowed. */
  readonly example: string;
  /** From the text that was given to the value, or undefined when it is not allowed. */
  readonly read: (text: string) => T | undefined;
}

/** `INFINITE` is the CDK's own number for "no retention": logs that nobody ever deletes are not on offer. */
const retentionDays = Object.values(RetentionDays).filter(
  (value) => typeof value === 'number' && value !== RetentionDays.INFINITE,
);

const secretArn = /^arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\d{12}:secret:[\w/+=.@-]+$/;

/** Every context key there is. Defaults and rules of combination: config.ts. */
export const contextKeys = {
  databaseSecret: {
    about: 'The secret that holds the database URL, or the JSON that RDS writes',
    allowed: 'the name or the complete ARN of a secret in Secrets Manager, never the connection string itself',
    example: 'prod/whatsapp/database-url',
    read: matching(/^[\w/+=.@-]{1,512}$|^arn:/, (text) => !text.startsWith('arn:') || secretArn.test(text)),
  },
  databaseSecretKmsKey: {
    about: 'The customer managed KMS key that encrypts the secret',
    allowed: 'the ARN of the key itself, arn:aws:kms:REGION:ACCOUNT:key/ID (an alias grants nothing)',
    example: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    read: matching(/^arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/[a-z0-9-]+$/i),
  },
  databaseHost: {
    about: 'The database server, for a secret that holds only a user name and a password',
    allowed: 'a host name or an IP address, without scheme and port',
    example: 'db.cluster-abc.eu-west-1.rds.amazonaws.com',
    read: matching(/^.+$/, (text) => isIP(text) !== 0 || /^[a-z0-9_]([a-z0-9_.-]*[a-z0-9])?$/i.test(text)),
  },
  databasePort: {
    about: "The database server's port, for such a secret",
    allowed: 'a whole number from 1 to 65535',
    example: '5432',
    read: port,
  },
  databaseName: {
    about: 'The database, for such a secret',
    allowed: 'the name of a PostgreSQL database, at most 63 bytes',
    example: 'whatsapp',
    read: matching(/^[^\p{Cc}]+$/u, (text) => Buffer.byteLength(text) <= 63 && !text.includes('://')),
  },
  schedule: {
    about: 'When the cleanup runs',
    allowed:
      'a cron expression of six fields (minutes hours day-of-month month day-of-week year) ' +
      'with ? in exactly one of the two day fields',
    example: 'cron(0 3 * * ? *)',
    read: readCron,
  },
  timezone: {
    about: 'The time zone of the schedule; another one than UTC means EventBridge Scheduler instead of a rule',
    allowed: 'the name of an IANA time zone',
    example: 'America/Bogota',
    read: readTimeZone,
  },
  tokenLimit: {
    about: 'Threads with this many tokens, or more, are cleared',
    allowed: ALLOWED_TOKEN_LIMIT,
    example: '500000',
    read: parseTokenLimit,
  },
  tableName: {
    about: "The assistant's table",
    allowed: ALLOWED_TABLE_NAME,
    example: 'crm.ClientView',
    read: tableName,
  },
  auditTableName: {
    about: 'The audit table, created when absent',
    allowed: ALLOWED_TABLE_NAME,
    example: 'ops.ThreadCleanupLog',
    read: tableName,
  },
  logRetentionDays: {
    about: 'How long CloudWatch Logs keeps the log',
    allowed: `one of ${retentionDays.join(', ')}`,
    example: '30',
    read: (text: string) => retentionDays.find((days) => String(days) === text),
  },
  subnetIds: {
    about: 'The subnets to place the function in; without them it runs outside of any VPC',
    allowed: 'a list of subnet ids, with commas between them',
    example: 'subnet-0a1b2c3d,subnet-4e5f6a7b',
    read: list(/^subnet-[0-9a-f]+$/),
  },
  securityGroupIds: {
    about: "The function's security groups in the VPC",
    allowed: 'a list of security group ids, with commas between them',
    example: 'sg-0a1b2c3d',
    read: list(/^sg-[0-9a-f]+$/),
  },
  vpcId: {
    about: 'The VPC to create a security group in (egress only), when securityGroupIds names none',
    allowed: 'the id of a VPC',
    example: 'vpc-0a1b2c3d',
    read: matching(/^vpc-[0-9a-f]+$/),
  },
  availabilityZones: {
    about: 'The zones of the subnets; taken, and not needed',
    allowed: 'a list of availability zones, with commas between them, one for each of subnetIds',
    example: 'eu-west-1a,eu-west-1b',
    read: list(/^[a-z]{2}-[a-z0-9-]+[a-z]$/),
  },
  stackName: {
    about: 'The CloudFormation stack; several stacks may stand side by side',
    allowed: 'at most 128 letters, digits and hyphens, the first one a letter',
    example: 'WhatsAppThreadCleanupStaging',
    read: matching(/^[a-z][a-z0-9-]{0,127}$/i),
  },
} as const satisfies Record<string, ContextKey<unknown>>;

function matching(pattern: RegExp, holds: (text: string) => boolean = () => true) {
  return (text: string) => (pattern.test(text) && holds(text) ? text : undefined);
}

function port(text: string): number | undefined {
  const value = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= 65_535 ? value : undefined;
}

function list(pattern: RegExp) {
  return (text: string): readonly string[] | undefined => {
    const items = text.split(',').map((item) => item.trim());
    return items.every((item) => pattern.test(item)) ? items : undefined;
  };
}

/** The function reads the name by the same rules; it gets the text. */
function tableName(text: string): string | undefined {
  return parseTableName(text) && text;
}
