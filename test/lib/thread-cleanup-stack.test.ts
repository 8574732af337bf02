import { Match, type Template } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import { synthesise, variants } from './synthesise.ts';

const standard = synthesise();
const inTimeZone = synthesise(variants['in a time zone']);

const arnOfAlias = { Ref: Match.stringLikeRegexp('Aliasscheduled') };
const arnOfFailureQueue = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Failures'), 'Arn'] };

/** The one function's properties, to say that something is not among them. */
function functionOf(template: Template): Record<string, unknown> {
  const [only, ...others] = Object.values(template.findResources('AWS::Lambda::Function'));
  expect(others).toEqual([]);
  return only?.['Properties'];
}

describe('the function', () => {
  test('is one, on Node.js 24 and arm64, with 256 MB and the 15 minutes that Lambda has', () => {
    standard.resourceCountIs('AWS::Lambda::Function', 1);
    standard.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'handler.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 256,
      Timeout: 900,
    });
  });

  test('has nothing in its environment but where the secret and the tables are', () => {
    expect(functionOf(standard)['Environment']).toEqual({
      Variables: {
        NODE_OPTIONS: '--enable-source-maps',
        DATABASE_SECRET_ID: 'prod/database-url',
        TABLE_NAME: 'ClientView',
        AUDIT_TABLE_NAME: 'ThreadCleanupLog',
      },
    });
  });

  test('gets every option that it reads', () => {
    const options = {
      databaseHost: 'db.example.com',
      databasePort: '5433',
      databaseName: 'whatsapp',
      tokenLimit: '500000',
      tableName: 'crm.ClientView',
      auditTableName: 'ops.CleanupLog',
    };
    synthesise(options).hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          DATABASE_HOST: 'db.example.com',
          DATABASE_PORT: '5433',
          DATABASE_NAME: 'whatsapp',
          TOKEN_LIMIT: '500000',
          TABLE_NAME: 'crm.ClientView',
          AUDIT_TABLE_NAME: 'ops.CleanupLog',
        },
      },
    });
  });

  test('logs JSON to a log group of its own, which goes when the stack goes', () => {
    standard.resourceCountIs('AWS::Logs::LogGroup', 1);
    standard.hasResourceProperties('AWS::Lambda::Function', {
      LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: Match.stringLikeRegexp('Logs') } },
    });
    standard.hasResource('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
  });

  test('keeps its log for 90 days, or for as many as asked', () => {
    standard.hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
    synthesise({ logRetentionDays: '7' }).hasResourceProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  });

  test('runs outside of any VPC', () => {
    expect(functionOf(standard)).not.toHaveProperty('VpcConfig');
    standard.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  });
});

describe('the nightly run', () => {
  test('cleans up at 03:00 UTC', () => {
    standard.hasResourceProperties('AWS::Events::Rule', {
      ScheduleExpression: 'cron(0 3 * * ? *)',
      State: 'ENABLED',
      Targets: [Match.objectLike({ Arn: arnOfAlias, Input: '{"mode":"cleanup"}' })],
    });
    standard.resourceCountIs('AWS::Scheduler::Schedule', 0);
  });

  test('may be at another time', () => {
    const template = synthesise({ schedule: '30 4 ? * MON *' });
    template.hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'cron(30 4 ? * MON *)' });
  });

  test.each(['UTC', 'Etc/UTC', 'GMT'])('is a rule when the time zone is %s', (timezone) => {
    synthesise({ timezone }).resourceCountIs('AWS::Events::Rule', 1);
  });

  test('may be at 03:00 in Bogota, by a schedule in that zone and without the rule', () => {
    inTimeZone.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 3 * * ? *)',
      ScheduleExpressionTimezone: 'America/Bogota',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
      Target: Match.objectLike({ Arn: arnOfAlias, Input: '{"mode":"cleanup"}' }),
    });
    inTimeZone.resourceCountIs('AWS::Events::Rule', 0);
  });

  const delivery = {
    RetryPolicy: { MaximumEventAgeInSeconds: 7200, MaximumRetryAttempts: 185 },
    DeadLetterConfig: { Arn: arnOfFailureQueue },
  };

  test('is delivered again for two hours, and kept when it could not be', () => {
    standard.hasResourceProperties('AWS::Events::Rule', { Targets: [Match.objectLike(delivery)] });
    inTimeZone.hasResourceProperties('AWS::Scheduler::Schedule', { Target: Match.objectLike(delivery) });
  });

  test.each([
    ['rule', standard],
    ['schedule', inTimeZone],
  ])(
    'is tried twice more when the function fails, by the alias that the %s invokes, and kept after that',
    (_, template) => {
      template.hasResourceProperties('AWS::Lambda::Alias', { Name: 'scheduled' });
      template.resourceCountIs('AWS::Lambda::EventInvokeConfig', 1);
      template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
        Qualifier: { 'Fn::Select': [7, { 'Fn::Split': [':', arnOfAlias] }] },
        MaximumRetryAttempts: 2,
        MaximumEventAgeInSeconds: 7200,
      });
      template.hasResourceProperties('AWS::Lambda::Function', { DeadLetterConfig: { TargetArn: arnOfFailureQueue } });
    },
  );
});

describe('the queue of failed runs', () => {
  test('is one, encrypted, and keeps a message for the 14 days that SQS has', () => {
    standard.resourceCountIs('AWS::SQS::Queue', 1);
    standard.hasResourceProperties('AWS::SQS::Queue', {
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
    });
  });

  test('is used over TLS only', () => {
    standard.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          {
            Effect: 'Deny',
            Principal: { AWS: '*' },
            Action: 'sqs:*',
            Resource: arnOfFailureQueue,
            Condition: { Bool: { 'aws:SecureTransport': 'false' } },
          },
        ]),
      },
    });
  });
});

describe('in a VPC', () => {
  test('runs in the subnets and security groups that are named, and creates none', () => {
    const template = synthesise(variants['in a VPC with security groups']);
    template.hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: { SubnetIds: ['subnet-0a1b2c3d', 'subnet-4e5f6a7b'], SecurityGroupIds: ['sg-0a1b2c3d'] },
    });
    template.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  });

  test('creates a security group that lets nothing in when only the VPC is named', () => {
    const template = synthesise(variants['in a VPC without security groups']);
    template.hasResourceProperties('AWS::Lambda::Function', {
      VpcConfig: {
        SubnetIds: ['subnet-0a1b2c3d'],
        SecurityGroupIds: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('SecurityGroup'), 'GroupId'] }],
      },
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', {
      VpcId: 'vpc-0a1b2c3d',
      SecurityGroupIngress: Match.absent(),
      SecurityGroupEgress: [Match.objectLike({ IpProtocol: 'tcp', CidrIp: '0.0.0.0/0' })],
    });
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });
});

test('a deployment prints the name of the function, and a check command to copy', () => {
  const name = { Ref: Match.stringLikeRegexp('Function') };
  standard.hasOutput('FunctionName', { Value: name });
  standard.hasOutput('CheckCommand', {
    Value: {
      'Fn::Join': ['', ['aws lambda invoke --function-name ', name, ' --cli-read-timeout 0 /dev/stdout']],
    },
  });
});

test('several stacks may stand side by side in an account: no resource has a name of its own', () => {
  const names = ['FunctionName', 'QueueName', 'LogGroupName', 'RoleName', 'Name', 'GroupName'];
  for (const template of [standard, inTimeZone]) {
    const resources: Record<string, { Type: string; Properties: object }> = template.toJSON()['Resources'];
    const named = Object.values(resources)
      .filter(({ Type }) => Type !== 'AWS::Lambda::Alias')
      .filter(({ Properties }) => names.some((name) => typeof Reflect.get(Properties, name) === 'string'));
    expect(named).toEqual([]);
  }
});
