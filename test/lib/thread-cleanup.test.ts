import { CfnParameter, Duration, Fn, type Stack, TimeZone, Token } from 'aws-cdk-lib';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { type IVpc, Port, SecurityGroup, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { AccountPrincipal, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { type ISecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { METRICS } from '../../lambda/model/metric-names.ts';
import { ThreadCleanup, type ThreadCleanupProps } from '../../lib/thread-cleanup.ts';
import { foreignStack } from './synthesise.ts';

type Options = Omit<ThreadCleanupProps, 'databaseSecret'>;

/** A cleanup in a stack of its own, and its template. */
function deployed(make: (stack: Stack) => Partial<ThreadCleanupProps>) {
  const stack = foreignStack();
  const databaseSecret = Secret.fromSecretNameV2(stack, 'Secret', 'prod/database-url');
  const cleanup = new ThreadCleanup(stack, 'Cleanup', { databaseSecret, ...make(stack) });
  return { stack, cleanup, template: () => Template.fromStack(stack) };
}

const templateOf = (options: Options) => deployed(() => options).template();

// The classes have `string | undefined` where their own interfaces have `string?`, which are not the same to
// exactOptionalPropertyTypes: hence the assertions.
const newVpc = (stack: Stack) => new Vpc(stack, 'Vpc') as IVpc;
const newSecret = (stack: Stack, encryptionKey?: Key) =>
  new Secret(stack, 'Own', encryptionKey === undefined ? {} : { encryptionKey }) as ISecret;

/** The message with which a cleanup with these props is refused. */
function refusal(options: Options): string {
  try {
    deployed(() => options);
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
  throw new Error(`accepted: ${Object.keys(options)}`);
}

const variables = (of: Record<string, unknown>, Handler = 'handler.handler') => ({
  Handler,
  Environment: { Variables: Match.objectLike(of) },
});

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

describe('the secret', () => {
  test('of the same app is read by its ARN, and by nothing that looks like it', () => {
    const template = deployed((stack) => ({ databaseSecret: newSecret(stack) })).template();
    const arn = { Ref: Match.stringLikeRegexp('^Own') };
    template.hasResourceProperties('AWS::Lambda::Function', variables({ DATABASE_SECRET_ID: arn }));
    expect(secretStatements(template)).toEqual([{ Ref: expect.stringMatching(/^Own/) }]);
  });

  test('encrypted with a key of one’s own brings the right to decrypt', () => {
    const template = deployed((stack) => ({
      databaseSecret: newSecret(stack, new Key(stack, 'SecretKey')),
    })).template();
    template.hasResourceProperties('AWS::IAM::Policy', {
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Action: 'kms:Decrypt',
            Resource: { 'Fn::GetAtt': [Match.stringLikeRegexp('^SecretKey'), 'Arn'] },
          }),
        ]),
      },
    });
  });

  test('imported by a partial ARN of another region keeps it', () => {
    const arn = 'arn:aws:secretsmanager:us-east-2:111122223333:secret:prod/db';
    const template = deployed((stack) => ({
      databaseSecret: Secret.fromSecretPartialArn(stack, 'Partial', arn),
    })).template();
    template.hasResourceProperties('AWS::Lambda::Function', variables({ DATABASE_SECRET_ID: arn }));
    expect(secretStatements(template)).toEqual([`${arn}-??????`]);
  });

  function secretStatements(template: Template): unknown[] {
    const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
    const [, policy] = policies.find(([id]) => /^CleanupRoleDefaultPolicy/.test(id)) ?? [];
    const statements: { Action: string; Resource: unknown }[] = policy?.['Properties'].PolicyDocument.Statement;
    return statements.filter(({ Action }) => Action === 'secretsmanager:GetSecretValue').map((each) => each.Resource);
  }
});

describe('values that are known only when it is deployed', () => {
  test('pass: host, port, name, role and resource id of a database, limits, addresses, variables', () => {
    const { template } = deployed((stack) => {
      const text = (id: string) => new CfnParameter(stack, id).valueAsString;
      const number = (id: string) => new CfnParameter(stack, id, { type: 'Number' }).valueAsNumber;
      return {
        databaseHost: text('Host'),
        databasePort: number('Port'),
        databaseName: text('Database'),
        databaseIamAuth: { user: text('User'), resourceId: text('ResourceId') },
        tokenLimit: number('Limit'),
        maxClearedShare: number('Share'),
        quietTime: Duration.minutes(number('Quiet')),
        auditRetention: Duration.days(number('Audit')),
        exportRetention: Duration.days(number('Export')),
        notifyEmail: [text('Email'), 'ops@example.com'],
        environment: { HTTPS_PROXY: text('Proxy') },
        vpc: { subnetIds: Fn.split(',', text('Subnets')), vpcId: text('Vpc') },
      };
    });
    const made = template();
    made.hasResourceProperties(
      'AWS::Lambda::Function',
      variables({
        DATABASE_HOST: { Ref: 'Host' },
        DATABASE_PORT: { Ref: 'Port' },
        DATABASE_NAME: { Ref: 'Database' },
        DATABASE_IAM_USER: { Ref: 'User' },
        TOKEN_LIMIT: { Ref: 'Limit' },
        MAX_CLEARED_SHARE: { Ref: 'Share' },
        QUIET_MINUTES: { Ref: 'Quiet' },
        AUDIT_RETENTION_DAYS: { Ref: 'Audit' },
        HTTPS_PROXY: { Ref: 'Proxy' },
      }),
    );
    made.hasResourceProperties('AWS::SNS::Subscription', { Endpoint: { Ref: 'Email' } });
    made.hasResourceProperties('AWS::EC2::SecurityGroup', {
      VpcId: { Ref: 'Vpc' },
      SecurityGroupEgress: Match.arrayWith([Match.objectLike({ FromPort: { Ref: 'Port' }, ToPort: { Ref: 'Port' } })]),
    });
  });

  test.each<[string, (token: string) => Options]>([
    ['tableName', (tableName) => ({ tableName })],
    ['schedule', (token) => ({ schedule: ScheduleExpression.expression(token) })],
    ['schedule', (token) => ({ schedule: ScheduleExpression.cron({ timeZone: TimeZone.of(token) }) })],
  ])('are refused where the template itself depends on them: %s', (prop, options) => {
    const token = Token.asString({ Ref: 'Something' });
    expect(refusal(options(token))).toBe(`${prop} must be known when the template is made (got a token)`);
  });
});

describe('a wrong value is refused, with the prop, what it must be and what was given', () => {
  test.each<[Options, string]>([
    [
      { databaseHost: 'db.example.com:5432' },
      'databaseHost must be a host name or an IP address, without scheme and port',
    ],
    [{ databasePort: 65_536 }, 'databasePort must be a port from 1 to 65535 (got 65536)'],
    [{ databasePort: 5432.5 }, 'databasePort must be a port from 1 to 65535 (got 5432.5)'],
    [{ databaseName: '' }, 'databaseName must be the name of a PostgreSQL database, at most 63 bytes (got "")'],
    [
      { databaseIamAuth: { user: '*', resourceId: 'db-ABC' } },
      'databaseIamAuth.user must be the name of a PostgreSQL role of letters, digits and _ . @ -, at most 63 (got "*")',
    ],
    [
      { databaseIamAuth: { user: 'app', resourceId: '*' } },
      'databaseIamAuth.resourceId must be the resource id of the database: db-… or cluster-…, or prx-… of an RDS Proxy (got "*")',
    ],
    [{ name: 'ssm' }, 'name must be at most 128 letters, digits and hyphens, starting with a letter'],
    [{ schedule: ScheduleExpression.rate(Duration.days(1)) }, 'schedule must be a cron expression of six fields'],
    [
      { schedule: ScheduleExpression.cron({ timeZone: TimeZone.of('Mars/Phobos') }) },
      'schedule must be an IANA time zone, such as America/Bogota (got "Mars/Phobos")',
    ],
    [{ tokenLimit: 0 }, 'tokenLimit must be a positive whole number, such as 500000 (got 0)'],
    [{ tokenLimit: Number.NaN }, 'tokenLimit must be a positive whole number, such as 500000 (got NaN)'],
    [{ maxClearedShare: 101 }, 'maxClearedShare must be a percentage from 1 to 100, without the % sign (got 101)'],
    [{ quietTime: Duration.days(8) }, 'quietTime must be a whole number of minutes from 0 to 10,080 (got 11520)'],
    [{ quietTime: Duration.seconds(30) }, 'quietTime must be a whole number of minutes from 0 to 10,080 (got 0.5)'],
    [{ tableName: 'a.b.c' }, 'tableName must be a table or schema.table'],
    [{ auditTableName: '' }, 'auditTableName must be a table or schema.table'],
    [
      { auditRetention: Duration.hours(12) },
      'auditRetention must be a whole number of days from 1 to 36,500 (got 0.5)',
    ],
    [{ exportRetention: Duration.days(0) }, 'exportRetention must be a whole number of days from 1 to 36,500 (got 0)'],
    [{ notifyEmail: ['ops@example.com', 'ana'] }, 'notifyEmail must be a list of e-mail addresses'],
    [{ nearLimitAlarm: 0 }, 'nearLimitAlarm must be a positive whole number of threads (got 0)'],
    [{ logRetention: RetentionDays.INFINITE }, 'logRetention must be one of 1, 3, 5, 7, 14, 30, 60, 90'],
    [{ environment: { TOKEN_LIMIT: '5' } }, 'environment must be a JSON object of environment variables'],
    [{ vpc: { subnetIds: ['subnet-1'], vpcId: 'vpc-0a1b2c3d' } }, 'vpc.subnetIds must be a list of subnet ids'],
    [{ vpc: { subnetIds: ['subnet-0a1b2c3d'], vpcId: 'vpc-1' } }, 'vpc.vpcId must be the id of a VPC (got "vpc-1")'],
    [{ vpc: { subnetIds: ['subnet-0a1b2c3d'] } }, 'vpc by its ids needs securityGroups, or vpcId to create'],
    [
      { vpcSubnets: { subnetType: SubnetType.PUBLIC } },
      'vpcSubnets has no effect without vpc. Set vpc as well, or remove it.',
    ],
    [
      { vpc: { subnetIds: ['subnet-0a1b2c3d'], vpcId: 'vpc-0a1b2c3d' }, vpcSubnets: {} },
      'vpcSubnets has no effect on a vpc by its ids. Set vpc.subnetIds alone.',
    ],
  ])('%#: %j', (options, message) => {
    const refused = refusal(options);
    expect(refused.slice(0, message.length)).toBe(message);
    expect(refused).not.toContain('\n');
  });

  test('a path that makes no name, with what makes one', () => {
    const stack = foreignStack();
    const databaseSecret = Secret.fromSecretNameV2(stack, 'Secret', 'prod/database-url');
    expect(() => new ThreadCleanup(stack, 'Threads of ours', { databaseSecret })).toThrow(
      /^name must be at most 128 letters.*\(got "Shop-Threads of ours"\)$/,
    );
  });

  test('a FIFO topic, to which alarms and notices cannot publish', () => {
    expect(() =>
      deployed((stack) => ({ notifyTopic: new Topic(stack, 'Topic', { fifo: true, topicName: 'x.fifo' }) })),
    ).toThrow('notifyTopic must be a standard topic (got a FIFO topic)');
  });

  test('a value that may have a password in it is not shown', () => {
    const refused = refusal({ databaseHost: 'postgres://app:hunter2@db.example.com/app' });
    expect(refused).toMatch(/^databaseHost must be .*not shown, because it may contain a password\)$/);
    const proxy = refusal({ environment: { AWS_REGION: 'eu-west-1', HTTPS_PROXY: 'http://app:hunter2@proxy' } });
    expect(proxy).toMatch(/\(got AWS_REGION\)$/);
  });
});

test('tells every address once', () => {
  const notifyEmail = ['ops@example.com', 'ana.de+aws@mail.example.co', 'ops@example.com'];
  templateOf({ notifyEmail }).resourceCountIs('AWS::SNS::Subscription', 2);
});

describe('the schedule', () => {
  test('is one of EventBridge Scheduler in a time zone', () => {
    const schedule = ScheduleExpression.cron({ minute: '30', hour: '4', timeZone: TimeZone.AMERICA_BOGOTA });
    templateOf({ schedule }).hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(30 4 * * ? *)',
      ScheduleExpressionTimezone: 'America/Bogota',
    });
  });

  test('that allows an alarm less says why', () => {
    const schedule = ScheduleExpression.cron({ minute: '0', hour: '3', day: '1' });
    const { cleanup } = deployed(() => ({ schedule }));
    expect(cleanup.missingAlarms.map(({ id }) => id)).toEqual(['NoAlarmOnCompletion', 'NoAlarmOnRemaining']);
    expect(cleanup.alarms).toHaveLength(2);
  });
});

describe('in a VPC of the app', () => {
  const inVpc = (options: Options = {}) => {
    const made = deployed((stack) => ({ vpc: newVpc(stack), ...options }));
    return made;
  };

  test('runs in its private subnets, in a security group of its own', () => {
    const template = inVpc().template();
    template.hasResourceProperties('AWS::Lambda::Function', {
      Handler: 'handler.handler',
      VpcConfig: {
        SubnetIds: [1, 2].map((n) => ({ Ref: Match.stringLikeRegexp(`^VpcPrivateSubnet${n}`) })),
        SecurityGroupIds: [{ 'Fn::GetAtt': [Match.stringLikeRegexp('NetworkSecurityGroup'), 'GroupId'] }],
      },
    });
    template.hasResourceProperties('AWS::EC2::SecurityGroup', { VpcId: { Ref: Match.stringLikeRegexp('^Vpc') } });
  });

  test('runs in the subnets that are selected', () => {
    inVpc({ vpcSubnets: { subnetType: SubnetType.PUBLIC } })
      .template()
      .hasResourceProperties('AWS::Lambda::Function', {
        VpcConfig: Match.objectLike({
          SubnetIds: [1, 2].map((n) => ({ Ref: Match.stringLikeRegexp(`^VpcPublicSubnet${n}`) })),
        }),
      });
  });

  test('is checked only when the subnets have their way out', () => {
    const [check] = Object.values(inVpc().template().findResources('Custom::DeploymentCheck'));
    expect(check?.['DependsOn']).toEqual(
      expect.arrayContaining([expect.stringMatching(/^VpcPrivateSubnet1DefaultRoute/)]),
    );
  });

  test('may be in security groups that exist, which are its connections', () => {
    const { cleanup, stack, template } = deployed((stack) => {
      const vpc = newVpc(stack);
      return { vpc, securityGroups: [new SecurityGroup(stack, 'Group', { vpc })] };
    });
    expect(stack.resolve(cleanup.connections.securityGroups.map((group) => group.securityGroupId))).toEqual([
      { 'Fn::GetAtt': [expect.stringMatching(/^Group/), 'GroupId'] },
    ]);
    template().resourceCountIs('AWS::EC2::SecurityGroup', 1);
  });

  test('a database may let it in, by one line', () => {
    const { cleanup, stack } = inVpc();
    const database = SecurityGroup.fromSecurityGroupId(stack, 'Database', 'sg-0a1b2c3d');
    cleanup.connections.allowTo(database, Port.tcp(6543));
    const template = Template.fromStack(stack);
    const own = { 'Fn::GetAtt': [Match.stringLikeRegexp('NetworkSecurityGroup'), 'GroupId'] };
    template.hasResourceProperties('AWS::EC2::SecurityGroupIngress', { FromPort: 6543, SourceSecurityGroupId: own });
    template.hasResourceProperties('AWS::EC2::SecurityGroupEgress', { FromPort: 6543, GroupId: own });
  });

  test('outside of a VPC there are no connections, and the error says what to set', () => {
    expect(() => deployed(() => ({})).cleanup.connections).toThrow(/^Shop\/Cleanup has no connections: .*prop vpc/);
  });
});

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
    const { stack } = deployed((stack) => ({ notifyTopic: existing(stack), notifyEmail: ['ops@example.com'] }));
    const databaseSecret = Secret.fromSecretNameV2(stack, 'OtherSecret', 'other/database-url');
    const notifyTopic = Topic.fromTopicArn(stack, 'Same', 'arn:aws:sns:eu-west-1:111122223333:on-call');
    new ThreadCleanup(stack, 'Other', { databaseSecret, notifyTopic, notifyEmail: ['ops@example.com'] });
    const template = Template.fromStack(stack);
    template.resourceCountIs('AWS::SNS::Subscription', 2);
    template.allResourcesProperties('AWS::SNS::Subscription', {
      TopicArn: 'arn:aws:sns:eu-west-1:111122223333:on-call',
      Endpoint: 'ops@example.com',
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

describe('one key for everything', () => {
  const { template } = deployed((stack) => ({
    encryptionKey: new Key(stack, 'Key'),
    notifyEmail: ['ops@example.com'],
    exportRetention: Duration.days(30),
  }));
  const made = template();
  const arn = { 'Fn::GetAtt': [Match.stringLikeRegexp('^Key'), 'Arn'] };

  test('encrypts logs, queue, topic and bucket', () => {
    made.allResourcesProperties('AWS::Logs::LogGroup', { KmsKeyId: arn });
    made.hasResourceProperties('AWS::SQS::Queue', { KmsMasterKeyId: arn });
    made.hasResourceProperties('AWS::SNS::Topic', { KmsMasterKeyId: arn });
    made.hasResourceProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [
          {
            BucketKeyEnabled: true,
            ServerSideEncryptionByDefault: { SSEAlgorithm: 'aws:kms', KMSMasterKeyID: arn },
          },
        ],
      },
    });
  });

  test('may be used by the services that need it, and by no other', () => {
    const [key] = Object.values(made.findResources('AWS::KMS::Key'));
    const statements: { Principal: Record<string, unknown>; Condition?: unknown }[] =
      key?.['Properties'].KeyPolicy.Statement;
    const services = statements.flatMap(({ Principal, Condition }) =>
      'Service' in Principal ? [[Principal['Service'], Object.keys(Condition ?? {})]] : [],
    );
    expect(services).toEqual([
      [{ 'Fn::Join': ['', ['logs.', { Ref: 'AWS::Region' }, '.amazonaws.com']] }, ['ArnLike']],
      ['cloudwatch.amazonaws.com', ['StringEquals']],
      ['events.amazonaws.com', []],
    ]);
  });
});

describe('variables of one’s own', () => {
  test('are in the environment of every function', () => {
    const template = templateOf({
      notifyEmail: ['ops@example.com'],
      environment: { AWS_USE_FIPS_ENDPOINT: 'true' },
    });
    template.resourceCountIs('AWS::Lambda::Function', 4);
    template.allResourcesProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ AWS_USE_FIPS_ENDPOINT: 'true' }) },
    });
  });

  test.each([
    'TOKEN_LIMIT',
    'DATABASE_IAM_USER',
    'NODE_OPTIONS',
    'AWS_REGION',
    'AWS_LAMBDA_RUNTIME_API',
    '_X',
    'a-b',
    '1A',
  ])('are refused where the function or Lambda sets them, or where they are no names: %s', (name) => {
    expect(refusal({ environment: { AWS_USE_FIPS_ENDPOINT: 'true', [name]: 'x' } })).toMatch(
      new RegExp(`^environment must be .* \\(got ${name}\\)$`),
    );
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
