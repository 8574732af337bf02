import { App, Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, test } from 'vitest';
import { ThreadCleanup } from '../../../lib/thread-cleanup.ts';
import { matches, resolved } from '../event-pattern.ts';
import { cdkContext, synthesise, variants } from '../synthesise.ts';

const template = synthesise(variants['with notices']);
const [alias = ''] = Object.keys(template.findResources('AWS::Lambda::Alias'));

/** The pattern of the rule with that logical id. */
function patternOf(rule: string) {
  const rules = Object.entries(template.findResources('AWS::Events::Rule'));
  return resolved(rules.find(([id]) => id.startsWith(rule))?.[1]['Properties'].EventPattern);
}

/** What Lambda puts on the event bus after an asynchronous invocation. */
function record(
  responsePayload: Record<string, string | number | boolean | typeof next>,
  changes: Record<string, string> = {},
) {
  const { outcome = 'Success', source = 'lambda', functionArn = alias } = changes;
  return {
    source,
    'detail-type': `Lambda Function Invocation Result - ${outcome}`,
    detail: {
      version: '1.0',
      requestContext: { requestId: 'r', functionArn, condition: outcome, approximateInvokeCount: 1 },
      requestPayload: { mode: 'cleanup', force: true },
      responseContext: { statusCode: 200, executedVersion: '7' },
      responsePayload,
    },
  };
}

const next = { mode: 'cleanup', tokenLimit: 1_000_000 };
const stopped = { mode: 'cleanup', cleanedCount: 2000, complete: false, next };
const completed = { mode: 'cleanup', cleanedCount: 2000, complete: true };

const bus = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Results'), 'Arn'] };

test('the alias puts its results, successes and failures, on a bus of the stack’s own', () => {
  template.resourceCountIs('AWS::Events::EventBus', 1);
  template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
    Qualifier: { 'Fn::Select': [7, { 'Fn::Split': [':', { Ref: alias }] }] },
    DestinationConfig: { OnSuccess: { Destination: bus }, OnFailure: { Destination: bus } },
  });
});

test('the bus has a name of its own in every stack of an account, also where construct ids are the same', () => {
  const busOf = (stackName: string, name?: string) => {
    const stack = new Stack(new App({ context: { ...cdkContext, 'aws:cdk:bundling-stacks': [] } }), 'Shop', {
      stackName,
    });
    const databaseSecret = Secret.fromSecretNameV2(stack, 'Secret', 'prod/database-url');
    new ThreadCleanup(stack, 'Cleanup', { databaseSecret, name });
    return Object.values(Template.fromStack(stack).findResources('AWS::Events::EventBus'))[0]?.['Properties'].Name;
  };
  expect(busOf('Shop-staging')).toBe('Shop-staging-Cleanup-results');
  expect(busOf('Shop-production')).toBe('Shop-production-Cleanup-results');
  expect(busOf('Shop-production', 'Billing')).toBe('Billing-results');
});

test('the bus refuses the events of everybody but the function, so that nobody can forge a result', () => {
  template.hasResourceProperties('AWS::Events::EventBusPolicy', {
    EventBusName: { Ref: Match.stringLikeRegexp('^Results') },
    Statement: {
      Effect: 'Deny',
      Principal: '*',
      Action: 'events:PutEvents',
      Resource: bus,
      Condition: {
        ArnNotEquals: { 'aws:PrincipalArn': { 'Fn::GetAtt': [Match.stringLikeRegexp('^CleanupRole'), 'Arn'] } },
      },
    },
  });
});

test('what acts on results listens there, and the schedule alone on the account’s default bus', () => {
  const rules = Object.entries(template.findResources('AWS::Events::Rule'));
  const elsewhere = rules.filter(([, { Properties }]) => !String(Properties.EventBusName?.Ref).startsWith('Results'));
  expect(elsewhere.map(([id]) => id.replace(/Rule\w+$/, ''))).toEqual(['Nightly']);
});

test('nothing but the alias puts results there: a check elsewhere has names and phone numbers in it', () => {
  template.resourceCountIs('AWS::Lambda::EventInvokeConfig', 1);
});

describe('a cleanup that ran out of time', () => {
  const pattern = patternOf('Continuation');

  test.each([2000, 0])(
    'is continued when it cleared %i threads: what it gained is pages of the table',
    (cleanedCount) => {
      expect(matches(pattern, record({ ...stopped, cleanedCount }))).toBe(true);
    },
  );

  test.each([
    ['is complete', record(completed)],
    ['is complete and cleared nothing', record({ ...completed, cleanedCount: 0 })],
    ['failed', record(stopped, { outcome: 'Failure' })],
    ['failed with an error', record({ errorMessage: 'out of reach', errorType: 'x' }, { outcome: 'Failure' })],
    [
      'gained nothing, and so hands out nothing to continue with',
      record({ mode: 'cleanup', cleanedCount: 2000, complete: false }),
    ],
    ['is a check', record({ mode: 'check', totalContacts: 243 })],
    ['is another function’s', record(stopped, { functionArn: 'another' })],
    ['was not scheduled', record(stopped, { functionArn: alias.replace('Aliasscheduled', '') })],
    ['is somebody’s own event', record(stopped, { source: 'my.app' })],
  ])('is not continued when it %s', (_, event) => {
    expect(matches(pattern, event)).toBe(false);
  });

  test('continues with the payload that it handed out, and is kept when it could not be delivered', () => {
    template.hasResourceProperties('AWS::Events::Rule', {
      Description: Match.stringLikeRegexp('Continues'),
      Targets: [
        {
          Id: 'Target0',
          Arn: { Ref: alias },
          InputPath: '$.detail.responsePayload.next',
          RetryPolicy: { MaximumEventAgeInSeconds: 7200, MaximumRetryAttempts: 185 },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Failures'), 'Arn'] } },
        },
      ],
    });
  });
});

describe('the function that writes e-mails', () => {
  const isTold = (event: ReturnType<typeof record>) =>
    matches(patternOf('NoticesCleared'), event) || matches(patternOf('NoticesFailed'), event);

  test.each([
    ['cleared something', record(completed)],
    ['cleared something and cannot be continued', record({ ...completed, complete: false })],
    ['failed', record({ errorMessage: 'out of reach' }, { outcome: 'Failure' })],
  ])('is told of a scheduled run that %s', (_, event) => {
    expect(isTold(event)).toBe(true);
  });

  test.each([
    ['cleared nothing', record({ ...completed, cleanedCount: 0 })],
    ['is going to be continued: its last part is told of', record(stopped)],
    ['is another function’s', record(completed, { functionArn: 'another' })],
    ['is another function’s failure', record({}, { outcome: 'Failure', functionArn: 'another' })],
  ])('is not told of a run that %s', (_, event) => {
    expect(isTold(event)).toBe(false);
  });

  test('is told once of each', () => {
    for (const event of [record(completed), record({}, { outcome: 'Failure' })]) {
      expect(matches(patternOf('NoticesCleared'), event)).not.toBe(matches(patternOf('NoticesFailed'), event));
    }
  });

  test('is told again for two hours, and what could not be told is kept', () => {
    const delivery = {
      Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('Notify'), 'Arn'] },
      RetryPolicy: { MaximumEventAgeInSeconds: 7200, MaximumRetryAttempts: 185 },
      DeadLetterConfig: { Arn: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Failures'), 'Arn'] } },
    };
    const rules = template.findResources('AWS::Events::Rule', {
      Properties: { Targets: [Match.objectLike(delivery)] },
    });
    expect(Object.keys(rules)).toHaveLength(2);
  });
});
