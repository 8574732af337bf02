import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  CustomWidget,
  Dashboard,
  GraphWidget,
  type GraphWidgetProps,
  type IMetric,
  type IWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  type MetricOptions,
  PeriodOverride,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { IAlias, IFunction } from 'aws-cdk-lib/aws-lambda';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import type { MetricName } from '../../lambda/model/metric-names.ts';
import { textsOf } from '../../lambda/texts/texts-of.ts';
import type { CheckedProps } from '../config/checked-props.ts';
import type { CleanupFunction } from '../functions/cleanup-function.ts';
import type { FleetFunction } from '../functions/fleet-function.ts';
import { cleanupMetric } from './cleanup-metric.ts';
import { dashboardName } from './dashboard-link.ts';
import type { OperatorCommands, Texts } from './texts/en.ts';
import { stackTexts } from './texts/texts-of.ts';

/** One point a night. */
const NIGHT = Duration.days(1);

/** The whole width, and a third of it, in CloudWatch's grid. */
const FULL = 24;
const THIRD = 8;

/** The widget's own colours of the bands, in the light theme (lambda/widget/style.ts). */
const COLOURS = { normal: '#1d8a5a', caution: '#b98500', warning: '#d4600a', critical: '#c5221f' };

/** Bars of the bands, ten threads, the last runs. */
const REPORT_HEIGHT = 12;

/** A title and a command of one line or two, eight times. */
const COMMANDS_HEIGHT = 14;

export interface ThreadDashboardProps extends Pick<CheckedProps, 'name' | 'language'> {
  readonly cleanup: CleanupFunction;

  /**
   * What the schedule invokes of it.
   *
   * @default - the schedule invokes another function, for many databases
   */
  readonly scheduled: IAlias | undefined;

  /**
   * The function that draws a check.
   *
   * @default - there are many databases: a table of the last run takes its place
   */
  readonly widget: IFunction | undefined;

  /**
   * The function that works through many databases.
   *
   * @default - there is one database
   */
  readonly fleet: FleetFunction | undefined;

  /**
   * The function that writes e-mails.
   *
   * @default - nobody is told
   */
  readonly notify: IFunction | undefined;

  readonly failureQueue: IQueue;
  readonly alarms: readonly Alarm[];
  readonly commands: OperatorCommands;
}

/** The threads now and over the last month, the runs that cleared them, and what is wrong. */
export class ThreadDashboard extends Construct {
  readonly dashboard: Dashboard;
  private readonly texts: Texts['dashboard'];
  private readonly name: string;

  constructor(scope: Construct, id: string, props: ThreadDashboardProps) {
    super(scope, id);
    const { name, language, alarms, commands } = props;
    this.name = name;
    this.texts = stackTexts(language).dashboard;
    this.dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: dashboardName(name),
      defaultInterval: Duration.days(30),
      // A longer range would make one point of several nights otherwise.
      periodOverride: PeriodOverride.INHERIT,
      widgets: [
        [new AlarmStatusWidget({ title: this.texts.alarms, alarms: [...alarms], width: FULL, height: 3 })],
        this.report(props),
        this.threads(language),
        [...this.runs(), this.errors(props)],
        [this.commands(commands)],
      ],
    });
  }

  private report({ widget, fleet }: ThreadDashboardProps): IWidget[] {
    return [
      ...(widget === undefined ? [] : [this.check(widget)]),
      ...(fleet === undefined ? [] : [this.databases(fleet)]),
    ];
  }

  /** What it shows is now: another time range changes nothing, and asking costs an invocation. */
  private check(widget: IFunction): CustomWidget {
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

  /** A line for each database, those that failed first: the last that lambda/fleet.ts wrote of it, at the end of a run. */
  private databases(fleet: FleetFunction): LogQueryWidget {
    return new LogQueryWidget({
      title: this.texts.databases,
      logGroupNames: [fleet.function.logGroup.logGroupName],
      view: LogQueryVisualizationType.TABLE,
      queryLines: [
        'fields secret, outcome, cleanedCount, totalTokensCleared, remainingCount, requestId, @timestamp',
        'filter ispresent(outcome)',
        'sort @timestamp desc',
        // AWS: nothing but a limit may follow.
        'dedup secret',
        'limit 1000',
      ],
      width: FULL,
      height: REPORT_HEIGHT,
    });
  }

  private threads(language: CheckedProps['language']): GraphWidget[] {
    const t = this.texts;
    const { bands } = textsOf(language);
    return [
      graph({
        title: t.tokens,
        left: [this.atMost('TotalTokens', t.total)],
        // The limit is live: each run writes the one that it used.
        right: [this.atMost('LargestThread', t.largest), this.atMost('TokenLimit', t.limit)],
      }),
      graph({
        title: t.threads,
        left: [this.atMost('ActiveThreads', t.active), this.atMost('RemainingThreads', t.remaining)],
      }),
      graph({
        title: t.bands,
        stacked: true,
        left: [
          this.atMost('NormalThreads', bands.normal, COLOURS.normal),
          this.atMost('CautionThreads', bands.caution, COLOURS.caution),
          this.atMost('NearLimitThreads', bands.warning, COLOURS.warning),
          this.atMost('OverLimitThreads', bands.critical, COLOURS.critical),
        ],
      }),
    ];
  }

  private runs(): GraphWidget[] {
    const t = this.texts;
    return [
      graph({
        title: t.cleared,
        left: [this.metric('ThreadsCleared', { statistic: 'Sum', label: t.clearedThreads })],
        right: [this.metric('TokensCleared', { statistic: 'Sum', label: t.clearedTokens })],
      }),
      graph({ title: t.duration, left: [this.duration()] }),
    ];
  }

  private errors({ cleanup, scheduled, fleet, notify, widget, failureQueue }: ThreadDashboardProps): GraphWidget {
    const t = this.texts;
    const sum = { statistic: 'Sum', period: NIGHT };
    return graph({
      title: t.errors,
      left: [
        cleanup.function.metricErrors({ ...sum, label: t.cleanup }),
        ...(scheduled === undefined ? [] : [scheduled.metric('AsyncEventsDropped', { ...sum, label: t.givenUp })]),
        ...(fleet === undefined ? [] : [fleet.function.metric('DurableExecutionFailed', { ...sum, label: t.fleet })]),
        ...(fleet === undefined ? [] : [this.atMost('FailedDatabases', t.failedDatabases)]),
        failureQueue.metricApproximateNumberOfMessagesVisible({ ...sum, statistic: 'Maximum', label: t.waiting }),
        ...(notify === undefined ? [] : [notify.metricErrors({ ...sum, label: t.notify })]),
        ...(widget === undefined ? [] : [widget.metricErrors({ ...sum, label: t.widget })]),
        this.atMost('CleanupPaused', t.paused),
      ],
    });
  }

  /** Milliseconds as seconds. */
  private duration(): IMetric {
    const usingMetrics = { duration: this.metric('CleanupDuration', { statistic: 'Maximum' }) };
    return new MathExpression({ expression: 'duration / 1000', usingMetrics, label: 's', period: NIGHT });
  }

  private commands(commands: OperatorCommands): TextWidget {
    const { commands: title, command: t } = this.texts;
    const markdown = [
      `## ${title}`,
      ...[
        [t.check, commands.check],
        ...(commands.checkOne === undefined ? [] : [[t.checkOne, commands.checkOne]]),
        [t.cleanUp, commands.cleanUp],
        [t.resume, commands.resume],
        [t.setLimit, commands.setLimit],
        [t.readLog, commands.readLog],
        [t.readFailures, commands.readFailures],
        [t.purgeFailures, commands.purgeFailures],
        [t.findLocks, commands.findLocks],
      ].map(([name, command]) => `**${name}**\n\`\`\`\n${command}\n\`\`\``),
    ].join('\n');
    return new TextWidget({ markdown, width: FULL, height: COMMANDS_HEIGHT });
  }

  private atMost(name: MetricName, label: string, color?: string): IMetric {
    return this.metric(name, { statistic: 'Maximum', label, ...(color !== undefined && { color }) });
  }

  private metric(name: MetricName, options: MetricOptions): IMetric {
    return cleanupMetric(this.name, name, { period: NIGHT, ...options });
  }
}

function graph(props: GraphWidgetProps): GraphWidget {
  return new GraphWidget({ width: THIRD, ...props });
}
