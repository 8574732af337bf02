import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { synthesise, variants } from '../synthesise.ts';

const standard = synthesise();
const noticed = synthesise(variants['with notices']);
const topic = { Ref: Match.stringLikeRegexp('^NoticesTopic') };

test('without addresses there is no topic, no rule for results and no function that writes e-mails', () => {
  standard.resourceCountIs('AWS::SNS::Topic', 0);
  expect(standard.findResources('AWS::Lambda::Function', { Properties: { Handler: 'notify.handler' } })).toEqual({});
  const rules = Object.keys(standard.findResources('AWS::Events::Rule'));
  expect(rules.map((id) => id.replace(/Rule\w+$/, '')).sort()).toEqual(['Continuation', 'Nightly']);
});

describe('the topic', () => {
  test('writes to each address', () => {
    for (const Endpoint of ['ops@example.com', 'ana@example.com']) {
      noticed.hasResourceProperties('AWS::SNS::Subscription', { Protocol: 'email', Endpoint, TopicArn: topic });
    }
    noticed.resourceCountIs('AWS::SNS::Subscription', 2);
  });

  test('takes messages over TLS only', () => {
    noticed.hasResourceProperties('AWS::SNS::TopicPolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Deny',
            Principal: '*',
            Action: 'sns:Publish',
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
            Resource: topic,
          }),
        ]),
      },
    });
  });

  test('has no key that alarms may not use', () => {
    noticed.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: Match.absent() });
  });
});

test('the deployment says whom it writes to, and that each of them has to confirm', () => {
  noticed.hasOutput('ConfirmNotices', {
    Value: 'ops@example.com, ana@example.com',
    Description: Match.stringLikeRegexp('no notice before following the link'),
  });
});

describe('the function that writes e-mails', () => {
  test('knows the topic, what its commands name, language and time zone, and nothing of the database', () => {
    synthesise(variants['with everything']).hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'notify.handler',
      Environment: {
        Variables: {
          NODE_OPTIONS: '--enable-source-maps',
          POWERTOOLS_SERVICE_NAME: 'WhatsAppThreadCleanup',
          TOPIC_ARN: topic,
          FUNCTION_NAME: { Ref: Match.stringLikeRegexp('^CleanupFunction') },
          TOKEN_LIMIT_PARAMETER: '/WhatsAppThreadCleanup/token-limit',
          FAILURE_QUEUE_URL: { Ref: Match.stringLikeRegexp('^Failures') },
          DASHBOARD_URL: Match.anyValue(),
          TABLE_NAME: 'ClientView',
          LANGUAGE: 'es',
          TIMEZONE: 'Europe/Madrid',
          DATABASE_SECRET_ID: Match.absent(),
        },
      },
    });
  });

  test('is in no VPC, not even when the others are', () => {
    synthesise(variants['with everything']).hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'notify.handler',
      VpcConfig: Match.absent(),
    });
  });
});
