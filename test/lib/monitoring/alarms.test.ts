import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { synthesise, variants } from '../synthesise.ts';

const standard = synthesise();
const noticed = synthesise(variants['with notices']);
const everything = synthesise(variants['with everything']);

interface Alarm {
  readonly AlarmDescription: unknown;
  readonly AlarmActions?: readonly { readonly Ref: string }[];
  readonly EvaluationPeriods: number;
  readonly Period: number;
}

/** The alarms by their names in lib/monitoring/alarms.ts. */
function alarmsOf(template: Template): Map<string, Alarm> {
  const found = Object.entries(template.findResources('AWS::CloudWatch::Alarm'));
  return new Map(found.map(([id, { Properties }]) => [id.replace(/^Alarms(\w+)[0-9A-F]{8}$/, '$1'), Properties]));
}

/** What references become. */
type References = readonly (readonly [id: RegExp, value: string])[];
const REFERENCES: References = [
  [/^AWS::Region$/, 'eu-west-1'],
  [/^AWS::AccountId$/, '123456789012'],
  [/./, 'ID'],
];
/** As long as AWS lets them be, or CloudFormation makes them. */
const LONGEST_REFERENCES: References = [
  [/^AWS::Region$/, 'ap-southeast-2'],
  [/Function/, 'f'.repeat(64)],
  [/^Failures/, `https://sqs.ap-southeast-2.amazonaws.com/123456789012/${'q'.repeat(80)}`],
  [/Logs/, 'l'.repeat(128 + 1 + 24 + 1 + 12)],
];

/** What CloudWatch is given, by the names of the alarms. */
function descriptionsOf(template: Template, references = REFERENCES): Map<string, string> {
  const text = (part: unknown): string => {
    if (typeof part === 'string') return part;
    const id = JSON.stringify(part).match(/"(?:Ref|Fn::GetAtt)":\[?"([^"]+)"/)?.[1] ?? '';
    const found = references.find(([pattern]) => pattern.test(id));
    if (found === undefined) throw new Error(`Nothing is known of ${JSON.stringify(part)}.`);
    return found[1];
  };
  const joined = (description: unknown): string => {
    const parts = Object(description)['Fn::Join']?.[1];
    return Array.isArray(parts) ? parts.map(text).join('') : text(description);
  };
  return new Map([...alarmsOf(template)].map(([name, { AlarmDescription }]) => [name, joined(AlarmDescription)]));
}

const ofTheCleanup = { Namespace: 'ThreadCleanup', Dimensions: [{ Name: 'service', Value: 'WhatsAppThreadCleanup' }] };

describe('an alarm', () => {
  test('is there for each thing that nobody would notice otherwise', () => {
    const names = ['RunFailed', 'Paused', 'NotCompleted', 'Remaining'];
    expect([...alarmsOf(standard).keys()]).toEqual(names);
    expect([...alarmsOf(everything).keys()]).toEqual(names.toSpliced(1, 0, 'NearLimit'));
  });

  test.each([
    ['en', noticed, /What to do: /],
    ['es', everything, /Qué hacer: /],
  ])('says what to do in the words of the language %s, with commands and the dashboard', (_, template, runbook) => {
    for (const [name, text] of descriptionsOf(template)) {
      expect(text, name).toMatch(runbook);
      expect(text, name).toContain(
        'https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#dashboards/dashboard/WhatsAppThreadCleanup-eu-west-1',
      );
      for (const command of text.match(/aws \w+ [\w-]+[^;)|]*/g) ?? [])
        expect(command, name).toContain('--region eu-west-1');
    }
    const texts = descriptionsOf(template);
    const cleanUp = `'\\{"mode":"cleanup"\\}' /dev/stdout\n`;
    // The cause first, then the cleanup, without force, and at the end the queue.
    expect(texts.get('RunFailed')).toMatch(
      new RegExp(`; while m=\\S+ sqs receive-message .*(?:limit|límite).*${cleanUp}.*aws sqs purge-queue`, 's'),
    );
    expect(texts.get('NotCompleted')).toMatch(new RegExp(`aws logs tail .*${cleanUp}`, 's'));
    expect(texts.get('Remaining')).toMatch(
      new RegExp(`${cleanUp}.* relation = '"ClientView"'::regclass .*select pg_terminate_backend\\(PID\\)`, 's'),
    );
    expect(texts.get('Paused')).toMatch(/aws ssm get-parameter-history .*\/state .*aws ssm put-parameter .*enabled\n/s);
    for (const text of texts.values()) expect(text).not.toContain('force');
  });

  test('is as short as CloudWatch takes it, whatever the names, and however long', () => {
    const longest = {
      stackName: `L${'o'.repeat(126)}ng`.slice(0, 128),
      tableName: `${'s'.repeat(63)}.${'t'.repeat(63)}`,
    };
    const many = { databaseSecret: `${'p'.repeat(99)}/` };
    for (const [language, databases] of [
      ['en', {}],
      ['es', {}],
      ['en', many],
      ['es', many],
    ] as const) {
      const template = synthesise({ ...longest, ...databases, language, nearLimitAlarm: '1000000' });
      for (const [name, text] of descriptionsOf(template, LONGEST_REFERENCES)) {
        expect(text.length, `${language}, ${name}: ${text}`).toBeLessThanOrEqual(1024);
      }
    }
  });

  test('looks back no further than CloudWatch does', () => {
    const everySixDays = synthesise({ schedule: 'cron(0 3 1,6,11,16,21,26 * ? *)' });
    for (const template of [standard, everything, everySixDays]) {
      for (const { Period, EvaluationPeriods } of alarmsOf(template).values()) {
        expect(Period).toBe(3600);
        expect(Period * EvaluationPeriods).toBeLessThanOrEqual(604_800);
      }
    }
  });

  test('does nothing without addresses to write to', () => {
    for (const alarm of alarmsOf(standard).values()) expect(alarm.AlarmActions).toBeUndefined();
  });

  test('may do what it does: each action is a topic whose policy lets CloudWatch publish for this account', () => {
    const topics = Object.values(noticed.findResources('AWS::SNS::TopicPolicy')).flatMap(({ Properties }) =>
      Properties.PolicyDocument.Statement.filter(
        (statement: object) =>
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          })
            .test(statement)
            .hasFailed() === false,
      ).flatMap(({ Resource }: { Resource: { Ref: string } }) =>
        Properties.Topics.some(({ Ref }: { Ref: string }) => Ref === Resource.Ref) ? Resource.Ref : [],
      ),
    );
    for (const { AlarmActions = [] } of alarmsOf(noticed).values()) {
      expect(AlarmActions).toHaveLength(1);
      expect(topics).toContain(AlarmActions[0]?.Ref);
    }
  });
});

describe('somebody is told when', () => {
  test('a scheduled run failed for good, once and until it is looked at, and not when an invocation by hand did', () => {
    const ofLambda = { Properties: { Namespace: 'AWS/Lambda' } };
    expect(Object.keys(standard.findResources('AWS::CloudWatch::Alarm', ofLambda))).toEqual([]);
    standard.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Failures'), 'QueueName'] } }],
      Statistic: 'Maximum',
      Threshold: 1,
      EvaluationPeriods: 1,
      TreatMissingData: 'ignore',
    });
  });

  test('cleanups within a night and half of the next left threads over the limit, both of them', () => {
    standard.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...ofTheCleanup,
      MetricName: 'RemainingThreads',
      Statistic: 'Minimum',
      Threshold: 1,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      DatapointsToAlarm: 2,
      EvaluationPeriods: 36,
      TreatMissingData: 'notBreaching',
    });
  });

  test.each([
    ['18 hours with a cleanup every 12 hours', 'cron(0 3,15 * * ? *)', 'UTC', 18],
    ['2 hours with one an hour', 'cron(15 * * * ? *)', 'UTC', 2],
    ['36 hours with one a night where two nights in spring have 47', 'cron(0 3 * * ? *)', 'Europe/Madrid', 36],
  ])('two in a row did, which is two within %s', (_, schedule, timezone, EvaluationPeriods) => {
    synthesise({ schedule, timezone }).hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'RemainingThreads',
      DatapointsToAlarm: 2,
      EvaluationPeriods,
    });
  });

  test('no two in a row are told from two of three where runs come unevenly, and the deployment says so', () => {
    const uneven = synthesise({ schedule: 'cron(0 3 ? * MON-FRI *)' });
    expect([...alarmsOf(uneven).keys()]).toEqual(['RunFailed', 'Paused', 'NotCompleted']);
    uneven.hasOutput('NoAlarmOnRemaining', { Value: Match.stringLikeRegexp('gaps of very different lengths') });
  });

  test.each(['1', '5'])('%s threads are near the limit, where that was asked for, once until it is over', (asked) => {
    const Threshold = Number(asked);
    synthesise({ nearLimitAlarm: asked }).hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...ofTheCleanup,
      MetricName: 'NearLimitThreads',
      Statistic: 'Maximum',
      Threshold,
      ComparisonOperator: 'GreaterThanOrEqualToThreshold',
      EvaluationPeriods: 1,
      TreatMissingData: 'ignore',
    });
  });

  test('the cleanup is paused, once, until it runs again', () => {
    standard.hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...ofTheCleanup,
      MetricName: 'CleanupPaused',
      Statistic: 'Maximum',
      Threshold: 1,
      EvaluationPeriods: 1,
      TreatMissingData: 'ignore',
    });
  });
});

describe('when no scheduled cleanup completes', () => {
  test.each([
    ['25 hours for every night', {}, 25, 1500],
    ['26 hours where a day has 25', { timezone: 'Europe/Madrid' }, 26, 1560],
    ['13 hours for every 12 hours', { schedule: 'cron(0 3,15 * * ? *)' }, 13, 780],
    // The warm-up is as long as CloudWatch allows: 48 hours.
    ['73 hours for working days', { schedule: 'cron(0 3 ? * MON-FRI *)' }, 73, 2880],
  ])('somebody is told after %s, and not before a new stack has had that time', (_, options, hours, warmUp) => {
    synthesise(options).hasResourceProperties('AWS::CloudWatch::Alarm', {
      ...ofTheCleanup,
      MetricName: 'CleanupCompleted',
      Statistic: 'Sum',
      Threshold: 1,
      ComparisonOperator: 'LessThanThreshold',
      EvaluationPeriods: hours,
      DatapointsToAlarm: Match.absent(),
      TreatMissingData: 'breaching',
      WarmUpConfiguration: {
        WarmUpPeriodDurationInMinutes: warmUp,
        OnlyStartEvaluatingAfterWarmUpPeriodEnds: true,
      },
    });
  });

  test('nobody is with a schedule of once a week, and the deployment says so without a warning', () => {
    const weekly = synthesise(variants['once a week']);
    expect([...alarmsOf(weekly).keys()]).toEqual(['RunFailed', 'Paused']);
    weekly.hasOutput('NoAlarmOnCompletion', { Value: Match.stringLikeRegexp('a week or more between two runs') });
    weekly.hasOutput('NoAlarmOnRemaining', { Value: Match.stringLikeRegexp('a week or more between two runs') });
  });

  test('the deployment says nothing of that otherwise', () => {
    expect(Object.keys(standard.toJSON()['Outputs']).filter((id) => id.startsWith('NoAlarm'))).toEqual([]);
  });
});
