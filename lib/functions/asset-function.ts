import { type Duration, RemovalPolicy } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import * as lambda from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { CheckedProps } from '../config/checked-props.ts';
import type { OwnVariables } from '../config/variables.ts';
import { encryptThrough } from '../encryption/key-use.ts';
import type { EntryPoint } from './assets.ts';
import type { Network } from './network.ts';

/** What all functions have in common. */
export interface SharedFunctionProps extends Pick<CheckedProps, 'logRetention' | 'encryptionKey'> {
  /** The asset of all functions. */
  readonly code: lambda.Code;

  /** Variables that whoever deploys wants every function to have. */
  readonly environment: CheckedProps['environment'];
}

export interface AssetFunctionProps extends SharedFunctionProps {
  readonly description: string;

  /** Which of the asset's modules is this function. */
  readonly entryPoint: EntryPoint;

  readonly memorySize: number;
  readonly timeout: Duration;

  /** Variables of this function's own. */
  readonly variables: OwnVariables;

  /**
   * Makes it a durable function, from its creation.
   *
   * @default - it is none
   */
  readonly durableConfig?: lambda.DurableConfig;

  /** @default - a version goes when another takes its place */
  readonly currentVersionOptions?: lambda.VersionOptions;

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

/** What makes Node.js and the SDK use a proxy. */
const PROXY_VARIABLE = /^(https?_proxy|no_proxy|node_use_env_proxy)$/i;

/**
 * A function of the asset, its log, and its role, which has no right but to write that log, and those that are added.
 *
 * Node.js 24 on arm64, JSON logs.
 */
export class AssetFunction extends Construct {
  readonly function: lambda.Function;
  protected readonly role: Role;

  constructor(scope: Construct, id: string, props: AssetFunctionProps) {
    super(scope, id);
    const { entryPoint, logRetention, encryptionKey, environment, variables, failureQueue, network, ...own } = props;
    const logGroup = new LogGroup(this, 'Logs', {
      retention: logRetention,
      ...(encryptionKey !== undefined && { encryptionKey }),
      // The lasting record is the audit table. A log group that outlives its stack belongs to nobody.
      removalPolicy: RemovalPolicy.DESTROY,
    });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(this.role);

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
      environment: { NODE_OPTIONS: '--enable-source-maps', ...variables, ...reachable(environment, network) },
    });
    if (failureQueue !== undefined) {
      for (const statement of encryptThrough('sqs', failureQueue.encryptionMasterKey, this))
        this.role.addToPolicy(statement);
    }
    network?.place(this.function, this.role);
  }
}

/** Without the proxy where a function is outside of the VPC: from there it is out of reach, and every request would fail. */
function reachable(environment: AssetFunctionProps['environment'], network: Network | undefined) {
  if (network !== undefined) return environment;
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !PROXY_VARIABLE.test(name)));
}
