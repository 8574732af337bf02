import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  CustomWidget,
  Dashboard,
  GraphWidget,
  type GraphWidgetProps,
  type IMetric,
  PeriodOverride,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { Language } from '../../lambda/input/values.ts';
import type { MetricName } from '../../lambda/model/metric-names.ts';
import { textsOf } from '../../lambda/texts/texts-of.ts';
import type { CleanupFunction } from '../functions/cleanup-function.ts';
import { cleanupMetric } from './cleanup-metric.ts';
import type { Texts } from './texts/en.ts';
import { stackTexts } from './texts/texts-of.ts';

/** One point a night. */
const NIGHT = Duration.days(1);

/** The whole width, and a third of it, in CloudWatch's grid. */
const FULL = 24;
const THIRD = 8;

/** Bars of the bands, ten threads, the last runs. */
const REPORT_HEIGHT = 12;

export interface ThreadDashboardProps {
  readonly language: Language;
  readonly cleanup: CleanupFunction;
  readonly widget: IFunction;

  /**
   * The function that writes e-mails.
   *
   * @default - nobody is told
   */
  readonly notify: IFunction | undefined;

  readonly failureQueue: IQueue;
  readonly alarms: readonly Alarm[];
}

/** The threads now and over the last month, the runs that cleared them, and what is wrong. */
export class ThreadDashboard extends Construct {
  private readonly texts: Texts['dashboard'];

  constructor(scope: Construct, id: string, props: ThreadDashboardProps) {
    super(scope, id);
    const { language, widget, alarms } = props;
    this.texts = stackTexts(language).dashboard;
    new Dashboard(this, 'Dashboard', {
      defaultInterval: Duration.days(30),
      // A longer range would make one point of several nights otherwise.
      periodOverride: PeriodOverride.INHERIT,
      widgets: [
        [new AlarmStatusWidget({ title: this.texts.alarms, alarms: [...alarms], width: FULL, height: 3 })],
        [this.report(widget)],
        this.threads(language),
        [...this.runs(), this.errors(props)],
      ],
    });
  }

  /** What it shows is now: another time range changes nothing, and asking costs an invocation. */
  private report(widget: IFunction): CustomWidget {
    return new CustomWidget({
      title: this.texts.now,
      functionArn: widget.functionArn,
      width: FULL,
      height: REPORT_HEIGHT,
      updateOnRefresh: true,
      updateOnResize: true,
      updateOnTimeRangeChange: false,
    });
  }

  private threads(language: Language): GraphWidget[] {
    const t = this.texts;
    const { bands } = textsOf(language);
    return [
      graph({
        title: t.tokens,
        left: [this.atMost('TotalTokens', t.total), this.atMost('LargestThread', t.largest)],
      }),
      graph({
        title: t.threads,
        left: [this.atMost('ActiveThreads', t.active), this.atMost('RemainingThreads', t.remaining)],
      }),
      graph({
        title: t.bands,
        stacked: true,
        left: [
          this.atMost('NormalThreads', bands.normal),
          this.atMost('CautionThreads', bands.caution),
          this.atMost('NearLimitThreads', bands.warning),
          this.atMost('OverLimitThreads', bands.critical),
        ],
      }),
    ];
  }

  private runs(): GraphWidget[] {
    const t = this.texts;
    return [
      graph({
        title: t.cleared,
        left: [cleanupMetric(this, 'ThreadsCleared', 'Sum', NIGHT, t.clearedThreads)],
        right: [cleanupMetric(this, 'TokensCleared', 'Sum', NIGHT, t.clearedTokens)],
      }),
      graph({ title: t.duration, left: [this.atMost('CleanupDuration', 'ms')] }),
    ];
  }

  private errors({ cleanup, notify, widget, failureQueue }: ThreadDashboardProps): GraphWidget {
    const t = this.texts;
    const sum = { statistic: 'Sum', period: NIGHT };
    return graph({
      title: t.errors,
      left: [
        cleanup.function.metricErrors({ ...sum, label: t.cleanup }),
        cleanup.scheduled.metric('AsyncEventsDropped', { ...sum, label: t.givenUp }),
        failureQueue.metricApproximateNumberOfMessagesVisible({ ...sum, statistic: 'Maximum', label: t.waiting }),
        ...(notify === undefined ? [] : [notify.metricErrors({ ...sum, label: t.notify })]),
        widget.metricErrors({ ...sum, label: t.widget }),
        this.atMost('CleanupPaused', t.paused),
      ],
    });
  }

  private atMost(name: MetricName, label: string): IMetric {
    return cleanupMetric(this, name, 'Maximum', NIGHT, label);
  }
}

function graph(props: GraphWidgetProps): GraphWidget {
  return new GraphWidget({ width: THIRD, ...props });
}
