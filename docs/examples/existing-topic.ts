import { Duration, Stack } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { ThreadCleanup } from 'whatsapp-thread-cleanup';

/** Alarms and notices to the topic that a team has for on-call, and an alarm more. */
export class OnCallStack extends Stack {
  constructor(scope: Construct, id: string) {
    super(scope, id);
    const onCall = Topic.fromTopicArn(this, 'OnCall', this.formatArn({ service: 'sns', resource: 'on-call' }));
    const cleanup = new ThreadCleanup(this, 'Cleanup', {
      databaseSecret: Secret.fromSecretNameV2(this, 'Secret', 'prod/whatsapp/database-url'),
      notifyTopic: onCall,
    });

    const metric = cleanup.metricThreadsCleared({ period: Duration.hours(1) });
    new Alarm(this, 'ManyCleared', { metric, threshold: 1_000, evaluationPeriods: 1 }).addAlarmAction(
      new SnsAction(onCall),
    );
  }
}
