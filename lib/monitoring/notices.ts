import { CfnOutput, Stack } from 'aws-cdk-lib';
import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import { NotifyFunction, type NotifyFunctionProps } from '../functions/notify-function.ts';
import { delivery } from '../schedule/failure-queue.ts';
import { ENDED, type RunResults, resultsOf } from '../schedule/run-results.ts';
import { dashboardUrl } from './dashboard-link.ts';

export interface NoticesProps extends Omit<NotifyFunctionProps, 'topic' | 'dashboardUrl'> {
  /** Who is told. */
  readonly notifyEmail: readonly string[];

  /** Where the results of scheduled runs are. */
  readonly results: RunResults;
}

/**
 * Who is told, and of what: the alarms that publish to the topic, and the scheduled runs that cleared something or failed.
 *
 * The rules say no more than that; whether and what to write is decided in lambda/notify.ts.
 */
export class Notices extends Construct {
  readonly topic: Topic;

  /** The function that writes the e-mails about runs. */
  readonly notify: IFunction;

  constructor(scope: Construct, id: string, props: NoticesProps) {
    super(scope, id);
    this.topic = this.createTopic();
    const { notifyEmail, cleanup, results, failureQueue } = props;
    for (const address of notifyEmail) this.topic.addSubscription(new EmailSubscription(address));

    this.notify = new NotifyFunction(this, 'Notify', {
      ...props,
      topic: this.topic,
      dashboardUrl: dashboardUrl(this),
    }).function;
    const tell = (ruleId: string, description: string, eventPattern: EventPattern) =>
      new Rule(this, ruleId, {
        description,
        eventBus: results,
        eventPattern,
        targets: [new LambdaFunction(this.notify, { deadLetterQueue: failureQueue, ...delivery })],
      });
    tell('Cleared', 'Reports cleared WhatsApp AI threads', resultsOf(cleanup.scheduled, 'Success', ENDED));
    tell('Failed', 'Reports a failed cleanup of WhatsApp AI threads', resultsOf(cleanup.scheduled, 'Failure'));

    new CfnOutput(this, 'Confirm', {
      value: notifyEmail.join(', '),
      description: 'Each of them gets a message from AWS, and no notice before following the link in it',
    }).overrideLogicalId('ConfirmNotices');
  }

  /**
   * Over TLS only, and open to the alarms of this account.
   *
   * Not encrypted by a KMS key: under the AWS managed one (alias/aws/sns) CloudWatch could not publish, and alarms would be
   * lost without a trace; one of the customer's costs more than everything else here, to protect counts without names.
   *
   * @see https://repost.aws/knowledge-center/cloudwatch-configure-alarm-sns
   */
  private createTopic(): Topic {
    const topic = new Topic(this, 'Topic', { displayName: 'WhatsApp thread cleanup', enforceSSL: true });
    // A policy replaces the one that SNS gives a topic, and with it the right that alarms have otherwise. The function
    // that writes e-mails needs no statement here: in the same account its role is enough.
    topic.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AlarmsOfThisAccount',
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
    return topic;
  }
}
