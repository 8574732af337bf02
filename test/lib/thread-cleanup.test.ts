import { Duration } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { AccountPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { describe, expect, test } from 'vitest';
import { METRICS } from '../../lambda/model/metric-names.ts';
import { ThreadCleanup } from '../../lib/thread-cleanup.ts';
import { deployed, templateOf, variables } from './cleanup-in-stack.ts';

const NAMED = Match.objectLike({ TOKEN_LIMIT_PARAMETER: '/Shop-Cleanup/token-limit' });

describe('a cleanup in somebody else’s stack', () => {
  test('needs a secret and nothing else', () => {
    const template = templateOf({});
    template.hasResourceProperties(
      'AWS::Lambda::Function',
      variables({
        DATABASE_SECRET_ID: 'prod/database-url',
        TOKEN_LIMIT: '1000000',
        TABLE_NAME: 'ClientView',
        AUDIT_TABLE_NAME: 'ThreadCleanupLog',
        LANGUAGE: 'en',
        TIMEZONE: 'UTC',
      }),
    );
    template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'cron(0 3 * * ? *)' });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
    template.resourceCountIs('Custom::DeploymentCheck', 1);
  });

  test('costs no resource that nobody asked for, and prints nothing', () => {
    const template = templateOf({});
    for (const type of ['SNS::Topic', 'EC2::SecurityGroup', 'S3::Bucket', 'KMS::Key', 'Scheduler::Schedule']) {
      template.resourceCountIs(`AWS::${type}`, 0);
    }
    expect(template.toJSON()).not.toHaveProperty('Outputs');
  });

  test('is called after the stack and its path, or as its owner says', () => {
    templateOf({}).hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: NAMED },
    });
    const named = templateOf({ name: 'Billing' });
    named.hasResourceProperties(
      'AWS::Lambda::Function',
      variables({ POWERTOOLS_SERVICE_NAME: 'Billing', STATE_PARAMETER: '/Billing/state' }),
    );
    named.hasResourceProperties('AWS::CloudWatch::Dashboard', {
      DashboardName: { 'Fn::Join': ['', ['Billing-', { Ref: 'AWS::Region' }]] },
    });
    named.hasResourceProperties('AWS::CloudWatch::Alarm', {
      Namespace: 'ThreadCleanup',
      Dimensions: [{ Name: 'service', Value: 'Billing' }],
    });
    expect(JSON.stringify(named.toJSON())).not.toContain('Shop-Cleanup');
  });

  test('may be one of two, each with its own pause, metrics and dashboard', () => {
    const { stack } = deployed(() => ({ notifyEmail: ['ops@example.com'], exportRetention: Duration.days(30) }));
    const databaseSecret = Secret.fromSecretNameV2(stack, 'OtherSecret', 'other/database-url');
    new ThreadCleanup(stack, 'Other', { databaseSecret, notifyEmail: ['ops@example.com'] });
    const template = Template.fromStack(stack);
    for (const name of ['Shop-Cleanup', 'Shop-Other']) {
      template.hasResourceProperties('AWS::Lambda::Function', variables({ STATE_PARAMETER: `/${name}/state` }));
      template.hasResourceProperties('AWS::CloudWatch::Dashboard', {
        DashboardName: { 'Fn::Join': ['', [`${name}-`, { Ref: 'AWS::Region' }]] },
      });
      template.hasResourceProperties('AWS::CloudWatch::Alarm', {
        MetricName: 'CleanupPaused',
        Dimensions: [{ Name: 'service', Value: name }],
      });
    }
  });
});

describe('what other constructs use', () => {
  test('whoever is granted it may invoke the function', () => {
    const { cleanup, stack } = deployed(() => ({}));
    cleanup.grantInvoke(new Role(stack, 'Operator', { assumedBy: new AccountPrincipal('111122223333') }));
    const arn = { 'Fn::GetAtt': [Match.stringLikeRegexp('^CleanupFunction'), 'Arn'] };
    Template.fromStack(stack).hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('^Operator'),
      PolicyDocument: {
        Statement: [{ Action: 'lambda:InvokeFunction', Effect: 'Allow', Resource: Match.arrayWith([arn]) }],
      },
    });
  });

  test('every metric that a cleanup writes has the dimension that it is written with', () => {
    const { cleanup, stack } = deployed(() => ({ name: 'Billing' }));
    const metrics = [
      cleanup.metricThreadsCleared(),
      cleanup.metricTokensCleared(),
      cleanup.metricRemainingThreads(),
      cleanup.metricActiveThreads(),
      cleanup.metricNearLimitThreads(),
      cleanup.metricOverLimitThreads(),
      cleanup.metricTotalTokens(),
      cleanup.metricLargestThread(),
      cleanup.metricCleanupDuration(),
      cleanup.metricCleanupCompleted(),
      cleanup.metricCleanupPaused(),
    ];
    const names = metrics.map(({ metricName }) => metricName);
    const described = ['NormalThreads', 'CautionThreads', 'TokenLimit'];
    expect([...names, ...described].sort()).toEqual(Object.keys(METRICS).sort());
    for (const metric of [...metrics, cleanup.metric('TokenLimit')]) {
      expect(metric).toMatchObject({ namespace: 'ThreadCleanup', dimensions: { service: 'Billing' } });
    }
    new Alarm(stack, 'Many', {
      metric: cleanup.metricThreadsCleared({ period: Duration.hours(1) }),
      threshold: 100,
      evaluationPeriods: 1,
    });
    Template.fromStack(stack).hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ThreadsCleared',
      Statistic: 'Sum',
      Period: 3600,
      Threshold: 100,
    });
  });

  test('there is a topic where somebody is told, and none elsewhere', () => {
    expect(deployed(() => ({})).cleanup.topic).toBeUndefined();
    const { cleanup, stack } = deployed(() => ({ notifyEmail: ['ops@example.com'] }));
    cleanup.topic?.grantPublish(new Role(stack, 'Else', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') }));
    expect(stack.resolve(cleanup.topic?.topicArn)).toEqual({ Ref: expect.stringMatching(/^CleanupNoticesTopic/) });
  });
});
