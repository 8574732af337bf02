import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import type { Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
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
  const result = { cleanedCount: 1, totalTokensCleared: 1, remainingCount: 1, durationMs: 1, complete: true };
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

test('every metric that is written is read by an alarm or the dashboard, and none but those, by the same dimensions', () => {
  const shown = widgetsOf(standard)
    .flatMap(({ properties }) => properties.metrics ?? [])
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
