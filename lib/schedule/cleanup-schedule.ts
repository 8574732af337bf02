import { ArnFormat, Stack, TimeZone } from 'aws-cdk-lib';
import { Rule, Schedule as RuleSchedule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyDocument, PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IAlias } from 'aws-cdk-lib/aws-lambda';
import { Schedule, ScheduleExpression, ScheduleTargetInput } from 'aws-cdk-lib/aws-scheduler';
import { LambdaInvoke } from 'aws-cdk-lib/aws-scheduler-targets';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { encryptThrough } from '../encryption/key-use.ts';
import { delivery } from './failure-queue.ts';

export interface CleanupScheduleProps {
  /** What is invoked. */
  readonly target: IAlias;

  /** What it is invoked with. */
  readonly input: Readonly<Record<string, unknown>>;

  /** Takes the runs that could not be delivered. */
  readonly failureQueue: IQueue;

  /** AWS cron expression, `cron(…)`. */
  readonly schedule: string;

  /** IANA time zone in which the expression is meant. */
  readonly timezone: string;
}

const DESCRIPTION = 'Starts the cleanup of WhatsApp AI threads';

/**
 * Starts the cleanup: an EventBridge rule for a schedule in UTC. Rules know no other zone, so that one in another is a
 * schedule of EventBridge Scheduler, with the same input, retries and dead-letter queue.
 */
export class CleanupSchedule extends Construct {
  constructor(scope: Construct, id: string, props: CleanupScheduleProps) {
    super(scope, id);
    if (props.timezone === 'UTC') this.createRule(props);
    else this.createSchedule(props);
  }

  private createRule({ target, input, failureQueue, schedule }: CleanupScheduleProps): void {
    const event = RuleTargetInput.fromObject(input);
    new Rule(this, 'Rule', {
      description: DESCRIPTION,
      schedule: RuleSchedule.expression(schedule),
      targets: [new LambdaFunction(target, { event, deadLetterQueue: failureQueue, ...delivery })],
    });
  }

  private createSchedule({ target, input, failureQueue, schedule, timezone }: CleanupScheduleProps): void {
    const role = this.createRole(target, failureQueue);
    new Schedule(this, 'Schedule', {
      description: DESCRIPTION,
      schedule: ScheduleExpression.expression(schedule, TimeZone.of(timezone)),
      target: new LambdaInvoke(target, {
        input: ScheduleTargetInput.fromObject(input),
        // Left to itself, the target would add the right to invoke every version of the function.
        role: role.withoutPolicyUpdates(),
        deadLetterQueue: failureQueue,
        ...delivery,
      }),
    });
  }

  private createRole(target: IAlias, failureQueue: IQueue): Role {
    const stack = Stack.of(this);
    // Only for schedules of this account: the service acts for everybody's.
    // https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
    const group = stack.formatArn({
      service: 'scheduler',
      resource: 'schedule-group',
      resourceName: 'default',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    return new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': stack.account, 'aws:SourceArn': group } },
      }),
      inlinePolicies: {
        Deliver: new PolicyDocument({
          statements: [
            new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [target.functionArn] }),
            new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [failureQueue.queueArn] }),
            ...encryptThrough('sqs', failureQueue.encryptionMasterKey, this),
          ],
        }),
      },
    });
  }
}
