import { App } from 'aws-cdk-lib';
import { readConfig } from '../lib/config/config.ts';
import { ConfigError } from '../lib/config/context.ts';
import { ThreadCleanupStack } from '../lib/thread-cleanup-stack.ts';

try {
  const app = new App();
  const { stackName, ...props } = readConfig(app.node.getAllContext());
  new ThreadCleanupStack(app, stackName, props);
} catch (error) {
  if (!(error instanceof ConfigError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
