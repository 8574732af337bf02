import { CfnResource, CustomResource, Duration, Lazy, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct, IDependable } from 'constructs';
import type { CheckedProps } from '../config/checked-props.ts';
import { AssetFunction, type SharedFunctionProps } from './asset-function.ts';
import { explainList, listSecrets } from './database-secret.ts';

/**
 * Room for a list of the secrets (30 s), for a minute until IAM knows of the right to invoke, for invocations at the same
 * time (285 s), and for the answer.
 */
const TIMEOUT = Duration.minutes(7);

/** CloudFormation would wait an hour for an answer that does not come any more. */
const SERVICE_TIMEOUT = Duration.minutes(8);

export interface DeploymentCheckProps extends SharedFunctionProps {
  /** Invoked for a check; the version that the schedule runs. */
  readonly checked: LambdaFunction;

  /** Many databases, of which some are checked. */
  readonly fleet: CheckedProps['fleet'];

  /** What must be there before. */
  readonly after: readonly IDependable[];
}

/**
 * Runs a check in the middle of a deployment: when it fails, so does the deployment, with the function's own message, and
 * CloudFormation goes back to what was there before.
 *
 * Every version of the function has a check of its own. One that were updated would be updated once more on the way back,
 * and check the old version; where that one fails too, because the database is gone, the stack would be stuck in
 * `UPDATE_ROLLBACK_FAILED`. Creating and deleting, which does nothing, leaves no check on the way back.
 *
 * The CDK's own triggers share one function for a whole stack, and log what the invoked one answers. This has a function of
 * its own, whose one right is to invoke this version. Of many databases it also lists the secrets, and passes if one of the
 * first few can be checked: a broken one among many is no reason to deploy nothing.
 */
export class DeploymentCheck extends AssetFunction {
  constructor(scope: Construct, id: string, { checked, fleet, after, ...shared }: DeploymentCheckProps) {
    super(scope, id, {
      ...shared,
      description: 'Checks the cleanup of WhatsApp AI threads at the end of a deployment',
      entryPoint: 'verify',
      memorySize: 128,
      timeout: TIMEOUT,
      variables: {},
    });
    const version = checked.currentVersion;
    this.role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [version.functionArn] }),
    );
    if (fleet !== undefined) {
      this.role.addToPolicy(listSecrets());
      explainList(this.role);
    }
    const check = new CustomResource(this, 'Check', {
      serviceToken: this.function.functionArn,
      serviceTimeout: SERVICE_TIMEOUT,
      resourceType: 'Custom::DeploymentCheck',
      properties: {
        FunctionArn: version.functionArn,
        ...(fleet !== undefined && { SecretPrefix: fleet.prefix }),
      },
    });
    check.node.addDependency(this.role, ...after);
    overrideId(check, version);
  }
}

/** The version's id contains a hash of all that the function is, known once everything is there. */
function overrideId(check: CustomResource, version: LambdaFunction['currentVersion']): void {
  const [resource, ofVersion] = [check.node.defaultChild, version.node.defaultChild];
  if (!(resource instanceof CfnResource && ofVersion instanceof CfnResource)) {
    throw new TypeError(`${check.node.path} or ${version.node.path} is no resource`);
  }
  const ownId = () => `Verify${Stack.of(check).resolve(ofVersion.logicalId)}`;
  resource.overrideLogicalId(Lazy.uncachedString({ produce: ownId }));
}
