import type { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  CfnAlarm,
  ComparisonOperator,
  type CreateAlarmOptions,
  type IMetric,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';

/** The most that CloudWatch waits before it evaluates a new alarm: two days. */
const LONGEST_WARM_UP_MINUTES = 2880;

export interface RunbookAlarmProps extends Partial<CreateAlarmOptions> {
  readonly metric: IMetric;

  /** What is the matter, and what to do: CloudWatch mails it. */
  readonly alarmDescription: string;

  /**
   * Where the alarm says so.
   *
   * @default - nowhere; it shows in CloudWatch and in the dashboard
   */
  readonly topic: ITopic | undefined;

  /**
   * How long a new alarm waits before it looks at what was, at most two days of it.
   *
   * @default - not at all
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-warm-up.html
   */
  readonly warmUp?: Duration;
}

/** An alarm that is on from 1 up, and that stays as it is while there are no data, unless told otherwise. */
export class RunbookAlarm extends Alarm {
  constructor(scope: Construct, id: string, { topic, warmUp, ...props }: RunbookAlarmProps) {
    super(scope, id, {
      evaluationPeriods: 1,
      threshold: 1,
      comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      treatMissingData: TreatMissingData.IGNORE,
      ...props,
    });
    if (topic !== undefined) this.addAlarmAction(new SnsAction(topic));
    if (warmUp !== undefined) this.waitFor(warmUp);
  }

  private waitFor(warmUp: Duration): void {
    const resource = this.node.defaultChild;
    if (!(resource instanceof CfnAlarm)) throw new TypeError(`${this.node.path} is no alarm of its own`);
    resource.warmUpConfiguration = {
      warmUpPeriodDurationInMinutes: Math.min(warmUp.toMinutes(), LONGEST_WARM_UP_MINUTES),
      onlyStartEvaluatingAfterWarmUpPeriodEnds: true,
    };
    // Newer than what the linter knows (cfn-lint 1.51); CloudFormation's and the CDK's own references have it.
    resource.addMetadata('cfn-lint', { config: { ignore_checks: ['E3002'] } });
  }
}
