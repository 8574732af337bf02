import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { DEFAULT_AUDIT_TABLE, DEFAULT_CLIENT_VIEW } from '../lambda/settings.ts';
import { type ContextKey, contextKeys } from './context-keys.ts';

/** What a deployment is made from: the CDK context, validated. Keys and what they take: {@link contextKeys}. */
export interface Config {
  /** Name of the CloudFormation stack. @default WhatsAppThreadCleanup */
  readonly stackName: string;
  /** Name or complete ARN of the secret that holds the database URL, or the JSON that RDS writes. */
  readonly databaseSecret: string;
  /** ARN of the customer managed KMS key that encrypts the secret. @default - it is under the AWS managed key */
  readonly databaseSecretKmsKey: string | undefined;
  /** The database server, for a secret with nothing but a user name and a password. @default - the secret says it */
  readonly databaseHost: string | undefined;
  /** The server's port, for such a secret. @default - the secret says it */
  readonly databasePort: number | undefined;
  /** The database's name, for such a secret. @default - the secret says it */
  readonly databaseName: string | undefined;
  /** When the cleanup runs: an AWS cron expression, `cron(…)`. @default cron(0 3 * * ? *) */
  readonly schedule: string;
  /** The schedule's time zone: canonical IANA name, `UTC` for UTC under any of its names. @default UTC */
  readonly timezone: string;
  /** Threads with this many tokens, or more, are cleared. @default - the function's own, 1,000,000 */
  readonly tokenLimit: number | undefined;
  /** The assistant's table. @default ClientView */
  readonly tableName: string;
  /** The audit table. @default ThreadCleanupLog */
  readonly auditTableName: string;
  /** How long CloudWatch Logs keeps the log, in days. @default 90 */
  readonly logRetentionDays: RetentionDays;
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
  tableName: DEFAULT_CLIENT_VIEW,
  auditTableName: DEFAULT_AUDIT_TABLE,
  /** A quarter's nightly runs. What was cleared stays in the audit table, which is not subject to it. */
  logRetentionDays: 90,
} as const satisfies Partial<Config>;

type Values = { readonly [K in keyof typeof contextKeys]: NonNullable<ReturnType<(typeof contextKeys)[K]['read']>> };

/** The same table, in the form in which the compiler can tell a key's type from its name. */
const keys: { readonly [K in keyof Values]: ContextKey<Values[K]> } = contextKeys;

/** The context is not one to deploy with. The message is one line that says which key, what was given, what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/**
 * Reads the CDK context: the one place where that is done.
 *
 * Numbers (cdk.json) and text (`-c key=value` is always text) mean the same.
 *
 * @param context - everything in it, as `app.node.getAllContext()` gives it; the CDK's own keys are passed over
 * @throws ConfigError for a key that is missing, unknown or wrong. Text that may hold a password is not shown in it.
 */
export function readConfig(context: Context): Config {
  refuseUnknownKeys(context);
  return {
    stackName: read(context, 'stackName') ?? defaults.stackName,
    databaseSecret: read(context, 'databaseSecret') ?? refuse('databaseSecret', 'is missing'),
    databaseSecretKmsKey: read(context, 'databaseSecretKmsKey'),
    databaseHost: read(context, 'databaseHost'),
    databasePort: read(context, 'databasePort'),
    databaseName: read(context, 'databaseName'),
    schedule: read(context, 'schedule') ?? defaults.schedule,
    timezone: read(context, 'timezone') ?? defaults.timezone,
    tokenLimit: read(context, 'tokenLimit'),
    tableName: read(context, 'tableName') ?? defaults.tableName,
    auditTableName: read(context, 'auditTableName') ?? defaults.auditTableName,
    logRetentionDays: read(context, 'logRetentionDays') ?? defaults.logRetentionDays,
    network: readNetwork(context),
  };
}

type Context = Readonly<Record<string, unknown>>;

function read<K extends keyof Values>(context: Context, key: K): Values[K] | undefined {
  const given = context[key];
  if (given === undefined) return undefined;
  const value =
    typeof given === 'string' || typeof given === 'number' ? keys[key].read(String(given).trim()) : undefined;
  return value ?? refuse(key, shown(key, given));
}

/** The subnets are what places the function in a VPC; the other keys say how, and alone they would do nothing. */
function readNetwork(context: Context): NetworkConfig | undefined {
  const subnetIds = read(context, 'subnetIds');
  const availabilityZones = read(context, 'availabilityZones');
  const ids = read(context, 'securityGroupIds');
  const createInVpc = read(context, 'vpcId');
  if (subnetIds === undefined) {
    for (const key of ['vpcId', 'securityGroupIds', 'availabilityZones'] as const) {
      if (context[key] !== undefined) {
        throw new ConfigError(`Context key ${key} ${shown(key, context[key])}, but needs subnetIds beside it.`);
      }
    }
    return undefined;
  }
  if (availabilityZones !== undefined && availabilityZones.length !== subnetIds.length) {
    refuse('availabilityZones', shown('availabilityZones', context['availabilityZones']));
  }
  if (ids !== undefined) return { subnetIds, securityGroups: { ids } };
  if (createInVpc !== undefined) return { subnetIds, securityGroups: { createInVpc } };
  throw new ConfigError(
    `Context key subnetIds ${shown('subnetIds', context['subnetIds'])}, ` +
      'but needs securityGroupIds beside it, or vpcId to create a security group in.',
  );
}

/**
 * What the CDK itself adds has a `:` or a `/` in it, except for what its CLI remembers of `cdk acknowledge` and
 * `cdk cli-telemetry`. Anything else is somebody's typing error, and would silently mean the default.
 */
function refuseUnknownKeys(context: Context): void {
  const ofTheCdk = (key: string) => /[:/]/.test(key) || ['acknowledged-issue-numbers', 'cli-telemetry'].includes(key);
  const unknown = Object.keys(context).find((key) => !Object.hasOwn(contextKeys, key) && !ofTheCdk(key));
  if (unknown !== undefined) {
    throw new ConfigError(`Context key ${unknown} is unknown; allowed are ${Object.keys(contextKeys).join(', ')}.`);
  }
}

function refuse(key: keyof Values, fault: string): never {
  const { allowed, example } = keys[key];
  throw new ConfigError(`Context key ${key} ${fault}, but must be ${allowed}: for example -c ${key}='${example}'.`);
}

/** Where the name of a secret, or a host, is asked for, people paste the connection string; it must not end up in a log. */
function shown(key: keyof Values, given: unknown): string {
  const text = JSON.stringify(given);
  const mayHoldPassword = /:\/\/|@|passw|pwd/i.test(text) || (key === 'databaseSecret' && !text.startsWith('"arn:'));
  return mayHoldPassword ? 'has a value that is not shown, since it may hold a password' : `is ${text}`;
}
