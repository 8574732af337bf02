import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { LiveSettingKey } from '../../lambda/input/live-settings.ts';

/** A parameter of Systems Manager. */
export interface LiveSetting {
  readonly name: string;
  readonly arn: string;
}

/** What an operator sets without deploying. */
export interface LiveSettings {
  /** In tokens; the deployed limit applies until somebody sets it. */
  readonly tokenLimit: LiveSetting;
  /** `enabled`, which is also meant when it does not exist, or `paused`. */
  readonly state: LiveSetting;
}

/**
 * Where the settings are that an operator sets: `/NAME/token-limit` and `/NAME/state`.
 *
 * They are not in the template. CloudFormation writes a parameter again whenever it updates that resource, be it for a tag
 * of the stack, and would silently resume a cleanup that somebody has paused.
 */
export function liveSettings(scope: Construct, prefix: string): LiveSettings {
  const stack = Stack.of(scope);
  const setting = (key: LiveSettingKey): LiveSetting => {
    const name = `/${prefix}/${key}`;
    // The name begins with the slash.
    const resource = `parameter${name}`;
    return { name, arn: stack.formatArn({ service: 'ssm', resource, arnFormat: ArnFormat.NO_RESOURCE_NAME }) };
  };
  return { tokenLimit: setting('token-limit'), state: setting('state') };
}

/** The right to read these settings, and nothing else. */
export function readSettings(...settings: readonly LiveSetting[]): PolicyStatement {
  return new PolicyStatement({ actions: ['ssm:GetParameters'], resources: settings.map(({ arn }) => arn) });
}
