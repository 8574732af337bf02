import { type EventPattern, Rule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { IAlias, IFunction } from 'aws-cdk-lib/aws-lambda';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { CheckedProps } from '../config/checked-props.ts';
import { NotifyFunction, type NotifyFunctionProps } from '../functions/notify-function.ts';
import { delivery } from '../schedule/failure-queue.ts';
import { ENDED, type RunResults, resultsOf } from '../schedule/run-results.ts';
import { dashboardUrl } from './dashboard-link.ts';
import { noticeTopic } from './notice-topic.ts';

export interface NoticesProps
  extends Omit<NotifyFunctionProps, 'topic' | 'dashboardUrl'>,
    Pick<CheckedProps, 'notifyEmail' | 'notifyTopic'> {
  /** What the schedule invokes. */
  readonly scheduled: IAlias;

  /** Where its results are. */
  readonly results: RunResults;
}

/**
 * Who is told, and of what: the alarms that publish to the topic, and the scheduled runs that cleared something or failed.
 *
 * The rules say no more than that; whether and what to write is decided in lambda/notify.ts.
 */
export class Notices extends Construct {
  readonly topic: ITopic;

  /** The function that writes the e-mails about runs. */
  readonly notify: IFunction;

  constructor(scope: Construct, id: string, props: NoticesProps) {
    super(scope, id);
    this.topic = noticeTopic(this, props);
    const { scheduled, results, failureQueue } = props;
    this.notify = new NotifyFunction(this, 'Notify', {
      ...props,
      topic: this.topic,
      dashboardUrl: dashboardUrl(props.name),
    }).function;
    const tell = (ruleId: string, description: string, eventPattern: EventPattern) =>
      new Rule(this, ruleId, {
        description,
        eventBus: results,
        eventPattern,
        targets: [new LambdaFunction(this.notify, { deadLetterQueue: failureQueue, ...delivery })],
      });
    tell('Cleared', 'Reports cleared WhatsApp AI threads', resultsOf(scheduled, 'Success', ENDED));
    tell('Failed', 'Reports a failed cleanup of WhatsApp AI threads', resultsOf(scheduled, 'Failure'));
  }
}
