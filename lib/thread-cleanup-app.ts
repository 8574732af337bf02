import { App } from 'aws-cdk-lib';
import { readConfig, readStackName } from './config/config.ts';
import { ConfigError } from './config/context.ts';
import { InvalidStack } from './invalid-stack.ts';
import { ThreadCleanupStack } from './thread-cleanup-stack.ts';

/** What a stack is called of which not even the name can be told: nothing that anybody has deployed. */
const NO_NAME = 'InvalidStackName';

/** The CDK app: one stack, made from the context. With a context that is wrong, it is a stack that cannot be deployed. */
createApp();

function createApp(): void {
  const app = new App();
  const context = app.node.getAllContext();
  try {
    const { stackName, ...props } = readConfig(context);
    new ThreadCleanupStack(app, stackName, props);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    new InvalidStack(app, nameOf(context), error.message);
  }
}

function nameOf(context: Readonly<Record<string, unknown>>): string {
  try {
    return readStackName(context);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return NO_NAME;
  }
}
