import type { Duration } from 'aws-cdk-lib';
import type { ISecurityGroup, IVpc, SubnetSelection } from 'aws-cdk-lib/aws-ec2';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import type { ISecret } from 'aws-cdk-lib/aws-secretsmanager';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Language } from '../../lambda/input/values.ts';

/** What a cleanup is made from. A token (the endpoint of a database that is in the same app) may be given for most of it. */
export interface ThreadCleanupProps {
  /**
   * The secret with the database URL, or with the JSON that RDS writes. The functions may read its value, and nothing else.
   *
   * @default - none: `databaseSecrets` is needed
   */
  readonly databaseSecret?: ISecret | undefined;

  /**
   * Secrets of many databases, in place of `databaseSecret`: the cleanup works on each of them every night.
   *
   * @default - one database, that of `databaseSecret`
   */
  readonly databaseSecrets?: DatabaseSecrets | undefined;

  /**
   * Host name or IP address of the database, for a secret without one.
   *
   * @default - the secret says it
   */
  readonly databaseHost?: string | undefined;

  /**
   * Port of the database, for a secret without one, and the one that a security group that is created lets out to.
   *
   * @default - the secret says it; the security group lets out to 5432
   */
  readonly databasePort?: number | undefined;

  /**
   * The database's name, for a secret without one.
   *
   * @default - the secret says it
   */
  readonly databaseName?: string | undefined;

  /**
   * Log in to RDS, Aurora or an RDS Proxy with a token of IAM in place of a password. It takes TLS, and a role in the database
   * that was granted `rds_iam`.
   *
   * @default - the password in the secret
   */
  readonly databaseIamAuth?: DatabaseIamAuth | undefined;

  /**
   * The VPC to run in, or the ids of one of which the app knows no more.
   *
   * @default - outside of any VPC
   */
  readonly vpc?: IVpc | VpcByIds | undefined;

  /**
   * Subnets of the VPC. They need a way to Secrets Manager, Systems Manager and Lambda's other services: a NAT gateway, or
   * endpoints.
   *
   * @default - private subnets, with a NAT gateway where the VPC has any; a VPC with public ones only is refused
   */
  readonly vpcSubnets?: SubnetSelection | undefined;

  /**
   * Security groups of the functions that reach the database.
   *
   * @default - one is created that lets out to the database's port and to 443, and nothing in
   */
  readonly securityGroups?: readonly ISecurityGroup[] | undefined;

  /**
   * Prefix of the parameters (`/NAME/token-limit`, `/NAME/state`) and of the dashboard's name, and the metrics' dimension.
   * At most 128 letters, digits and hyphens, a letter first; AWS keeps names that begin with `aws` or `ssm`.
   *
   * @default - the stack's name and the path in the stack, with hyphens between them
   */
  readonly name?: string | undefined;

  /**
   * When the cleanup runs: a cron expression. In UTC it is a rule of EventBridge, in another time zone a schedule of
   * EventBridge Scheduler. Times in e-mails are in the same zone.
   *
   * @default ScheduleExpression.cron({ minute: '0', hour: '3' }) - 03:00 UTC
   */
  readonly schedule?: ScheduleExpression | undefined;

  /**
   * Threads with this many tokens, or more, are cleared, while no parameter says otherwise.
   *
   * @default 1,000,000
   */
  readonly tokenLimit?: number | undefined;

  /**
   * The safety limit: the largest share of the active threads that one run may clear, in per cent.
   *
   * @default 50
   */
  readonly maxClearedShare?: number | undefined;

  /**
   * Threads whose contact was active within this time are left to the next run: whole minutes, at most a week.
   *
   * @default - none is left
   */
  readonly quietTime?: Duration | undefined;

  /**
   * The assistant's table, `table` or `schema.table`, capitals as in the database.
   *
   * @default ClientView
   */
  readonly tableName?: string | undefined;

  /**
   * The audit table, `table` or `schema.table`, capitals as in the database.
   *
   * @default ThreadCleanupLog
   */
  readonly auditTableName?: string | undefined;

  /**
   * How long the audit table keeps a row: whole days.
   *
   * @default - for ever
   */
  readonly auditRetention?: Duration | undefined;

  /**
   * Export complete rows to a bucket before they are cleared, and keep them this long: whole days.
   *
   * @default - nothing is exported
   */
  readonly exportRetention?: Duration | undefined;

  /**
   * Addresses to which cleanups, failures and alarms are reported. Each has to confirm once.
   *
   * @default - nobody is told, unless there is a `notifyTopic`
   */
  readonly notifyEmail?: readonly string[] | undefined;

  /**
   * Existing standard topic for what is reported: on-call, chat. Addresses in `notifyEmail` subscribe to it.
   *
   * @default - one is created if there is an address in `notifyEmail`
   */
  readonly notifyTopic?: ITopic | undefined;

  /**
   * An alarm says so when this many threads, or more, are near the limit.
   *
   * @default - there is no such alarm
   */
  readonly nearLimitAlarm?: number | undefined;

  /**
   * Language of summaries, e-mails, alarms and the dashboard: `en` or `es`.
   *
   * @default en
   */
  readonly language?: Language | undefined;

  /**
   * Run a check at the end of a deployment; if it fails, so does the deployment. Not before the database and its table exist.
   *
   * @default true
   */
  readonly verifyOnDeploy?: boolean | undefined;

  /**
   * How long CloudWatch Logs keeps the logs.
   *
   * @default RetentionDays.THREE_MONTHS
   */
  readonly logRetention?: RetentionDays | undefined;

  /**
   * Customer managed key for logs, dead-letter queue, export bucket, and the topic that is created. The policy of a key of
   * this app gets what AWS's services need; an imported one has to have it: docs/configuration.md.
   *
   * @default - keys of AWS's own
   */
  readonly encryptionKey?: IKey | undefined;

  /**
   * Further environment variables of every function: `AWS_USE_FIPS_ENDPOINT`, `AWS_ENDPOINT_URL_…`. Those of a proxy reach
   * the functions in the VPC alone. None of those that are set here, or that Lambda reserves.
   *
   * @default - none
   */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

/** The secrets of many databases, one for each. */
export interface DatabaseSecrets {
  /**
   * What the names of the secrets begin with; it ends with a slash, as in `prod/tenants/`, and is no token. At most 1,000 have
   * such a name.
   */
  readonly prefix: string;

  /**
   * The customer managed key that encrypts them.
   *
   * @default - the AWS managed key, which takes no right
   */
  readonly encryptionKey?: IKey | undefined;

  /**
   * Databases that are worked on at the same time.
   *
   * @default 10
   */
  readonly concurrency?: number | undefined;

  /**
   * The largest share of the databases that may fail before the run itself has failed, in per cent.
   *
   * @default 10
   */
  readonly maxFailedShare?: number | undefined;
}

/** Whom and what a login with a token of IAM is for. */
export interface DatabaseIamAuth {
  /** The role in the database. */
  readonly user: string;

  /**
   * The database's resource id, `db-…`, `cluster-…`, or `prx-…` of an RDS Proxy: `instance.instanceResourceId`,
   * `cluster.clusterResourceIdentifier`.
   */
  readonly resourceId: string;
}

/** A place in a VPC by ids alone. */
export interface VpcByIds {
  readonly subnetIds: readonly string[];

  /**
   * Where a security group is created.
   *
   * @default - none is created: `securityGroups` is needed
   */
  readonly vpcId?: string | undefined;
}
