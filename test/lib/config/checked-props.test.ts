import { CfnParameter, Duration, Fn, type Stack, TimeZone, Token } from 'aws-cdk-lib';
import { Match } from 'aws-cdk-lib/assertions';
import { type IVpc, SubnetType, Vpc } from 'aws-cdk-lib/aws-ec2';
import { Alias, type IAlias, Key } from 'aws-cdk-lib/aws-kms';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { ScheduleExpression } from 'aws-cdk-lib/aws-scheduler';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { describe, expect, test } from 'vitest';
import { ThreadCleanup, type ThreadCleanupProps } from '../../../lib/thread-cleanup.ts';
import { deployed, newSecret, type Options, refusal, templateOf, variables } from '../cleanup-in-stack.ts';
import { foreignStack } from '../synthesise.ts';

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
    [{ environment: { TOKEN_LIMIT: '5' } }, 'environment must be an object of environment variables and texts'],
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

  test('a VPC with public subnets only, unless they are meant: a function there reaches nothing outside of it', () => {
    const vpcOf = (stack: Stack): IVpc =>
      Vpc.fromVpcAttributes(stack, 'Vpc', {
        vpcId: 'vpc-0a1b2c3d',
        availabilityZones: ['eu-west-1a'],
        publicSubnetIds: ['subnet-0a1b2c3d'],
        publicSubnetRouteTableIds: ['rtb-0a1b2c3d'],
      });
    expect(() => deployed((stack) => ({ vpc: vpcOf(stack) }))).toThrow(
      'vpc must have private subnets (got Shop/Vpc, which has public ones only). Give it some, or choose by vpcSubnets.',
    );
    deployed((stack) => ({ vpc: vpcOf(stack), vpcSubnets: { subnetType: SubnetType.PUBLIC } }));
  });

  test('a FIFO topic, to which alarms and notices cannot publish', () => {
    expect(() =>
      deployed((stack) => ({ notifyTopic: new Topic(stack, 'Topic', { fifo: true, topicName: 'x.fifo' }) })),
    ).toThrow('notifyTopic must be a standard topic (got a FIFO topic)');
  });

  test('an alias in place of a KMS key, to which rights would come to nothing', () => {
    const refused = (make: (stack: Stack, alias: IAlias) => Partial<ThreadCleanupProps>) => () =>
      deployed((stack) => make(stack, Alias.fromAliasName(stack, 'Alias', 'alias/ours')));
    const message = 'must be the KMS key itself, since IAM takes no alias (got the alias Shop/Alias)';
    expect(refused((_, encryptionKey) => ({ encryptionKey }))).toThrow(`encryptionKey ${message}`);
    expect(refused((stack, alias) => ({ databaseSecret: newSecret(stack, alias) }))).toThrow(
      `databaseSecret.encryptionKey ${message}`,
    );
    const many = (encryptionKey: IAlias) => ({
      databaseSecret: undefined,
      databaseSecrets: { prefix: 'prod/tenants/', encryptionKey },
    });
    expect(refused((_, alias) => many(alias))).toThrow(`databaseSecrets.encryptionKey ${message}`);
    expect(refused((stack, masterKey) => ({ notifyTopic: new Topic(stack, 'Topic', { masterKey }) }))).toThrow(
      `notifyTopic.masterKey ${message}`,
    );
    expect(() =>
      deployed((stack) => ({
        encryptionKey: new Alias(stack, 'Own', { aliasName: 'alias/x', targetKey: new Key(stack, 'Key') }),
      })),
    ).toThrow('encryptionKey must be the KMS key itself, since IAM takes no alias (got the alias Shop/Own)');
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

  test('that name a proxy are in the environment of the functions in the VPC alone, whence it can be reached', () => {
    const proxy = { HTTPS_PROXY: 'http://10.0.0.5:3128', no_proxy: '10.0.0.0/8', NODE_USE_ENV_PROXY: '1' };
    const template = templateOf({
      notifyEmail: ['ops@example.com'],
      environment: { ...proxy, AWS_USE_FIPS_ENDPOINT: 'true' },
      vpc: { subnetIds: ['subnet-0a1b2c3d'], vpcId: 'vpc-0a1b2c3d' },
    });
    for (const handler of ['handler.handler', 'widget.handler']) {
      template.hasResourceProperties('AWS::Lambda::Function', variables(proxy, handler));
    }
    const absent = Object.fromEntries(Object.keys(proxy).map((name) => [name, Match.absent()]));
    for (const handler of ['verify.handler', 'notify.handler']) {
      const others = variables({ ...absent, AWS_USE_FIPS_ENDPOINT: 'true' }, handler);
      template.hasResourceProperties('AWS::Lambda::Function', others);
    }
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
