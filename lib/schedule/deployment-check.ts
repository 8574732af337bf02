import { CfnResource, CustomResource, Duration, Lazy, Stack } from 'aws-cdk-lib';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Trigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';

/**
 * For one invocation: long enough for the function to say by itself what delays it (30 s to connect, 220 s for a
 * statement, the secret and the parameters), short enough that three, which is how often the SDK calls a function that
 * does not answer in time, fit into the 15 minutes that the trigger's own function has.
 */
const TIMEOUT = Duration.seconds(285);

/** CloudFormation would wait an hour for an answer that does not come any more. */
const SERVICE_TIMEOUT = Duration.minutes(15);

export interface DeploymentCheckProps {
  /** Invoked without a payload, which is a check; the version that the schedule runs. */
  readonly checked: LambdaFunction;

  /** What must be there before. */
  readonly after: readonly Construct[];
}

/**
 * Runs a check in the middle of a deployment: when it fails, so does the deployment, with the function's own message, and
 * CloudFormation goes back to what was there before.
 *
 * Every version of the function has a check of its own. One that were updated would be updated once more on the way back,
 * and check the old version; where that one fails too, because the database is gone, the stack would be stuck in
 * `UPDATE_ROLLBACK_FAILED`. Creating and deleting, which does nothing, leaves no check on the way back.
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
    const version = checked.currentVersion.node.defaultChild;
    if (!(version instanceof CfnResource)) throw new TypeError(`${checked.node.path} has no version of its own`);
    // The version's id contains a hash of all that the function is, known once everything is there.
    const ownId = () => `Verify${Stack.of(this).resolve(version.logicalId)}`;
    defaultChild.overrideLogicalId(Lazy.uncachedString({ produce: ownId }));
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
