import type { Stack } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, test } from 'vitest';
import { ThreadCleanup } from '../../../lib/thread-cleanup.ts';
import { deployed, variables } from '../cleanup-in-stack.ts';

describe('an existing topic', () => {
  const existing = (stack: Stack) => Topic.fromTopicArn(stack, 'OnCall', 'arn:aws:sns:eu-west-1:111122223333:on-call');

  test('gets the alarms and the notices, and there is none besides', () => {
    const { template, cleanup } = deployed((stack) => ({ notifyTopic: existing(stack) }));
    const made = template();
    made.resourceCountIs('AWS::SNS::Topic', 0);
    made.resourceCountIs('AWS::SNS::TopicPolicy', 0);
    made.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [cleanup.topic?.topicArn] });
    made.hasResourceProperties(
      'AWS::Lambda::Function',
      variables({ TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:on-call' }, 'notify.handler'),
    );
  });

  test('is what addresses subscribe to, also those of two cleanups', () => {
    const notifyEmail = ['ops@example.com'];
    const { stack, cleanup } = deployed((stack) => ({ notifyTopic: existing(stack), notifyEmail }));
    const databaseSecret = Secret.fromSecretNameV2(stack, 'OtherSecret', 'other/database-url');
    new ThreadCleanup(stack, 'Other', { databaseSecret, notifyTopic: cleanup.topic, notifyEmail });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::SNS::Subscription', 2);
    template.allResourcesProperties('AWS::SNS::Subscription', {
      TopicArn: 'arn:aws:sns:eu-west-1:111122223333:on-call',
      Endpoint: 'ops@example.com',
    });
  });

  test('of the app has the alarms of the account use its key, without which they would be lost', () => {
    const template = deployed((stack) => ({
      notifyTopic: new Topic(stack, 'OnCall', { masterKey: new Key(stack, 'TopicKey') }),
    })).template();
    template.hasResourceProperties('AWS::KMS::Key', {
      KeyPolicy: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['kms:Decrypt', 'kms:GenerateDataKey*'],
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      },
    });
  });

  test('of the app lets the alarms of the account publish, and a key of its own the function that writes notices', () => {
    const template = deployed((stack) => ({
      notifyTopic: new Topic(stack, 'OnCall', { enforceSSL: true, masterKey: new Key(stack, 'TopicKey') }),
    })).template();
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'sns:Publish',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
          }),
        ]),
      },
    });
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('NoticesNotifyRole'),
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^TopicKey'), 'Arn'] },
          }),
        ]),
      },
    });
  });
});
