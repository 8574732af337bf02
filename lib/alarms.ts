import { CfnOutput, Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { CleanupFunction } from './cleanup-function.ts';
import { cleanupMetric } from './cleanup-metrics.ts';
import type { Config } from './config.ts';
import { longestGapHours } from './longest-gap.ts';
import type { OperatorCommands } from './operator-commands.ts';
import { RunbookAlarm, type RunbookAlarmProps } from './runbook-alarm.ts';
import { stackTexts } from './stack-texts.ts';

/** CloudWatch looks at a period before it is over, every minute: a longer one delays nothing. */
const PERIOD = Duration.hours(1);

/** Seven days: the most that CloudWatch looks back with periods of an hour or more. */
const MOST_HOURS = 168;

export interface AlarmsProps {
  readonly config: Config;
  readonly cleanup: CleanupFunction;
  readonly failureQueue: IQueue;
  readonly commands: OperatorCommands;

  /**
   * Where alarms say what is the matter, and what to do.
   *
   * @default - nowhere; they show in CloudWatch and in the dashboard
   */
  readonly topic: ITopic | undefined;
}

/** What nobody would notice otherwise, as CloudWatch alarms. */
export class Alarms extends Construct {
  readonly all: Alarm[] = [];
  private readonly props: AlarmsProps;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.props = props;
    const { config, cleanup, failureQueue, commands } = props;
    const texts = stackTexts(config.language).alarms;

    // Not the metric Errors: an operator's typing error is no outage, and a first attempt that fails is none either.
    this.add('RunFailed', {
      alarmDescription: texts.runFailed(commands),
      metric: cleanup.scheduled.metric('AsyncEventsDropped', { statistic: 'Sum', period: PERIOD }),
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    // SQS stops reporting on a queue that nobody uses for six hours, full or not: until then it is as it was.
    this.add('FailuresWaiting', {
      alarmDescription: texts.failuresWaiting(commands),
      metric: failureQueue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: PERIOD }),
    });
    // These two stay on from one run to the next, so that they write once and not every night.
    this.add('NearLimit', {
      alarmDescription: texts.nearLimit(commands, config.nearLimitAlarm),
      metric: cleanupMetric(this, 'NearLimitThreads', 'Maximum', PERIOD),
      threshold: config.nearLimitAlarm,
    });
    this.add('Paused', {
      alarmDescription: texts.paused(commands),
      metric: cleanupMetric(this, 'CleanupPaused', 'Maximum', PERIOD),
    });

    const gap = longestGapHours(config.schedule, config.timezone, MOST_HOURS - 1);
    if (gap === Infinity) this.explainAbsence(config.schedule);
    else this.addForSchedule(gap);
  }

  /** @param gap the longest time between two runs, in hours */
  private addForSchedule(gap: number): void {
    const { config, commands } = this.props;
    const texts = stackTexts(config.language).alarms;

    // An hour more, for a run to take and to be tried again. The warm-up keeps a new stack from seeing a past in which
    // nothing ran. Where the gap is longer than CloudWatch waits, one false alarm remains possible: with a schedule of
    // working days, for a stack that is created on a Friday.
    const hours = gap + 1;
    this.add('NotCompleted', {
      alarmDescription: texts.notCompleted(commands, hours),
      metric: cleanupMetric(this, 'CleanupCompleted', 'Sum', PERIOD),
      evaluationPeriods: hours,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
      warmUp: Duration.hours(hours),
    });
    // Long enough for two runs to be in it, too short for three. Within the hour a run's continuations count with it.
    const twoRuns = Math.min(Math.ceil(gap * 1.5), MOST_HOURS);
    this.add('Remaining', {
      alarmDescription: texts.remaining(commands, twoRuns),
      metric: cleanupMetric(this, 'RemainingThreads', 'Minimum', PERIOD),
      evaluationPeriods: twoRuns,
      datapointsToAlarm: 2,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private explainAbsence(schedule: string): void {
    new CfnOutput(this, 'Absent', {
      value: `The schedule ${schedule} leaves a week or more between two runs`,
      description: 'Why no alarm watches whether cleanups complete: CloudWatch looks back for seven days',
    }).overrideLogicalId('NoAlarmOnCompletion');
  }

  private add(id: string, props: Omit<RunbookAlarmProps, 'topic'>): void {
    this.all.push(new RunbookAlarm(this, id, { ...props, topic: this.props.topic }));
  }
}
