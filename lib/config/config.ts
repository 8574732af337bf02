import { ALLOWED_SECRET_PREFIX, isSecretPrefix } from '../../lambda/input/values.ts';
import { ConfigError, type Context, read, refuseUnknownKeys, requireKey, type Values } from './context.ts';
import { environmentContext } from './environment.ts';
import type { DatabaseIamAuth } from './props.ts';

/** Keys that become something else together. */
type Combined =
  | 'env'
  | 'databaseIamAuth'
  | 'databaseUser'
  | 'databaseResourceId'
  | 'export'
  | 'subnetIds'
  | 'securityGroupIds'
  | 'vpcId';

/**
 * The values of the context keys that are given. What each is, and what applies where it is not: props.ts.
 *
 * Keys and what they take: keys.ts.
 */
export interface Config extends Partial<Omit<OrUndefined<Values>, Combined>> {
  /** Name of the CloudFormation stack. @default WhatsAppThreadCleanup */
  readonly stackName: string;
  /** Name or ARN of a secret; what the names of many begin with when there is a slash at its end. */
  readonly databaseSecret: string;
  readonly databaseIamAuth: DatabaseIamAuth | undefined;
  /** How long the complete rows are kept that are exported, in days. @default - no export; 90 with one */
  readonly exportRetentionDays: number | undefined;
  /** The place in a VPC. @default - outside of any VPC */
  readonly network: NetworkConfig | undefined;
}

type OrUndefined<T> = { readonly [K in keyof T]: T[K] | undefined };

/** Where in a VPC the function runs. */
export interface NetworkConfig {
  readonly subnetIds: readonly string[];
  /** Existing security groups, or the VPC in which to create one. */
  readonly securityGroups: { readonly ids: readonly string[] } | { readonly createInVpc: string };
}

const defaults = { stackName: 'WhatsAppThreadCleanup', exportRetentionDays: 90 };

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
    ...readDatabases(context),
    databaseSecretKmsKey: read(context, 'databaseSecretKmsKey'),
    databaseHost: read(context, 'databaseHost'),
    databasePort: read(context, 'databasePort'),
    databaseName: read(context, 'databaseName'),
    databaseIamAuth: readIamAuth(context),
    schedule: read(context, 'schedule'),
    timezone: read(context, 'timezone'),
    tokenLimit: read(context, 'tokenLimit'),
    maxClearedShare: read(context, 'maxClearedShare'),
    quietMinutes: read(context, 'quietMinutes'),
    tableName: read(context, 'tableName'),
    auditTableName: read(context, 'auditTableName'),
    logRetentionDays: read(context, 'logRetentionDays'),
    auditRetentionDays: read(context, 'auditRetentionDays'),
    exportRetentionDays: readExport(context),
    notifyEmail: read(context, 'notifyEmail'),
    notifyTopicArn: read(context, 'notifyTopicArn'),
    nearLimitAlarm: read(context, 'nearLimitAlarm'),
    language: read(context, 'language'),
    verifyOnDeploy: read(context, 'verifyOnDeploy'),
    encryptionKeyArn: read(context, 'encryptionKeyArn'),
    environment: read(context, 'environment'),
    terminationProtection: read(context, 'terminationProtection'),
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

/** One secret, or with a slash at the end what the names of many begin with; the other keys are for many alone. */
function readDatabases(context: Context) {
  const databaseSecret = read(context, 'databaseSecret') ?? requireKey('databaseSecret');
  const databaseConcurrency = read(context, 'databaseConcurrency');
  const maxFailedShare = read(context, 'maxFailedShare');
  if (databaseSecret.endsWith('/')) {
    if (isSecretPrefix(databaseSecret)) return { databaseSecret, databaseConcurrency, maxFailedShare };
    throw new ConfigError(`Context key databaseSecret must be ${ALLOWED_SECRET_PREFIX}, and no ARN.`);
  }
  for (const [key, value] of Object.entries({ databaseConcurrency, maxFailedShare })) {
    if (value !== undefined) {
      throw new ConfigError(
        `Context key ${key} has no effect on one database. Give databaseSecret a slash at its end for many, or remove it.`,
      );
    }
  }
  return { databaseSecret };
}

/** A login with a token of IAM is one role's, to one database: the right to it names both. */
function readIamAuth(context: Context): DatabaseIamAuth | undefined {
  const isOn = read(context, 'databaseIamAuth') ?? false;
  const user = read(context, 'databaseUser');
  const resourceId = read(context, 'databaseResourceId');
  if (isOn) {
    if (user !== undefined && resourceId !== undefined) return { user, resourceId };
    throw new ConfigError('Context key databaseIamAuth needs databaseUser and databaseResourceId as well.');
  }
  for (const [key, value] of Object.entries({ databaseUser: user, databaseResourceId: resourceId })) {
    if (value !== undefined) {
      throw new ConfigError(
        `Context key ${key} has no effect without databaseIamAuth=true. Set that as well, or remove it.`,
      );
    }
  }
  return undefined;
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
