import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { EntryPoint } from './assets.ts';
import type { Network } from './network.ts';

export interface AssetFunctionProps {
  readonly description: string;

  /** The asset of all functions. */
  readonly code: lambda.Code;

  /** Which of the asset's modules is this function. */
  readonly entryPoint: EntryPoint;

  readonly memorySize: number;
  readonly timeout: Duration;
  readonly environment: Readonly<Record<string, string>>;
  readonly logRetentionDays: RetentionDays;

  /**
   * Takes the asynchronous invocations that failed at every attempt.
   *
   * @default - they are dropped
   */
  readonly failureQueue?: IQueue;

  /**
   * The place in a VPC to run in.
   *
   * @default - outside of any VPC
   */
  readonly network?: Network | undefined;
}

/**
 * A function of the asset, its log, and its role, which has no right but to write that log, and those that are added.
 *
 * Node.js 24 on arm64, JSON logs.
 */
export class AssetFunction extends Construct {
  readonly function: lambda.Function;
  protected readonly role: Role;

  constructor(scope: Construct, id: string, { entryPoint, logRetentionDays, network, ...props }: AssetFunctionProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', {
      retention: logRetentionDays,
      // The lasting record is the audit table. A log group that outlives its stack belongs to nobody.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);

    const { failureQueue, environment, ...own } = props;
    this.function = new lambda.Function(this, 'Function', {
      ...own,
      handler: `${entryPoint}.handler`,
      runtime: lambda.Runtime.NODEJS_24_X,
      architecture: lambda.Architecture.ARM_64,
      role: this.role,
      logGroup,
      loggingFormat: lambda.LoggingFormat.JSON,
      ...(failureQueue !== undefined && { deadLetterQueue: failureQueue }),
      // Source maps, so that an error names lines of the sources.
      environment: { NODE_OPTIONS: '--enable-source-maps', ...environment },
    });
    network?.place(this.function, this.role);
  }
}
