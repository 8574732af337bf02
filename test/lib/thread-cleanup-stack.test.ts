import { Tags } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Trigger } from 'aws-cdk-lib/triggers';
import { describe, expect, test } from 'vitest';
import { ThreadCleanup } from '../../lib/thread-cleanup.ts';
import { createStack, synthesise, variants } from './synthesise.ts';

const standard = synthesise();
const inTimeZone = synthesise(variants['in a time zone']);
const everything = synthesise(variants['with everything']);

/** A rule of a security group. */
const out = (port: number) =>
  Match.objectLike({ IpProtocol: 'tcp', FromPort: port, ToPort: port, CidrIp: '0.0.0.0/0' });

const arnOfAlias = { Ref: Match.stringLikeRegexp('Aliasscheduled') };
const arnOfFailureQueue = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Failures'), 'Arn'] };

/** The properties of the function that cleans up, to say that something is not among them. */
function functionOf(template: Template): Record<string, unknown> {
  const functions = template.findResources('AWS::Lambda::Function', { Properties: { Handler: 'handler.handler' } });
  const [only, ...others] = Object.values(functions);
  expect(others).toEqual([]);
  return only?.['Properties'];
}

describe('the function', () => {
  test('is on Node.js 24 and arm64, with 256 MB and the 15 minutes that Lambda has', () => {
    standard.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'handler.handler',
      Runtime: 'nodejs24.x',
      Architectures: ['arm64'],
      MemorySize: 256,
      Timeout: 900,
    });
  });

  test('has nothing in its environment but where things are, and what everybody is told in', () => {
    expect(functionOf(standard)['Environment']).toEqual({
      Variables: {
        NODE_OPTIONS: '--enable-source-maps',
        POWERTOOLS_SERVICE_NAME: 'WhatsAppThreadCleanup',
        POWERTOOLS_METRICS_NAMESPACE: 'ThreadCleanup',
        DATABASE_SECRET_ID: 'prod/database-url',
        TOKEN_LIMIT: '1000000',
        TOKEN_LIMIT_PARAMETER: '/WhatsAppThreadCleanup/token-limit',
        STATE_PARAMETER: '/WhatsAppThreadCleanup/state',
        TABLE_NAME: 'ClientView',
        AUDIT_TABLE_NAME: 'ThreadCleanupLog',
        LANGUAGE: 'en',
        TIMEZONE: 'UTC',
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
      auditTableName: 'ops.AuditTable',
      maxClearedShare: '25',
      quietMinutes: '30',
      auditRetentionDays: '365',
      language: 'es',
      timezone: 'America/Bogota',
    };
    synthesise(options).hasResourceProperties('AWS::Lambda::Function', {
      Environment: {
        Variables: {
          DATABASE_HOST: 'db.example.com',
          DATABASE_PORT: '5433',
          DATABASE_NAME: 'whatsapp',
          TOKEN_LIMIT: '500000',
          TABLE_NAME: 'crm.ClientView',
          AUDIT_TABLE_NAME: 'ops.AuditTable',
          MAX_CLEARED_SHARE: '25',
          QUIET_MINUTES: '30',
          AUDIT_RETENTION_DAYS: '365',
          LANGUAGE: 'es',
          TIMEZONE: 'America/Bogota',
        },
      },
    });
  });

  test('runs outside of any VPC', () => {
    expect(functionOf(standard)).not.toHaveProperty('VpcConfig');
    standard.resourceCountIs('AWS::EC2::SecurityGroup', 0);
  });
});

describe('every function', () => {
  test.each(['handler', 'notify', 'verify', 'widget'])(
    'logs JSON to a log group of its own, which goes when the stack goes: %s',
    (module) => {
      everything.hasResourceProperties('AWS::Lambda::Function', {
        Handler: `${module}.handler`,
        LoggingConfig: { LogFormat: 'JSON', LogGroup: { Ref: Match.stringLikeRegexp('Logs') } },
      });
      everything.resourceCountIs('AWS::Logs::LogGroup', 4);
      everything.allResources('AWS::Logs::LogGroup', { DeletionPolicy: 'Delete', UpdateReplacePolicy: 'Delete' });
    },
  );

  test('keeps its log for 90 days, or for as many as asked', () => {
    everything.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 90 });
    synthesise({ logRetentionDays: '7' }).allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 7 });
  });

  test('is on Node.js 24', () => {
    everything.allResourcesProperties('AWS::Lambda::Function', { Runtime: 'nodejs24.x' });
  });
});

describe('the function that draws the dashboard’s report', () => {
  test('knows what a check needs, and nothing more', () => {
    everything.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'widget.handler',
      Timeout: 60,
      DeadLetterConfig: Match.absent(),
      Environment: {
        Variables: Match.exact({
          NODE_OPTIONS: '--enable-source-maps',
          POWERTOOLS_SERVICE_NAME: 'WhatsAppThreadCleanup',
          DATABASE_SECRET_ID: 'prod/database-url',
          TOKEN_LIMIT: '1000000',
          TOKEN_LIMIT_PARAMETER: '/WhatsAppThreadCleanup/token-limit',
          STATE_PARAMETER: '/WhatsAppThreadCleanup/state',
          MAX_CLEARED_SHARE: '25',
          TABLE_NAME: 'ClientView',
          AUDIT_TABLE_NAME: 'ThreadCleanupLog',
          LANGUAGE: 'es',
          TIMEZONE: 'Europe/Madrid',
        }),
      },
    });
  });

  test('reaches the database as the other one does', () => {
    const network = functionOf(everything)['VpcConfig'];
    expect(network).toBeDefined();
    everything.hasResourceProperties('AWS::Lambda::Function', { Handler: 'widget.handler', VpcConfig: network });
    synthesise({ databaseHost: 'db.example.com', databasePort: '5433', databaseName: 'app' }).hasResourceProperties(
      'AWS::Lambda::Function',
      {
        Handler: 'widget.handler',
        Environment: {
          Variables: { DATABASE_HOST: 'db.example.com', DATABASE_PORT: '5433', DATABASE_NAME: 'app' },
        },
      },
    );
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
    synthesise({ timezone }).hasResourceProperties('AWS::Events::Rule', { ScheduleExpression: 'cron(0 3 * * ? *)' });
  });

  test('may be at 03:00 in Bogota, by a schedule in that zone and without the rule', () => {
    inTimeZone.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 3 * * ? *)',
      ScheduleExpressionTimezone: 'America/Bogota',
      FlexibleTimeWindow: { Mode: 'OFF' },
      State: 'ENABLED',
      Target: Match.objectLike({ Arn: arnOfAlias, Input: '{"mode":"cleanup"}' }),
    });
    const rules = inTimeZone.findResources('AWS::Events::Rule');
    expect(Object.values(rules).filter(({ Properties }) => 'ScheduleExpression' in Properties)).toEqual([]);
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
      SecurityGroupEgress: [out(5432), out(443)],
    });
    template.resourceCountIs('AWS::EC2::SecurityGroupIngress', 0);
  });

  test.each([
    ['6543', [6543, 443]],
    ['443', [443]],
  ])('the security group lets out to the database, on port %s, and to AWS, and nowhere else', (databasePort, ports) => {
    const template = synthesise({ ...variants['in a VPC without security groups'], databasePort });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { SecurityGroupEgress: ports.map(out) });
  });

  test('the right to its network interfaces is there before the function, and goes after every version of it', () => {
    const resources: Record<string, { Type: string; DependsOn?: string[] }> = synthesise(
      variants['in a VPC without security groups'],
    ).toJSON()['Resources'];
    const ids = Object.keys(resources);
    for (const name of ['Cleanup', 'Widget']) {
      const policy = ids.find((id) => id.startsWith(`${name}RoleNetworkInterfaces`));
      const placed = ids.filter((id) => new RegExp(`^${name}Function(CurrentVersion)?[0-9A-F]{8}`).test(id));
      expect(placed).toHaveLength(name === 'Cleanup' ? 2 : 1);
      for (const id of placed) expect(resources[id]?.DependsOn).toContain(policy);
    }
  });
});

test('a tag for everything in the app is on everything that takes tags', () => {
  const withoutTags = [
    ...['AWS::CloudWatch::Dashboard', 'AWS::Events::EventBusPolicy', 'AWS::IAM::Policy', 'AWS::Lambda::Alias'],
    ...['AWS::Lambda::EventInvokeConfig', 'AWS::Lambda::Permission', 'AWS::Lambda::Version', 'AWS::S3::BucketPolicy'],
    ...['AWS::SNS::Subscription', 'AWS::SNS::TopicPolicy', 'AWS::SQS::QueuePolicy', 'AWS::Scheduler::Schedule'],
    'Custom::DeploymentCheck',
  ];
  for (const options of [variants['without options'], variants['with everything']]) {
    const { app, stack } = createStack(options);
    Tags.of(app).add('team', 'support');
    const resources: Record<string, { Type: string; Properties: { Tags?: unknown } }> =
      Template.fromStack(stack).toJSON()['Resources'];
    const untagged = Object.values(resources).filter(
      ({ Properties: { Tags: tags } }) => !JSON.stringify(tags ?? '').includes('"support"'),
    );
    expect(untagged.map(({ Type }) => Type).filter((type) => !withoutTags.includes(type))).toEqual([]);
    // None is a tag of the stack, which CloudFormation itself would hand on.
    expect(stack.tags.tagValues()).toEqual({});
  }
});

test('two deployments’ worth of it fit into one stack, beside somebody else’s trigger', () => {
  const { stack } = createStack({});
  const databaseSecret = Secret.fromSecretNameV2(stack, 'Secret', 'other/database-url');
  const other = new ThreadCleanup(stack, 'Other', { databaseSecret });
  new Trigger(stack, 'Trigger', {
    handler: new LambdaFunction(stack, 'Theirs', {
      code: Code.fromInline('exports.handler = async () => {}'),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
    }),
  });
  const template = Template.fromStack(stack);
  expect(other.node.path).toContain('Other');
  template.resourceCountIs('Custom::DeploymentCheck', 2);
  const role = Object.entries(template.findResources('AWS::IAM::Role')).find(([id]) => id.startsWith('AWSCDKTrigger'));
  expect(role?.[1]['Properties'].ManagedPolicyArns).toHaveLength(1);
});

test('a stack is protected from deletion when asked', () => {
  expect(createStack({}).stack.terminationProtection).toBe(false);
  expect(createStack({ terminationProtection: 'true' }).stack.terminationProtection).toBe(true);
});

test('a deployment prints the name of the function, and a check command to copy', () => {
  const name = { Ref: Match.stringLikeRegexp('Function') };
  standard.hasOutput('FunctionName', { Value: name });
  standard.hasOutput('CheckCommand', {
    Value: {
      'Fn::Join': [
        '',
        [
          'aws lambda invoke --region ',
          { Ref: 'AWS::Region' },
          ' --function-name ',
          name,
          ' --cli-read-timeout 0 /dev/stdout',
        ],
      ],
    },
  });
});

test('a deployment prints what dashboard viewers need a right to', () => {
  const arn = { 'Fn::GetAtt': [Match.stringLikeRegexp('^WidgetFunction'), 'Arn'] };
  standard.hasOutput('WidgetFunctionArn', { Value: arn });
});

test('several stacks may exist side by side in an account: no resource has a name but with the stack’s in it', () => {
  const names = ['FunctionName', 'QueueName', 'LogGroupName', 'RoleName', 'Name', 'GroupName', 'AlarmName'];
  names.push('BucketName', 'DashboardName', 'TopicName');
  for (const template of [standard, inTimeZone, everything]) {
    const resources: Record<string, { Type: string; Properties: object }> = template.toJSON()['Resources'];
    const named = Object.values(resources)
      .filter(({ Type }) => Type !== 'AWS::Lambda::Alias')
      .flatMap(({ Properties }) => names.map((name) => Reflect.get(Properties, name)))
      .filter((name) => typeof name === 'string' && !name.startsWith('WhatsAppThreadCleanup'));
    expect(named).toEqual([]);
  }
});
