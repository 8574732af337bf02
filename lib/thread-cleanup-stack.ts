import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { CleanupFunction } from './cleanup-function.ts';
import { CleanupSchedule } from './cleanup-schedule.ts';
import type { Config } from './config.ts';
import { FailureQueue } from './failure-queue.ts';
import { lambdaCode } from './lambda-code.ts';
import { Network } from './network.ts';

export interface ThreadCleanupStackProps {
  readonly config: Config;
}

/** What a deployment consists of. It is bound to no account and region, so that synthesis needs no credentials. */
export class ThreadCleanupStack extends Stack {
  constructor(scope: Construct, id: string, { config }: ThreadCleanupStackProps) {
    super(scope, id, {
      description: 'Forgets WhatsApp AI threads that reached the token limit, every night',
    });
    const failureQueue = new FailureQueue(this, 'Failures');
    const cleanup = new CleanupFunction(this, 'Cleanup', {
      config,
      code: lambdaCode(),
      failureQueue,
      network: config.network && new Network(this, 'Network', config.network),
    });
    new CleanupSchedule(this, 'Nightly', {
      target: cleanup.scheduled,
      failureQueue,
      schedule: config.schedule,
      timezone: config.timezone,
    });

    const { functionName } = cleanup.function;
    new CfnOutput(this, 'FunctionName', { value: functionName, description: 'The function to invoke' });
    new CfnOutput(this, 'CheckCommand', {
      // Without the time-out of 0 the CLI repeats a call that takes longer than a minute. No payload means check.
      value: `aws lambda invoke --function-name ${functionName} --cli-read-timeout 0 /dev/stdout`,
      description: 'Reports on the threads and changes nothing',
    });
  }
}
