import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ThreadCleanup, type ThreadCleanupProps } from './thread-cleanup.ts';

/** A stack with the cleanup alone. It is bound to no account and region, so that synthesis needs no credentials. */
export class ThreadCleanupStack extends Stack {
  constructor(scope: Construct, id: string, props: ThreadCleanupProps) {
    super(scope, id, {
      description: 'Clears WhatsApp AI threads that have reached the token limit, every night',
    });
    // CloudFormation's names of the resources come from the path, and the CDK leaves this id out of it.
    new ThreadCleanup(this, 'Default', props);
  }
}
