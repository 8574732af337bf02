import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Stack, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { AccountPrincipal, Role } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { expect, test } from 'vitest';
import { ThreadCleanup } from '../../../lib/thread-cleanup.ts';
import { createStack, synthesise, variants } from '../synthesise.ts';

const one = synthesise();
const many = synthesise(variants['over many databases']);
const told = synthesise(variants['over many databases, with everything']);

/** What a command prints where the AWS CLI starts execution ARN, and answers this about it, one after the other, then fails. */
function inShell(command: string, answers: readonly string[]): string {
  const folder = mkdtempSync(join(tmpdir(), 'check-command-'));
  for (const [index, answer] of answers.entries()) writeFileSync(join(folder, `${index}`), answer);
  const fakes = [
    'sleep() { :; }',
    'aws() {',
    '  if [ "$2" = invoke ]; then echo ARN; return; fi',
    '  case "$*" in *"get-durable-execution"*"--durable-execution-arn ARN "*) ;; *) return 2 ;; esac',
    `  for answer in $(ls ${folder}); do cat ${folder}/$answer; rm ${folder}/$answer; return; done`,
    '  return 1',
    '}',
  ];
  try {
    return execFileSync('sh', ['-c', [...fakes, command].join('\n')], { encoding: 'utf8' });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The resources of a template whose types end so. */
function ofType(resources: Record<string, { readonly Type: string }>, ends: readonly string[]) {
  return Object.values(resources).filter(({ Type }) => ends.some((end) => Type.endsWith(end)));
}

const FLEET = { Handler: 'fleet.handler' };

test('one database has no durable function, and many have one, which is durable from its creation', () => {
  one.resourcePropertiesCountIs('AWS::Lambda::Function', { DurableConfig: Match.anyValue() }, 0);
  many.resourcePropertiesCountIs('AWS::Lambda::Function', { DurableConfig: Match.anyValue() }, 1);
  many.hasResourceProperties('AWS::Lambda::Function', {
    ...FLEET,
    Runtime: 'nodejs24.x',
    DurableConfig: { ExecutionTimeout: 23 * 3_600, RetentionPeriodInDays: 14 },
  });
});

test('a synthesis has nothing to say about it', () => {
  const { app, stack } = createStack(variants['over many databases']);
  expect(app.synth().getStackByName(stack.stackName).messages).toEqual([]);
});

test('a run that goes on during a deployment keeps the version that it began on', () => {
  const versions = many.findResources('AWS::Lambda::Version', { DeletionPolicy: 'Retain' });
  expect(Object.keys(versions)).toEqual([expect.stringMatching(/^FleetFunctionCurrentVersion/)]);
});

test('the schedule invokes the durable function by an alias, with a payload that says so, and each run once', () => {
  many.hasResourceProperties('AWS::Events::Rule', {
    ScheduleExpression: 'cron(0 3 * * ? *)',
    Targets: [
      Match.objectLike({
        Arn: { Ref: Match.stringLikeRegexp('^FleetFunctionAliasall') },
        Input: '{"mode":"cleanup","scheduled":true}',
      }),
    ],
  });
  many.hasResourceProperties('AWS::Lambda::EventInvokeConfig', { MaximumRetryAttempts: 0 });
  told.hasResourceProperties('AWS::Scheduler::Schedule', {
    Target: Match.objectLike({ Input: '{"mode":"cleanup","scheduled":true}' }),
  });
});

test('the cleanup function is invoked by the alias "fleet", which hands results to nobody else', () => {
  many.hasResourceProperties('AWS::Lambda::Alias', { Name: 'fleet' });
  many.resourceCountIs('AWS::Lambda::EventInvokeConfig', 1);
  many.resourceCountIs('AWS::Events::EventBus', 0);
  many.hasResourceProperties('AWS::Lambda::Function', {
    ...FLEET,
    Environment: {
      Variables: Match.objectLike({
        CLEANUP_FUNCTION_ARN: { Ref: Match.stringLikeRegexp('^CleanupFunctionAliasfleet') },
        DATABASE_SECRET_PREFIX: 'prod/tenants/',
      }),
    },
  });
});

test('the dead-letter queue is the durable function’s', () => {
  const functions = Object.values(many.findResources('AWS::Lambda::Function'));
  const withQueue = functions.filter(({ Properties }) => Properties['DeadLetterConfig'] !== undefined);
  expect(withQueue.map(({ Properties }) => Properties['Handler'])).toEqual(['fleet.handler']);
});

test('the code of the other functions is as it is without it', () => {
  const assetOf = (template: typeof one, handler: string) =>
    Object.values(template.findResources('AWS::Lambda::Function', { Properties: { Handler: handler } })).map(
      ({ Properties }) => Properties['Code'],
    );
  expect(assetOf(many, 'handler.handler')).toEqual(assetOf(one, 'handler.handler'));
});

test('what was given for many databases is what the function gets, and nothing where the defaults are meant', () => {
  told.hasResourceProperties('AWS::Lambda::Function', {
    ...FLEET,
    Environment: {
      Variables: Match.objectLike({
        DATABASE_CONCURRENCY: '25',
        MAX_FAILED_SHARE: '5',
        TOPIC_ARN: Match.anyValue(),
        LANGUAGE: 'es',
        TIMEZONE: 'America/Bogota',
      }),
    },
  });
  many.hasResourceProperties('AWS::Lambda::Function', {
    ...FLEET,
    Environment: {
      Variables: Match.objectLike({
        DATABASE_CONCURRENCY: Match.absent(),
        MAX_FAILED_SHARE: Match.absent(),
        TOPIC_ARN: Match.absent(),
      }),
    },
  });
});

test('nobody is told to wait for the durable function, which Lambda refuses where it may take over 15 minutes', () => {
  for (const template of [many, told]) {
    const { Outputs, Resources } = template.toJSON();
    const shown = JSON.stringify([Outputs['CheckCommand'], ...ofType(Resources, ['CloudWatch::Alarm', 'Dashboard'])]);
    const invocations = shown.split('aws lambda invoke').slice(1);
    const ofAll = invocations.filter((text) => text.slice(0, 250).includes('FleetFunction'));
    expect(ofAll.length).toBeGreaterThan(2);
    for (const command of ofAll) expect(command.slice(0, 250)).toMatch(/:all --invocation-type Event /);
  }
});

test('the check command starts an execution, waits until it is over, and prints what came of it', () => {
  const parts = many.toJSON()['Outputs']['CheckCommand'].Value['Fn::Join'][1];
  const command = parts.map((part: unknown) => (typeof part === 'string' ? part : 'REF')).join('');
  const answers = [`RUNNING\tNone`, `RUNNING\tNone`, `SUCCEEDED\t{"mode":"check"}`];
  expect(inShell(command, answers)).toBe(`${answers[2]}\n`);
  expect(inShell(command, [])).toBe('\n');
});

test('whoever is granted a cleanup of many databases may check one, and start a run over all and see what came of it', () => {
  const stack = new Stack(new App(), 'Stack');
  const cleanup = new ThreadCleanup(stack, 'Cleanup', { databaseSecrets: { prefix: 'prod/tenants/' } });
  cleanup.grantInvoke(new Role(stack, 'Operator', { assumedBy: new AccountPrincipal('111122223333') }));
  const policies = Object.entries(Template.fromStack(stack).findResources('AWS::IAM::Policy'));
  const [[, policy] = []] = policies.filter(([id]) => id.startsWith('Operator'));
  const statements: { readonly Action: string; readonly Resource: unknown }[] =
    policy?.['Properties'].PolicyDocument.Statement ?? [];
  const granted = (action: string) =>
    JSON.stringify(statements.filter(({ Action }) => Action === action).map(({ Resource }) => Resource));
  expect(granted('lambda:InvokeFunction')).toMatch(/"CleanupFunction[0-9A-F]{8}".*"CleanupFleetFunctionAliasall/);
  expect(granted('lambda:GetDurableExecution')).toMatch(/"CleanupFleetFunction[0-9A-F]{8}","Arn"\]\},":\*"/);
});

test('the dashboard shows executions that failed, which are no errors of an invocation', () => {
  const body = JSON.stringify(Object.values(many.findResources('AWS::CloudWatch::Dashboard'))[0]);
  expect(body).toContain('DurableExecutionFailed');
});

test('the deployment checks some of the databases', () => {
  many.hasResourceProperties('Custom::DeploymentCheck', { SecretPrefix: 'prod/tenants/' });
  one.hasResourceProperties('Custom::DeploymentCheck', { SecretPrefix: Match.absent() });
});

test('an alarm says that databases failed, with the command that checks one of them', () => {
  many.hasResourceProperties('AWS::CloudWatch::Alarm', {
    MetricName: 'FailedDatabases',
    Threshold: 1,
    AlarmDescription: {
      'Fn::Join': ['', Match.arrayWith([Match.stringLikeRegexp('"secret":"prod/tenants/NAME"')])],
    },
  });
  one.resourcePropertiesCountIs('AWS::CloudWatch::Alarm', { MetricName: 'FailedDatabases' }, 0);
});

test('the dashboard has a table of the last run in place of the widget', () => {
  const body = JSON.stringify(Object.values(many.findResources('AWS::CloudWatch::Dashboard'))[0]);
  expect(body).toContain('dedup secret');
  expect(body).not.toContain('custom');
  many.resourcePropertiesCountIs('AWS::Lambda::Function', { Handler: 'widget.handler' }, 0);
  many.hasOutput('FleetFunctionArn', {});
  expect(many.findOutputs('WidgetFunctionArn')).toEqual({});
});

test('exactly one of a secret and the secrets of many is needed, and a login with a token is one database’s', () => {
  const stack = new Stack(new App(), 'Stack');
  const databaseSecret = Secret.fromSecretNameV2(stack, 'Secret', 'prod/url');
  const databaseSecrets = { prefix: 'prod/tenants/' };
  const create = (props: ConstructorParameters<typeof ThreadCleanup>[2]) => () =>
    new ThreadCleanup(stack, 'Cleanup', props);
  const both = 'Exactly one of databaseSecret and databaseSecrets must be set.';
  expect(create({})).toThrow(both);
  stack.node.tryRemoveChild('Cleanup');
  expect(create({ databaseSecret, databaseSecrets })).toThrow(both);
  stack.node.tryRemoveChild('Cleanup');
  expect(create({ databaseSecrets: { prefix: 'prod/tenants' } })).toThrow(
    /^databaseSecrets\.prefix must be what the names .* \(got "prod\/tenants"\)$/,
  );
  stack.node.tryRemoveChild('Cleanup');
  expect(create({ databaseSecrets: { prefix: `${Token.asString({ Ref: 'Stage' })}/` } })).toThrow(
    'databaseSecrets.prefix must be known when the template is made (got a token)',
  );
  stack.node.tryRemoveChild('Cleanup');
  expect(create({ databaseSecrets, databaseIamAuth: { user: 'job', resourceId: 'db-ABC' } })).toThrow(
    /^databaseIamAuth is for one database/,
  );
});
