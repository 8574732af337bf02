import { Annotations, CfnParameter, Stack, Validations } from 'aws-cdk-lib';
import type { Construct } from 'constructs';

/**
 * Takes the place of a stack whose configuration is wrong, so that the commands that need none work: bootstrap, list,
 * destroy, gc.
 *
 * The error makes synth, diff and deploy fail. With `--ignore-errors` a deployment of an empty stack would delete all that
 * is deployed under its name, so it has a parameter that nobody gives, and no resource, which CloudFormation refuses too.
 */
export class InvalidStack extends Stack {
  constructor(scope: Construct, id: string, message: string) {
    super(scope, id, { description: 'Its configuration is not valid', analyticsReporting: false });
    new CfnParameter(this, 'ValidConfiguration', { description: message.slice(0, MAX_DESCRIPTION) });
    Annotations.of(this).addError(message);
    const reason = 'This template must not be deployed. What is wrong is the configuration.';
    Validations.of(this).acknowledge(
      { id: 'CloudFormation-Validate::F0001', reason },
      { id: 'CloudFormation-Validate::W2001', reason },
    );
  }
}

/** CloudFormation User Guide, "Parameters": a description has at most 4,000 characters. */
const MAX_DESCRIPTION = 4_000;
