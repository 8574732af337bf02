import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Config } from './config.ts';
import { readDatabaseSecret } from './database-secret.ts';
import type { Network } from './network.ts';

/**
 * A nightly run is given up when it could not start for so long: it would come in the assistant's busy hours, and the next
 * night clears the same threads.
 */
export const MAXIMUM_EVENT_AGE = Duration.hours(2);

/** The most that Lambda offers; it waits one minute, then two. */
const RETRY_ATTEMPTS = 2;

export interface CleanupFunctionProps {
  readonly config: Config;

  readonly code: lambda.Code;

  /** Takes the nightly runs that failed at every attempt. */
  readonly failureQueue: IQueue;

  /**
   * The place in a VPC to run in.
   *
   * @default - outside of any VPC
   */
  readonly network: Network | undefined;
}

/**
 * The function that cleans up and checks, its log, and its role, which has no right but those that stand here.
 *
 * Node.js 24 on arm64, 256 MB, 15 minutes (the longest that Lambda offers).
 */
export class CleanupFunction extends Construct {
  readonly function: lambda.Function;

  /**
   * What the schedule invokes. Retries and age are this alias's own: elsewhere an asynchronous check, which has names and
   * phone numbers in its result, would be subject to what is meant for the nightly run.
   */
  readonly scheduled: lambda.IAlias;

  constructor(scope: Construct, id: string, { config, code, failureQueue, network }: CleanupFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: config.logRetentionDays,
      // The lasting record is the audit table. A log group that outlives its stack belongs to nobody.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);
    for (const statement of readDatabaseSecret(this, config)) role.addToPolicy(statement);

    this.function = new lambda.Function(this, 'Function', {
      description: 'Clears WhatsApp AI threads that reached the token limit; without a payload, reports on them',
      code,
      handler: 'handler.handler',
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      memorySize: 256,
      timeout: Duration.minutes(15),
      role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      deadLetterQueue: failureQueue,
      environment: environment(config),
    });
    network?.place(this.function, role);

    // The class has `role: IRole | undefined` where its own interface has `role?: IRole`, which are not the same to
    // exactOptionalPropertyTypes: hence the assertion.
    this.scheduled = this.function.addAlias('scheduled') as lambda.IAlias;
    this.scheduled.configureAsyncInvoke({ retryAttempts: RETRY_ATTEMPTS, maxEventAge: MAXIMUM_EVENT_AGE });
  }
}

/** What lambda/settings.ts reads, and `NODE_OPTIONS` so that an error names lines of the sources. */
function environment(config: Config): Record<string, string> {
  return {
    NODE_OPTIONS: '--enable-source-maps',
    DATABASE_SECRET_ID: config.databaseSecret,
    ...(config.databaseHost !== undefined && { DATABASE_HOST: config.databaseHost }),
    ...(config.databasePort !== undefined && { DATABASE_PORT: String(config.databasePort) }),
    ...(config.databaseName !== undefined && { DATABASE_NAME: config.databaseName }),
    ...(config.tokenLimit !== undefined && { TOKEN_LIMIT: String(config.tokenLimit) }),
    TABLE_NAME: config.tableName,
    AUDIT_TABLE_NAME: config.auditTableName,
  };
}
