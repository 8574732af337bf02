import { Duration } from 'aws-cdk-lib';
import { type Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { CheckedProps } from '../config/checked-props.ts';
import { cleanupMetric } from './cleanup-metric.ts';
import { RunbookAlarm, type RunbookAlarmProps } from './runbook-alarm.ts';
import { type ScheduleGaps, scheduleGaps } from './schedule-gaps.ts';
import type { OperatorCommands } from './texts/en.ts';
import { stackTexts } from './texts/texts-of.ts';

/** CloudWatch looks at a period before it is over, every minute, or every hour where it looks back for days. */
const PERIOD = Duration.hours(1);

/** Seven days: the most that CloudWatch looks back with periods of an hour or more. */
const MAX_HOURS = 168;

export interface AlarmsProps
  extends Pick<CheckedProps, 'name' | 'schedule' | 'timezone' | 'nearLimitAlarm' | 'language'> {
  /** Many databases, of which some may fail in a run that goes well. */
  readonly fleet: CheckedProps['fleet'];

  readonly failureQueue: IQueue;
  readonly commands: OperatorCommands;

  /**
   * Where alarms say what is the matter, and what to do.
   *
   * @default - nowhere; they show in CloudWatch and in the dashboard
   */
  readonly topic: ITopic | undefined;
}

/** Why there is an alarm less. */
export interface MissingAlarm {
  readonly id: 'NoAlarmOnCompletion' | 'NoAlarmOnRemaining';
  readonly reason: string;
  readonly description: string;
}

/** What nobody would notice otherwise, as CloudWatch alarms. */
export class Alarms extends Construct {
  readonly all: Alarm[] = [];

  /** What the schedule allows no alarm on. */
  readonly missing: MissingAlarm[] = [];

  private readonly props: AlarmsProps;

  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    this.props = props;
    const { failureQueue, commands, nearLimitAlarm, schedule, timezone } = props;
    const texts = stackTexts(props.language).alarms;

    // A scheduled run that failed for good. Not the metric Errors: an operator's typing error is no outage, and a first
    // attempt that fails is none either. Not AsyncEventsDropped besides: it would write a second time of the same run.
    // SQS stops reporting on a queue that nobody uses for six hours, full or not: until then it is as it was.
    this.add('RunFailed', {
      alarmDescription: props.fleet === undefined ? texts.runFailed(commands) : texts.fleetFailed(commands),
      metric: failureQueue.metricApproximateNumberOfMessagesVisible({ statistic: 'Maximum', period: PERIOD }),
    });
    if (props.fleet !== undefined) {
      this.add('FailedDatabases', {
        alarmDescription: texts.failedDatabases(commands),
        metric: cleanupMetric(props.name, 'FailedDatabases', { statistic: 'Maximum', period: PERIOD }),
      });
    }
    // These two stay on from one run to the next, so that they write once and not every night.
    if (nearLimitAlarm !== undefined) {
      this.add('NearLimit', {
        alarmDescription:
          props.fleet === undefined
            ? texts.nearLimit(commands, nearLimitAlarm)
            : texts.fleetNearLimit(commands, nearLimitAlarm),
        metric: cleanupMetric(props.name, 'NearLimitThreads', { statistic: 'Maximum', period: PERIOD }),
        threshold: nearLimitAlarm,
      });
    }
    this.add('Paused', {
      alarmDescription: texts.paused(commands),
      metric: cleanupMetric(props.name, 'CleanupPaused', { statistic: 'Maximum', period: PERIOD }),
    });

    const gaps = scheduleGaps(schedule, timezone, MAX_HOURS - 1);
    this.addNotCompleted(gaps);
    this.addRemaining(gaps);
  }

  private addNotCompleted(gaps: ScheduleGaps | undefined): void {
    const { name, schedule, language, commands, fleet } = this.props;
    if (gaps === undefined) {
      this.missing.push({
        id: 'NoAlarmOnCompletion',
        reason: `The schedule ${schedule} leaves a week or more between two runs`,
        description: 'Why no alarm watches whether cleanups complete: CloudWatch looks back for seven days',
      });
      return;
    }
    // An hour more, for a run to take and to be tried again. The warm-up keeps a new stack from seeing a past in which
    // nothing ran. Where the gap is longer than CloudWatch waits, one false alarm remains possible: with a schedule of
    // working days, for a stack that is created on a Friday.
    const hours = gaps.longest + 1;
    const texts = stackTexts(language).alarms;
    this.add('NotCompleted', {
      alarmDescription:
        fleet === undefined ? texts.notCompleted(commands, hours) : texts.fleetNotCompleted(commands, hours),
      metric: cleanupMetric(name, 'CleanupCompleted', { statistic: 'Sum', period: PERIOD }),
      evaluationPeriods: hours,
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      treatMissingData: TreatMissingData.BREACHING,
      warmUp: Duration.hours(hours),
    });
  }

  /** Two runs in a row are any two in a time that is long enough for two of them, wherever it begins, and too short for three. */
  private addRemaining(gaps: ScheduleGaps | undefined): void {
    const { name, schedule, language, commands, fleet } = this.props;
    if (gaps === undefined || gaps.longest >= gaps.shortestOfTwo) {
      this.missing.push({
        id: 'NoAlarmOnRemaining',
        reason: `The schedule ${schedule} leaves a week or more between two runs, or gaps of very different lengths`,
        description:
          'Why no alarm watches whether two runs in a row leave threads over the limit: the dashboard shows them',
      });
      return;
    }
    // Within the hour a run's continuations count with it.
    const texts = stackTexts(language).alarms;
    const twoRuns = Math.min(Math.floor((gaps.longest + 1 + gaps.shortestOfTwo) / 2), MAX_HOURS);
    this.add('Remaining', {
      alarmDescription:
        fleet === undefined ? texts.remaining(commands, twoRuns) : texts.fleetRemaining(commands, twoRuns),
      metric: cleanupMetric(name, 'RemainingThreads', { statistic: 'Minimum', period: PERIOD }),
      evaluationPeriods: twoRuns,
      datapointsToAlarm: 2,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
  }

  private add(id: string, props: Omit<RunbookAlarmProps, 'topic'>): void {
    const { language, commands, topic } = this.props;
    const alarmDescription = props.alarmDescription + stackTexts(language).alarms.dashboard(commands);
    this.all.push(new RunbookAlarm(this, id, { ...props, alarmDescription, topic }));
  }
}
