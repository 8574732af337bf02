import { ArnFormat, Duration, Stack, TimeZone } from 'aws-cdk-lib';
import { SecurityGroup } from 'aws-cdk-lib/aws-ec2';
import { Key } from 'aws-cdk-lib/aws-kms';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { DEFAULT_SCHEDULE } from './checked-props.ts';
import type { Config } from './config.ts';
import type { ThreadCleanupProps } from './props.ts';

/**
 * From the values of the context to the props of a cleanup. Names, ids and ARNs become constructs without a look at AWS, so
 * that synthesis needs no credentials.
 *
 * @param scope where those constructs are imported
 */
export function propsFromConfig(scope: Construct, config: Omit<Config, 'stackName'>): ThreadCleanupProps {
  const { notifyTopicArn, encryptionKeyArn, auditRetentionDays, exportRetentionDays, quietMinutes } = config;
  return {
    ...importSecrets(scope, config),
    databaseHost: config.databaseHost,
    databasePort: config.databasePort,
    databaseName: config.databaseName,
    databaseIamAuth: config.databaseIamAuth,
    ...importNetwork(scope, config),
    schedule: scheduleOf(config),
    tokenLimit: config.tokenLimit,
    maxClearedShare: config.maxClearedShare,
    quietTime: quietMinutes === undefined ? undefined : Duration.minutes(quietMinutes),
    tableName: config.tableName,
    auditTableName: config.auditTableName,
    auditRetention: auditRetentionDays === undefined ? undefined : Duration.days(auditRetentionDays),
    exportRetention: exportRetentionDays === undefined ? undefined : Duration.days(exportRetentionDays),
    notifyEmail: config.notifyEmail,
    notifyTopic: notifyTopicArn === undefined ? undefined : Topic.fromTopicArn(scope, 'NotifyTopic', notifyTopicArn),
    nearLimitAlarm: config.nearLimitAlarm,
    language: config.language,
    verifyOnDeploy: config.verifyOnDeploy,
    logRetention: config.logRetentionDays,
    encryptionKey:
      encryptionKeyArn === undefined ? undefined : Key.fromKeyArn(scope, 'EncryptionKey', encryptionKeyArn),
    environment: config.environment,
  };
}

function importSecrets(
  scope: Construct,
  config: Omit<Config, 'stackName'>,
): Pick<ThreadCleanupProps, 'databaseSecret' | 'databaseSecrets'> {
  const { databaseSecret, databaseConcurrency: concurrency, maxFailedShare } = config;
  if (!databaseSecret.endsWith('/')) return { databaseSecret: importSecret(scope, config) };
  const encryptionKey = importSecretKey(scope, config);
  return { databaseSecrets: { prefix: databaseSecret, encryptionKey, concurrency, maxFailedShare } };
}

/** Secrets Manager ends the ARN of every secret so. A name may look as if it did. */
const COMPLETE_ARN = /-[a-z0-9]{6}$/i;

function importSecret(
  scope: Construct,
  { databaseSecret, databaseSecretKmsKey }: Pick<Config, 'databaseSecret' | 'databaseSecretKmsKey'>,
): ISecret {
  const isArn = databaseSecret.startsWith('arn:');
  const arn = isArn
    ? databaseSecret
    : Stack.of(scope).formatArn({
        service: 'secretsmanager',
        resource: 'secret',
        resourceName: databaseSecret,
        arnFormat: ArnFormat.COLON_RESOURCE_NAME,
      });
  const encryptionKey = importSecretKey(scope, { databaseSecretKmsKey });
  return Secret.fromSecretAttributes(scope, 'DatabaseSecret', {
    ...(isArn && COMPLETE_ARN.test(arn) ? { secretCompleteArn: arn } : { secretPartialArn: arn }),
    ...(encryptionKey !== undefined && { encryptionKey }),
  });
}

function importSecretKey(scope: Construct, { databaseSecretKmsKey: arn }: Pick<Config, 'databaseSecretKmsKey'>) {
  return arn === undefined ? undefined : Key.fromKeyArn(scope, 'DatabaseSecretKey', arn);
}

function importNetwork(
  scope: Construct,
  { network }: Pick<Config, 'network'>,
): Pick<ThreadCleanupProps, 'vpc' | 'securityGroups'> {
  if (network === undefined) return {};
  const { subnetIds, securityGroups } = network;
  if ('createInVpc' in securityGroups) return { vpc: { subnetIds, vpcId: securityGroups.createInVpc } };
  const groups = [...new Set(securityGroups.ids)].map((id) => SecurityGroup.fromSecurityGroupId(scope, id, id));
  return { vpc: { subnetIds }, securityGroups: groups };
}

function scheduleOf({ schedule, timezone }: Pick<Config, 'schedule' | 'timezone'>): ScheduleExpression {
  const expression = schedule ?? DEFAULT_SCHEDULE.expressionString;
  return ScheduleExpression.expression(expression, TimeZone.of(timezone ?? 'UTC'));
}
