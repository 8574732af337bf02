import { App, type Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { AuroraStack } from '../../docs/examples/aurora.ts';
import { AuroraIamStack } from '../../docs/examples/aurora-iam.ts';
import { OnCallStack } from '../../docs/examples/existing-topic.ts';
import { InstanceStack } from '../../docs/examples/rds-instance.ts';
import { parseDatabaseAddress } from '../../lambda/database/address.ts';
import { cdkContext } from './synthesise.ts';

/** An example in an app of `cdk init`, synthesised; code is not bundled. */
function synthesised(make: (app: App) => Stack) {
  const app = new App({
    builtinCloudFormationValidation: false,
    context: { ...cdkContext, 'aws:cdk:bundling-stacks': [] },
  });
  const stack = make(app);
  const { messages } = app.synth().getStackArtifact(stack.artifactId);
  return { template: Template.fromStack(stack), messages: messages.map(({ entry }) => entry.data) };
}

const examples = {
  'rds-instance': (app: App) => new InstanceStack(app, 'Example'),
  aurora: (app: App) => new AuroraStack(app, 'Example'),
  'aurora-iam': (app: App) => new AuroraIamStack(app, 'Example'),
  'existing-topic': (app: App) => new OnCallStack(app, 'Example'),
};

describe.each(Object.entries(examples))('docs/examples/%s.ts', (name, make) => {
  const { template, messages } = synthesised(make);

  test('is synthesised without a warning', () => expect(messages).toEqual([]));

  test('cleans up every night', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'handler.handler',
      Environment: { Variables: Match.objectLike({ STATE_PARAMETER: '/Example-Cleanup/state' }) },
    });
    template.resourceCountIs('AWS::Scheduler::Schedule', name === 'aurora' ? 1 : 0);
  });
});

test.each(['rds-instance', 'aurora', 'aurora-iam'] as const)(
  'the database of docs/examples/%s.ts lets the cleanup in',
  (name) => {
    synthesised(examples[name]).template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', {
      GroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^Database'), 'GroupId'] },
      SourceSecurityGroupId: { 'Fn::GetAtt': [Match.stringLikeRegexp('^CleanupNetwork'), 'GroupId'] },
    });
  },
);

test('Aurora’s managed secret says who, and the cluster says where', () => {
  const { template } = synthesised(examples.aurora);
  const cluster = Match.stringLikeRegexp('^Database');
  template.hasResourceProperties('AWS::Lambda::Function', {
    Handler: 'handler.handler',
    Environment: {
      Variables: Match.objectLike({
        DATABASE_SECRET_ID: { 'Fn::GetAtt': [cluster, 'MasterUserSecret.SecretArn'] },
        DATABASE_HOST: { 'Fn::GetAtt': [cluster, 'Endpoint.Address'] },
        DATABASE_PORT: { 'Fn::GetAtt': [cluster, 'Endpoint.Port'] },
        DATABASE_NAME: 'whatsapp',
      }),
    },
  });
});

test('with IAM the secret has the address alone, which the function takes, and the role may log in to that cluster', () => {
  const { template } = synthesised(examples['aurora-iam']);
  const [address] = Object.values(template.findResources('AWS::SecretsManager::Secret'));
  const parts: unknown[] = address?.['Properties'].SecretString['Fn::Join'][1];
  const value = parts
    .map((part) => (typeof part === 'string' ? part : 'db.cluster-x.eu-west-1.rds.amazonaws.com'))
    .join('');
  expect(parseDatabaseAddress(value, 'the secret', { iamUser: 'thread_cleanup' })).toMatchObject({
    host: 'db.cluster-x.eu-west-1.rds.amazonaws.com',
    user: 'thread_cleanup',
    database: 'whatsapp',
  });
  template.hasResourceProperties('AWS::IAM::Policy', {
    PolicyDocument: { Statement: Match.arrayWith([Match.objectLike({ Action: 'rds-db:connect' })]) },
  });
});
