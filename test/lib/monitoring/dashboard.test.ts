import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { queueCommands } from '../../../lambda/aws/cli-commands.ts';
import { widgetStyle } from '../../../lambda/widget/style.ts';
import { synthesise, variants } from '../synthesise.ts';

const standard = synthesise();
const everything = synthesise(variants['with everything']);

interface Widget {
  readonly type: string;
  readonly properties: {
    readonly title: string;
    readonly metrics?: readonly (readonly unknown[])[];
    readonly alarms?: readonly string[];
    readonly endpoint?: string;
    readonly markdown?: string;
    readonly updateOn?: object;
  };
}

/** The dashboard's widgets, with references to resources as their logical ids. */
function widgetsOf(template: Template): readonly Widget[] {
  const [dashboard] = Object.values(template.findResources('AWS::CloudWatch::Dashboard'));
  const parts: readonly (string | { Ref?: string; 'Fn::GetAtt'?: readonly string[] })[] =
    dashboard?.['Properties'].DashboardBody['Fn::Join'][1];
  const text = parts.map((part) => (typeof part === 'string' ? part : (part.Ref ?? part['Fn::GetAtt']?.[0]))).join('');
  return JSON.parse(text).widgets;
}

describe('the dashboard', () => {
  test.each([
    ['en', standard, ['Alarms', 'Threads now', 'Tokens', 'Cleared per day', 'Duration of the cleanup', 'Errors']],
    ['es', everything, ['Alarmas', 'Threads ahora', 'Tokens', 'Limpiados por día', 'Errores']],
  ])('shows threads, tokens, runs, errors and alarms in the words of the language %s', (_, template, titles) => {
    expect(widgetsOf(template).map(({ properties }) => properties.title)).toEqual(expect.arrayContaining(titles));
  });

  test('names the bands as the summaries do', () => {
    const labels = JSON.stringify(widgetsOf(everything));
    for (const band of ['Normal', 'Precaución', 'Advertencia', 'Crítico']) expect(labels).toContain(`"${band}"`);
  });

  test('shows the state of every alarm', () => {
    const alarms = widgetsOf(standard).flatMap(({ properties }) => properties.alarms ?? []);
    expect(alarms.sort()).toEqual(Object.keys(standard.findResources('AWS::CloudWatch::Alarm')).sort());
  });

  test('shows the errors of every function but the one that a deployment runs, and shows by itself', () => {
    const shown = widgetsOf(everything)
      .flatMap(({ properties }) => properties.metrics ?? [])
      .filter(([, name]) => name === 'Errors')
      .map(([, , , functionName]) => functionName);
    const functions = Object.keys(everything.findResources('AWS::Lambda::Function'));
    expect(shown.sort()).toEqual(functions.filter((id) => !id.startsWith('Verify')).sort());
  });

  test('asks the widget’s function for a report when it is refreshed, never the one that cleans up', () => {
    const custom = widgetsOf(standard).filter(({ type }) => type === 'custom');
    expect(custom.map(({ properties }) => properties.endpoint)).toEqual([expect.stringMatching(/^WidgetFunction/)]);
    expect(custom[0]?.properties.updateOn).toEqual({ refresh: true, resize: true, timeRange: false });
  });
});

/** The metrics that the function writes, as CloudWatch finds them in its log, with the environment of the template. */
function writtenMetrics() {
  const functions = standard.findResources('AWS::Lambda::Function', { Properties: { Handler: 'handler.handler' } });
  const environment = Object.values(functions)[0]?.['Properties'].Environment.Variables;
  const module = join(import.meta.dirname, '../../../lambda/aws/metrics.ts');
  const band = { threads: 1, tokens: 1 };
  const bands = { normal: band, caution: band, warning: band, critical: band };
  const figures = { activeThreads: 1, totalTokens: 1, nearLimitThreads: 1, overLimitThreads: 1, maxTokens: 1, bands };
  const result = {
    tokenLimit: 1,
    cleanedCount: 1,
    totalTokensCleared: 1,
    remainingCount: 1,
    durationMs: 1,
    complete: true,
  };
  const write = `const { writeMetrics } = await import(${JSON.stringify(module)});
    writeMetrics(${JSON.stringify(figures)}, ${JSON.stringify({ ...result, paused: false })}, true);`;
  const output = execFileSync(process.execPath, ['--input-type=module', '--eval', write], {
    env: environment,
    encoding: 'utf8',
  });
  const { _aws: envelope, ...values } = JSON.parse(output);
  const [{ Namespace, Dimensions, Metrics }] = envelope.CloudWatchMetrics;
  const [dimensions]: string[][] = Dimensions;
  return Metrics.map(({ Name }: { Name: string }) =>
    [Namespace, Name, ...(dimensions ?? []).flatMap((d) => [d, values[d]])].join(' '),
  );
}

test('the largest thread has an axis of its own beside the limit, durations are seconds, bands have the widget’s colours', () => {
  const graphs = widgetsOf(standard).map(({ properties }) => properties.metrics ?? []);
  const shown = (name: string) =>
    Object(
      graphs
        .flat()
        .find((metric) => metric.includes(name))
        ?.at(-1),
    );
  expect(shown('TotalTokens')).not.toHaveProperty('yAxis');
  for (const name of ['LargestThread', 'TokenLimit']) expect(shown(name), name).toMatchObject({ yAxis: 'right' });
  expect(JSON.stringify(graphs)).toContain('"expression":"duration / 1000"');
  expect(shown('CleanupDuration')).toMatchObject({ visible: false });
  const style = widgetStyle('light').markup;
  const bands = [
    ['normal', 'NormalThreads'],
    ['caution', 'CautionThreads'],
    ['warning', 'NearLimitThreads'],
    ['critical', 'OverLimitThreads'],
  ] as const;
  for (const [band, name] of bands) expect(style).toContain(`--tc-${band}:${shown(name).color}`);
});

test('has every command, those of the queue as in an e-mail, and its address is an output of the stack', () => {
  const commands = widgetsOf(standard).find(({ type }) => type === 'text')?.properties.markdown ?? '';
  for (const words of ['"mode":"cleanup"', '--value enabled', '--value LIMIT', 'aws logs tail', '::regclass']) {
    expect(commands).toContain(words);
  }
  const { read, purge } = queueCommands({ region: 'AWS::Region' }, 'Failures');
  expect(commands.replace(/Failures\w+/g, 'Failures')).toContain(read);
  expect(commands.replace(/Failures\w+/g, 'Failures')).toContain(purge);
  const { Value } = standard.toJSON()['Outputs'].DashboardUrl;
  expect(JSON.stringify(Value)).toContain('#dashboards/dashboard/WhatsAppThreadCleanup-');
  standard.hasResourceProperties('AWS::CloudWatch::Dashboard', {
    DashboardName: { 'Fn::Join': ['', ['WhatsAppThreadCleanup-', { Ref: 'AWS::Region' }]] },
  });
});

test('every metric that is written is read by an alarm or the dashboard, and none but those, by the same dimensions', () => {
  const shown = widgetsOf(standard)
    .flatMap(({ properties }) => properties.metrics ?? [])
    // An expression is none that is written.
    .filter(([first]) => typeof first === 'string')
    .map((metric) => metric.filter((part) => typeof part === 'string').join(' '));
  const watched = Object.values(standard.findResources('AWS::CloudWatch::Alarm')).map(({ Properties }) =>
    [
      Properties.Namespace,
      Properties.MetricName,
      ...Properties.Dimensions.flatMap(({ Name, Value }: { Name: string; Value: unknown }) => [Name, Value]),
    ].join(' '),
  );
  const read = [...shown, ...watched].filter((metric) => !metric.startsWith('AWS/'));
  expect([...new Set(read)].sort()).toEqual(writtenMetrics().sort());
});
