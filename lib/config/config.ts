import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import {
  DEFAULT_AUDIT_TABLE,
  DEFAULT_CLIENT_VIEW,
  DEFAULT_TOKEN_LIMIT,
  type Language,
} from '../../lambda/input/values.ts';
import { ConfigError, type Context, read, refuseUnknownKeys, requireKey } from './context.ts';
import { environmentContext } from './environment.ts';

/** What a deployment is made from: the CDK context, validated. Keys and what they take: keys.ts. */
export interface Config {
  /** Name of the CloudFormation stack. @default WhatsAppThreadCleanup */
  readonly stackName: string;
  /** Name or complete ARN of the secret with the database URL, or with the JSON that RDS writes. */
  readonly databaseSecret: string;
  /** ARN of the customer managed KMS key that encrypts the secret. @default - it is under the AWS managed key */
  readonly databaseSecretKmsKey: string | undefined;
  /** The database server, for a secret with only a user name and a password. @default - the secret says it */
  readonly databaseHost: string | undefined;
  /** The server's port, for such a secret, and for a security group that is created. @default - the secret says it; 5432 */
  readonly databasePort: number | undefined;
  /** The database's name, for such a secret. @default - the secret says it */
  readonly databaseName: string | undefined;
  /** When the cleanup runs: an AWS cron expression, `cron(…)`. @default cron(0 3 * * ? *) */
  readonly schedule: string;
  /** The schedule's time zone: canonical IANA name, `UTC` for UTC under any of its names. @default UTC */
  readonly timezone: string;
  /** Threads with this many tokens, or more, are cleared while no SSM parameter says otherwise. @default 1,000,000 */
  readonly tokenLimit: number;
  /** Per cent of the active threads that one run may clear without `force`. @default - the function's own, 50 */
  readonly maxClearedShare: number | undefined;
  /** Minutes without activity after which a thread may be cleared. @default - the function's own, 0: none waits */
  readonly quietMinutes: number | undefined;
  /** The assistant's table. @default ClientView */
  readonly tableName: string;
  /** The audit table. @default ThreadCleanupLog */
  readonly auditTableName: string;
  /** How long CloudWatch Logs keeps the log, in days. @default 90 */
  readonly logRetentionDays: RetentionDays;
  /** How long the audit table keeps a row, in days. @default - for ever */
  readonly auditRetentionDays: number | undefined;
  /** How long the complete rows are kept that are exported before they are cleared, in days. @default - no export */
  readonly exportRetentionDays: number | undefined;
  /** Who is told of cleanups, failures and alarms, each address once. @default - nobody */
  readonly notifyEmail: readonly string[];
  /** An alarm says so when this many threads, or more, are near the limit. @default - there is no such alarm */
  readonly nearLimitAlarm: number | undefined;
  /** Of summaries, e-mails, alarms and the dashboard. @default en */
  readonly language: Language;
  /** A check runs once the function is there; when it fails, so does the deployment. @default true */
  readonly verifyOnDeploy: boolean;
  /** The place in a VPC. @default - outside of any VPC */
  readonly network: NetworkConfig | undefined;
}

/** Where in a VPC the function runs. */
export interface NetworkConfig {
  readonly subnetIds: readonly string[];
  /** Existing security groups, or the VPC in which to create one. */
  readonly securityGroups: { readonly ids: readonly string[] } | { readonly createInVpc: string };
}

const defaults = {
  stackName: 'WhatsAppThreadCleanup',
  schedule: 'cron(0 3 * * ? *)',
  timezone: 'UTC',
  tokenLimit: DEFAULT_TOKEN_LIMIT,
  tableName: DEFAULT_CLIENT_VIEW,
  auditTableName: DEFAULT_AUDIT_TABLE,
  /** A quarter's nightly runs. What was cleared stays in the audit table, which is not subject to it. */
  logRetentionDays: 90,
  exportRetentionDays: 90,
  notifyEmail: [],
  language: 'en',
  verifyOnDeploy: true,
} as const satisfies Partial<Config>;

/**
 * Reads the CDK context: the one place where that is done.
 *
 * Numbers and truth values (cdk.json) and text (`-c key=value` is always text) mean the same.
 *
 * @param given - everything in it, as `app.node.getAllContext()` gives it; the CDK's own keys are passed over
 * @throws ConfigError for a key that is missing, unknown or wrong. Text that may contain a password is not shown in it.
 */
export function readConfig(given: Context): Config {
  const context = environmentContext(given);
  refuseUnknownKeys(context);
  return {
    stackName: stackNameIn(context),
    databaseSecret: read(context, 'databaseSecret') ?? requireKey('databaseSecret'),
    databaseSecretKmsKey: read(context, 'databaseSecretKmsKey'),
    databaseHost: read(context, 'databaseHost'),
    databasePort: read(context, 'databasePort'),
    databaseName: read(context, 'databaseName'),
    schedule: read(context, 'schedule') ?? defaults.schedule,
    timezone: read(context, 'timezone') ?? defaults.timezone,
    tokenLimit: read(context, 'tokenLimit') ?? defaults.tokenLimit,
    maxClearedShare: read(context, 'maxClearedShare'),
    quietMinutes: read(context, 'quietMinutes'),
    tableName: read(context, 'tableName') ?? defaults.tableName,
    auditTableName: read(context, 'auditTableName') ?? defaults.auditTableName,
    logRetentionDays: read(context, 'logRetentionDays') ?? defaults.logRetentionDays,
    auditRetentionDays: read(context, 'auditRetentionDays'),
    exportRetentionDays: readExport(context),
    notifyEmail: [...new Set(read(context, 'notifyEmail') ?? defaults.notifyEmail)],
    nearLimitAlarm: read(context, 'nearLimitAlarm'),
    language: read(context, 'language') ?? defaults.language,
    verifyOnDeploy: read(context, 'verifyOnDeploy') ?? defaults.verifyOnDeploy,
    network: readNetwork(context),
  };
}

/**
 * The name of the stack that a context is about, whatever else is wrong with it.
 *
 * @throws ConfigError when not even that can be told
 */
export function readStackName(given: Context): string {
  return stackNameIn(environmentContext(given));
}

function stackNameIn(context: Context): string {
  return read(context, 'stackName') ?? defaults.stackName;
}

/** How long the export is kept is read, and refused when it is wrong, also while there is none. */
function readExport(context: Context): number | undefined {
  const exportRetentionDays = read(context, 'exportRetentionDays') ?? defaults.exportRetentionDays;
  return read(context, 'export') ? exportRetentionDays : undefined;
}

/** The subnets are what places the function in a VPC; the other keys say how, and alone they would do nothing. */
function readNetwork(context: Context): NetworkConfig | undefined {
  const subnetIds = read(context, 'subnetIds');
  const ids = read(context, 'securityGroupIds');
  const createInVpc = read(context, 'vpcId');
  if (subnetIds === undefined) {
    for (const key of ['vpcId', 'securityGroupIds'] as const) {
      if (read(context, key) !== undefined) {
        throw new ConfigError(
          `Context key ${key} has no effect without subnetIds. Set subnetIds as well, or remove it.`,
        );
      }
    }
    return undefined;
  }
  if (ids !== undefined) return { subnetIds, securityGroups: { ids } };
  if (createInVpc !== undefined) return { subnetIds, securityGroups: { createInVpc } };
  throw new ConfigError(
    'Context key subnetIds needs securityGroupIds as well, or vpcId to create a security group in.',
  );
}
