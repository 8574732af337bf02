import { type Duration, Stack, Token } from 'aws-cdk-lib';
import type { ISecurityGroup } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct, IDependable } from 'constructs';
import {
  ALLOWED_SECRET_PREFIX,
  DEFAULT_AUDIT_TABLE,
  DEFAULT_CLIENT_VIEW,
  DEFAULT_TOKEN_LIMIT,
  isSecretPrefix,
  type Language,
} from '../../lambda/input/values.ts';
import { checkKnown, checkKnownValue, checkList, checkValue, checkVariables } from './check-value.ts';
import type { DatabaseIamAuth, ThreadCleanupProps } from './props.ts';
import type { Variables } from './variables.ts';

/** The props of a cleanup, each checked, and with every default. What each is: props.ts. */
export interface CheckedProps {
  /** Of the one database; undefined where there is a fleet. */
  readonly databaseSecret: ISecret | undefined;
  /** Many databases; undefined where there is one. */
  readonly fleet: Fleet | undefined;
  readonly databaseHost: string | undefined;
  readonly databasePort: number | undefined;
  readonly databaseName: string | undefined;
  readonly databaseIamAuth: DatabaseIamAuth | undefined;
  readonly network: NetworkIds | undefined;
  readonly name: string;
  /** AWS cron expression, `cron(…)`. */
  readonly schedule: string;
  /** Canonical IANA name, `UTC` for UTC under any of its names. */
  readonly timezone: string;
  readonly tokenLimit: number;
  /** @default - the function's own */
  readonly maxClearedShare: number | undefined;
  /** @default - the function's own */
  readonly quietMinutes: number | undefined;
  readonly tableName: string;
  readonly auditTableName: string;
  readonly auditRetentionDays: number | undefined;
  readonly exportRetentionDays: number | undefined;
  /** Each address once. */
  readonly notifyEmail: readonly string[];
  readonly notifyTopic: ITopic | undefined;
  readonly nearLimitAlarm: number | undefined;
  readonly language: Language;
  readonly verifyOnDeploy: boolean;
  readonly logRetention: RetentionDays;
  readonly encryptionKey: IKey | undefined;
  readonly environment: Variables;
}

/** Many databases, of each of which there is a secret. */
export interface Fleet {
  /** What the names of the secrets begin with; it ends with a slash. */
  readonly prefix: string;
  readonly encryptionKey: IKey | undefined;
  /** @default - the function's own */
  readonly concurrency: number | undefined;
  /** @default - the function's own */
  readonly maxFailedShare: number | undefined;
}

/** A place in a VPC. */
export interface NetworkIds {
  readonly subnetIds: readonly string[];
  /** Existing security groups, or the VPC in which to create one. */
  readonly securityGroups: readonly ISecurityGroup[] | { readonly createInVpc: string };
  /** Gives the subnets their way out of the VPC. */
  readonly connectivity: IDependable | undefined;
}

export const DEFAULT_SCHEDULE = ScheduleExpression.expression('cron(0 3 * * ? *)');

/** A quarter's nightly runs. What was cleared stays in the audit table, which is not subject to it. */
const DEFAULT_LOG_RETENTION = RetentionDays.THREE_MONTHS;

/**
 * Checks the props of a cleanup, by the same rules that the context keys have.
 *
 * @param scope the cleanup, of whose path the default name is made
 * @throws Error with the prop's name, what it must be and what was given
 */
export function checkProps(scope: Construct, props: ThreadCleanupProps): CheckedProps {
  const { schedule = DEFAULT_SCHEDULE, notifyEmail = [], notifyTopic } = props;
  if (notifyTopic?.fifo) throw new Error('notifyTopic must be a standard topic (got a FIFO topic)');
  refuseAlias('encryptionKey', props.encryptionKey);
  refuseAlias('databaseSecret.encryptionKey', props.databaseSecret?.encryptionKey);
  refuseAlias('databaseSecrets.encryptionKey', props.databaseSecrets?.encryptionKey);
  refuseAlias('notifyTopic.masterKey', notifyTopic?.masterKey);
  return {
    databaseSecret: props.databaseSecret,
    fleet: fleetOf(props),
    databaseHost: checkValue('databaseHost', 'databaseHost', props.databaseHost),
    databasePort: checkValue('databasePort', 'databasePort', props.databasePort),
    databaseName: checkValue('databaseName', 'databaseName', props.databaseName),
    databaseIamAuth: props.databaseIamAuth && {
      user: checkValue('databaseIamAuth.user', 'databaseUser', props.databaseIamAuth.user),
      resourceId: checkValue('databaseIamAuth.resourceId', 'databaseResourceId', props.databaseIamAuth.resourceId),
    },
    network: networkOf(props),
    name: checkValue('name', 'stackName', props.name ?? nameByPath(scope)),
    schedule: checkKnownValue('schedule', 'schedule', schedule.expressionString),
    timezone: checkKnownValue('schedule', 'timezone', schedule.timeZone?.timezoneName ?? 'UTC'),
    tokenLimit: checkValue('tokenLimit', 'tokenLimit', props.tokenLimit ?? DEFAULT_TOKEN_LIMIT),
    maxClearedShare: checkValue('maxClearedShare', 'maxClearedShare', props.maxClearedShare),
    quietMinutes: checkValue('quietTime', 'quietMinutes', props.quietTime?.toMinutes({ integral: false })),
    tableName: checkKnownValue('tableName', 'tableName', props.tableName ?? DEFAULT_CLIENT_VIEW),
    auditTableName: checkValue('auditTableName', 'auditTableName', props.auditTableName ?? DEFAULT_AUDIT_TABLE),
    auditRetentionDays: checkValue('auditRetention', 'auditRetentionDays', daysOf(props.auditRetention)),
    exportRetentionDays: checkValue('exportRetention', 'exportRetentionDays', daysOf(props.exportRetention)),
    notifyEmail: [...new Set(checkList('notifyEmail', 'notifyEmail', notifyEmail))],
    notifyTopic,
    nearLimitAlarm: checkKnownValue('nearLimitAlarm', 'nearLimitAlarm', props.nearLimitAlarm),
    language: checkKnownValue('language', 'language', props.language ?? 'en'),
    verifyOnDeploy: props.verifyOnDeploy ?? true,
    logRetention: checkValue('logRetention', 'logRetentionDays', props.logRetention ?? DEFAULT_LOG_RETENTION),
    encryptionKey: props.encryptionKey,
    environment: checkVariables('environment', props.environment ?? {}),
  };
}

function fleetOf({ databaseSecret, databaseSecrets, databaseIamAuth }: ThreadCleanupProps): Fleet | undefined {
  if ((databaseSecret === undefined) === (databaseSecrets === undefined)) {
    throw new Error('Exactly one of databaseSecret and databaseSecrets must be set.');
  }
  if (databaseSecrets === undefined) return undefined;
  const { prefix, encryptionKey, concurrency, maxFailedShare } = databaseSecrets;
  checkKnown('databaseSecrets.prefix', prefix);
  if (!isSecretPrefix(prefix)) {
    throw new Error(`databaseSecrets.prefix must be ${ALLOWED_SECRET_PREFIX} (got ${JSON.stringify(prefix)})`);
  }
  if (databaseIamAuth !== undefined) {
    throw new Error('databaseIamAuth is for one database, and databaseSecrets are those of many. Remove one of them.');
  }
  return {
    ...{ prefix, encryptionKey },
    concurrency: checkValue('databaseSecrets.concurrency', 'databaseConcurrency', concurrency),
    maxFailedShare: checkValue('databaseSecrets.maxFailedShare', 'maxFailedShare', maxFailedShare),
  };
}

/** IAM takes no alias for a key: a policy that names one gives no right. */
function refuseAlias(prop: string, key: IKey | undefined): void {
  if (key !== undefined && 'aliasName' in key) {
    throw new Error(`${prop} must be the KMS key itself, since IAM takes no alias (got the alias ${key.node.path})`);
  }
}

function daysOf(duration: Duration | undefined): number | undefined {
  return duration?.toDays({ integral: false });
}

/** The name of the stack alone for what is the stack's one thing, `Default`: the CDK leaves that out of ids as well. */
function nameByPath(scope: Construct): string {
  const stack = Stack.of(scope);
  const ids = scope.node.scopes.slice(stack.node.scopes.length).map(({ node }) => node.id);
  return [stack.stackName, ...ids.filter((id) => id !== 'Default')].join('-');
}

function networkOf({ vpc, vpcSubnets, securityGroups }: ThreadCleanupProps): NetworkIds | undefined {
  const groups = securityGroups?.length === 0 ? undefined : securityGroups;
  if (vpc === undefined) {
    for (const [prop, value] of Object.entries({ vpcSubnets, securityGroups })) {
      if (value !== undefined) throw new Error(`${prop} has no effect without vpc. Set vpc as well, or remove it.`);
    }
    return undefined;
  }
  if ('selectSubnets' in vpc) {
    const { subnetIds, hasPublic, internetConnectivityEstablished: connectivity } = vpc.selectSubnets(vpcSubnets);
    // What the CDK falls back to. A function there has no public address, and no way to AWS.
    if (hasPublic && vpcSubnets === undefined) {
      throw new Error(
        `vpc must have private subnets (got ${vpc.node.path}, which has public ones only). Give it some, or choose by vpcSubnets.`,
      );
    }
    return { subnetIds, securityGroups: groups ?? { createInVpc: vpc.vpcId }, connectivity };
  }
  if (vpcSubnets !== undefined)
    throw new Error('vpcSubnets has no effect on a vpc by its ids. Set vpc.subnetIds alone.');
  const createInVpc = checkValue('vpc.vpcId', 'vpcId', vpc.vpcId);
  const existingOrNew = groups ?? (createInVpc === undefined ? undefined : { createInVpc });
  if (existingOrNew === undefined) {
    throw new Error('vpc by its ids needs securityGroups, or vpcId to create a security group in');
  }
  const subnetIds = Token.isUnresolved(vpc.subnetIds)
    ? vpc.subnetIds
    : checkList('vpc.subnetIds', 'subnetIds', vpc.subnetIds);
  return { subnetIds, securityGroups: existingOrNew, connectivity: undefined };
}
