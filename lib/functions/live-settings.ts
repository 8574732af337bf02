import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { CfnParameter } from 'aws-cdk-lib/aws-ssm';
import { Construct } from 'constructs';

export interface LiveSettingsProps {
  /** What the limit is, in tokens, until somebody sets another one. */
  readonly tokenLimit: number;
}

/** A parameter of Systems Manager. */
export interface LiveSetting {
  readonly name: string;
  readonly arn: string;
}

/**
 * What an operator sets without deploying: `/STACK/token-limit`, and `/STACK/state`, which is `enabled` or `paused`.
 *
 * CloudFormation writes a parameter's value again whenever it updates that resource, for whatever reason, and would undo
 * what the operator has set. So nothing about the two ever changes, except for the limit when another one is configured:
 * their texts are fixed, and no tags reach them.
 */
export class LiveSettings extends Construct {
  readonly tokenLimit: LiveSetting;
  readonly state: LiveSetting;

  constructor(scope: Construct, id: string, { tokenLimit }: LiveSettingsProps) {
    super(scope, id);
    this.tokenLimit = this.createSetting('TokenLimit', 'token-limit', {
      description: 'Tokens at which a WhatsApp AI thread is cleared; applies from the next run on',
      allowedPattern: '^[1-9][0-9]{0,15}$',
      value: String(tokenLimit),
    });
    this.state = this.createSetting('State', 'state', {
      description: 'enabled, or paused: then the cleanup of WhatsApp AI threads clears nothing',
      allowedPattern: '^(enabled|paused)$',
      value: 'enabled',
    });
  }

  private createSetting(
    id: string,
    key: string,
    props: { description: string; allowedPattern: string; value: string },
  ): LiveSetting {
    const stack = Stack.of(this);
    const name = `/${stack.stackName}/${key}`;
    const parameter = new CfnParameter(this, id, { name, type: 'String', ...props });
    parameter.addPropertyDeletionOverride('Tags');
    // By way of the resource, so that what may read it is created after it. The name begins with the slash.
    const resource = `parameter${parameter.ref}`;
    return { name, arn: stack.formatArn({ service: 'ssm', resource, arnFormat: ArnFormat.NO_RESOURCE_NAME }) };
  }
}

/** The right to read these settings, and nothing else. */
export function readSettings(...settings: readonly LiveSetting[]): PolicyStatement {
  return new PolicyStatement({ actions: ['ssm:GetParameters'], resources: settings.map(({ arn }) => arn) });
}
