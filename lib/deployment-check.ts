import { CfnResource, CustomResource, Duration, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Trigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';

/**
 * For one invocation. Three of them, which is how often the SDK calls a function that does not answer in time, fit into the
 * 15 minutes that the trigger's own function has; a check of a million threads takes seconds.
 */
const TIMEOUT = Duration.minutes(4);

/** CloudFormation would wait an hour for an answer that does not come any more. */
const SERVICE_TIMEOUT = Duration.minutes(15);

export interface DeploymentCheckProps {
  /** Invoked without a payload, which is a check; the version that the schedule runs. */
  readonly checked: LambdaFunction;

  /** What has to stand before. */
  readonly after: readonly Construct[];
}

/**
 * Runs a check in the middle of a deployment: when it fails, so does the deployment, with the function's own message, and
 * CloudFormation goes back to what was there before.
 *
 * The provider of `aws-cdk-lib/triggers` logs what the function answers: of a check, that is names and phone numbers. Its
 * role is therefore left with a single right, to invoke this very version, and none to write a log.
 */
export class DeploymentCheck extends Construct {
  constructor(scope: Construct, id: string, { checked, after }: DeploymentCheckProps) {
    super(scope, id);
    const trigger = new Trigger(this, 'Trigger', { handler: checked, timeout: TIMEOUT, executeAfter: [...after] });
    const resource = trigger.node.defaultChild;
    if (!(resource instanceof CustomResource)) throw new TypeError(`${trigger.node.path} is no custom resource`);
    const { defaultChild } = resource.node;
    if (!(defaultChild instanceof CfnResource)) throw new TypeError(`${resource.node.path} is no resource`);
    defaultChild.addPropertyOverride('ServiceTimeout', SERVICE_TIMEOUT.toSeconds());
    this.restrictProvider(checked.currentVersion.functionArn);
  }

  private restrictProvider(versionArn: string): void {
    const role = Stack.of(this)
      .node.findChild('AWSCDK.TriggerCustomResourceProviderCustomResourceProvider')
      .node.findChild('Role');
    if (!(role instanceof CfnResource)) throw new TypeError(`${role.node.path} is no resource`);
    role.addPropertyDeletionOverride('ManagedPolicyArns');
    role.addPropertyOverride('Policies.0.PolicyDocument.Statement.0.Resource', versionArn);
  }
}
