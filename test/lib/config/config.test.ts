import { describe, expect, test } from 'vitest';
import { loadFunctionSettings, loadNoticeSettings } from '../../../lambda/input/settings.ts';
import { readConfig, readStackName } from '../../../lib/config/config.ts';
import { ConfigError } from '../../../lib/config/context.ts';
import { contextKeys } from '../../../lib/config/keys.ts';
import { OWN_VARIABLES } from '../../../lib/config/variables.ts';

const databaseSecret = 'prod/database-url';
const subnetIds = 'subnet-0a1b2c3d,subnet-4e5f6a7b';
const securityGroupIds = 'sg-0a1b2c3d';
const iamLogin = { databaseIamAuth: 'true', databaseUser: 'app', databaseResourceId: 'db-ABCDEFGHIJKL01234' };
const hidden = '(got a value that is not shown, because it may contain a password)';

function refusal(context: Record<string, unknown>): string {
  try {
    readConfig(context);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
  throw new Error(`accepted: ${JSON.stringify(context)}`);
}

describe('what is accepted', () => {
  test('needs the database secret and nothing else', () => {
    expect(readConfig({ databaseSecret })).toEqual({ stackName: 'WhatsAppThreadCleanup', databaseSecret });
  });

  test.each(Object.entries(contextKeys))('accepts the example that it gives for %s', (key, { example }) => {
    const network = ['securityGroupIds', 'vpcId'].includes(key) && { subnetIds, securityGroupIds };
    const block = key === 'env' && { [example]: {} };
    const many = ['databaseConcurrency', 'maxFailedShare'].includes(key) && { databaseSecret: 'prod/tenants/' };
    const login = ['databaseIamAuth', 'databaseUser', 'databaseResourceId'].includes(key) && iamLogin;
    expect(() =>
      readConfig({
        databaseSecret,
        ...(key === 'subnetIds' && { securityGroupIds }),
        ...network,
        ...block,
        ...login,
        ...many,
        [key]: example,
      }),
    ).not.toThrow();
  });

  test.each([
    ['databasePort', 5432],
    ['tokenLimit', 1],
    ['tokenLimit', Number.MAX_SAFE_INTEGER],
    ['logRetentionDays', 30],
    ['maxClearedShare', 12.5],
    ['nearLimitAlarm', 10],
    ['auditRetentionDays', 365],
    ['verifyOnDeploy', false],
  ] as const)('takes %s=%s as a value of cdk.json and as the text of the command line', (key, value) => {
    expect(readConfig({ databaseSecret, [key]: value })[key]).toBe(value);
    expect(readConfig({ databaseSecret, [key]: String(value) })[key]).toBe(value);
  });

  test.each([
    'x',
    'prod/whatsapp-AbCdEf',
    'rds!cluster-1234abcd-12ab-34cd-56ef-1234567890ab',
    'arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/url-AbCdEf',
    'arn:aws:secretsmanager:eu-west-1:111122223333:secret:rds!db-1234abcd-AbCdEf',
    'arn:aws-cn:secretsmanager:cn-north-1:111122223333:secret:url-AbCdEf',
  ])('accepts the secret %s', (secret) => {
    expect(readConfig({ databaseSecret: secret }).databaseSecret).toBe(secret);
  });

  test('places the function in the security groups that are named, else in one that it creates in the VPC', () => {
    const ids = subnetIds.split(',');
    expect(readConfig({ databaseSecret, subnetIds, securityGroupIds, vpcId: 'vpc-0a1b2c3d' }).network).toEqual({
      subnetIds: ids,
      securityGroups: { ids: [securityGroupIds] },
    });
    expect(readConfig({ databaseSecret, subnetIds, vpcId: 'vpc-0a1b2c3d' }).network).toEqual({
      subnetIds: ids,
      securityGroups: { createInVpc: 'vpc-0a1b2c3d' },
    });
  });

  test.each([true, 'true'])('exports with export=%j, and keeps that for 90 days, or for as many as asked', (value) => {
    expect(readConfig({ databaseSecret, export: value }).exportRetentionDays).toBe(90);
    expect(readConfig({ databaseSecret, export: value, exportRetentionDays: '30' }).exportRetentionDays).toBe(30);
  });

  test.each([{}, { export: 'false' }, { exportRetentionDays: '30' }])('exports nothing with %j', (options) => {
    expect(readConfig({ databaseSecret, ...options }).exportRetentionDays).toBeUndefined();
  });

  test('passes over what the CDK and its command line put into the context', () => {
    const ofTheCdk = {
      '@aws-cdk/core:target-partitions': ['aws'],
      '@aws-cdk-containers/ecs-service-extensions:enableDefaultLogDriver': true,
      'aws:cdk:enable-path-metadata': true,
      'aws-cdk:enableDiffNoFail': true,
      'availability-zones:account=111122223333:region=eu-west-1': ['eu-west-1a'],
      'acknowledged-issue-numbers': [1],
      'cli-telemetry': false,
    };
    expect(() => readConfig({ databaseSecret, ...ofTheCdk })).not.toThrow();
  });
});

describe('what is refused, in one line with key, what it must be and what was given', () => {
  test.each<[key: keyof typeof contextKeys, value: unknown]>([
    ['databaseSecretKmsKey', 'arn:aws:kms:eu-west-1:111122223333:alias/database'],
    ['databaseSecretKmsKey', '1234abcd-12ab-34cd-56ef-1234567890ab'],
    ['databaseHost', 'db.example.com:5432'],
    ['databasePort', '0'],
    ['databasePort', 65_536],
    ['databasePort', '5432a'],
    ['databaseName', 'x'.repeat(64)],
    ['databaseIamAuth', 'yes'],
    ['databaseUser', '*'],
    ['databaseUser', 'a/b'],
    ['databaseUser', 'x'.repeat(64)],
    ['databaseResourceId', '*'],
    ['databaseResourceId', 'whatsapp'],
    ['schedule', 'cron(99 3 * * ? *)'],
    ['schedule', '0 3 * * *'],
    ['schedule', 'rate(1 day)'],
    ['schedule', 'cron(0 3 * * * *)'],
    ['schedule', 'daily'],
    ['timezone', 'Mars/Phobos'],
    ['timezone', '+05:00'],
    ['tokenLimit', '0'],
    ['tokenLimit', -1],
    ['tokenLimit', 1.5],
    ['tokenLimit', '1e6'],
    ['tokenLimit', '9007199254740992'],
    ['tokenLimit', true],
    ['tokenLimit', null],
    ['tableName', 'a.b.c'],
    ['auditTableName', 'x'.repeat(64)],
    ['logRetentionDays', '31'],
    ['logRetentionDays', '9999'],
    ['logRetentionDays', '0'],
    ['maxClearedShare', '0'],
    ['maxClearedShare', '101'],
    ['maxClearedShare', '50%'],
    ['auditRetentionDays', '0'],
    ['auditRetentionDays', 36_501],
    ['auditRetentionDays', 'never'],
    ['export', 'yes'],
    ['export', 1],
    ['exportRetentionDays', '0'],
    ['exportRetentionDays', '1.5'],
    ['notifyEmail', 'ops@example.com,'],
    ['notifyEmail', 'ops'],
    ['notifyEmail', 'ops@localhost'],
    ['notifyEmail', 'ops@example.com;ana@example.com'],
    ['notifyEmail', 'Ana <ana@example.com>'],
    ['notifyTopicArn', 'on-call'],
    ['notifyTopicArn', 'arn:aws:sns:eu-west-1:111122223333:on-call.fifo'],
    ['notifyTopicArn', 'arn:aws:sqs:eu-west-1:111122223333:on-call'],
    ['encryptionKeyArn', 'arn:aws:kms:eu-west-1:111122223333:alias/logs'],
    ['terminationProtection', 'on'],
    ['nearLimitAlarm', '0'],
    ['nearLimitAlarm', -1],
    ['language', 'EN'],
    ['language', 'fr'],
    ['verifyOnDeploy', 'no'],
    ['subnetIds', 'subnet-1'],
    ['subnetIds', 'subnet-0a1b2c3d,,'],
    ['securityGroupIds', 'subnet-0a1b2c3d'],
    ['subnetIds', ['subnet-1']],
    ['subnetIds', '["subnet-0a1b2c3d"'],
    ['notifyEmail', '{"ops":1}'],
    ['notifyEmail', ['ops@example.com', 7]],
    ['tableName', ['ClientView']],
    ['tableName', { a: 1 }],
    ['vpcId', 'vpc-0a1b2c3d,vpc-0a1b2c3d'],
    ['stackName', '1st'],
    ['stackName', 'thread_cleanup'],
    ['stackName', 'x'.repeat(129)],
  ])('%s = %j', (key, value) => {
    const { allowed, example } = contextKeys[key];
    const message = refusal({ databaseSecret, subnetIds, securityGroupIds, [key]: value });
    expect(message).toBe(
      `Context key ${key} must be ${allowed} (got ${JSON.stringify(value)}). Example: -c ${key}='${example}'`,
    );
    expect(message).not.toContain('\n');
  });

  test.each([{}, { databaseSecret: '' }, { databaseSecret: ' ' }])('no database secret: %j', (context) => {
    expect(refusal(context)).toMatch(
      /^Context key databaseSecret is required: the name or ARN of a secret in Secrets Manager/,
    );
  });

  test.each([
    'postgresql://app:hunter2@db.example.com:5432/app?sslmode=require',
    'app:hunter2@db.example.com/app',
    'host=db.example.com user=app password=hunter2',
    '{"username":"app","password":"hunter2"}',
  ])('a connection string in place of the secret, without showing it: %s', (value) => {
    const message = refusal({ databaseSecret: value });
    expect(message).toContain(
      `must be the name or ARN of a secret in Secrets Manager, never the connection string itself ${hidden}`,
    );
    expect(message).not.toContain('hunter2');
  });

  test.each(['aws-cleanup', 'SsmCleanup'])('a stack name that Systems Manager takes no parameters of: %s', (value) => {
    expect(refusal({ databaseSecret, stackName: value })).toContain(`with "aws" or "ssm" (got "${value}")`);
  });

  test.each(['databaseHost', 'databaseName', 'tableName', 'databaseSecretKmsKey', 'notifyEmail'] as const)(
    'a connection string in place of %s, without showing it',
    (key) => {
      const message = refusal({ databaseSecret, [key]: `postgresql://app:hunter2@db.example.com/${'x'.repeat(64)}` });
      expect(message.startsWith(`Context key ${key} must be ${contextKeys[key].allowed} ${hidden}`)).toBe(true);
      expect(message).not.toContain('hunter2');
    },
  );

  test('the ARN of something that is no secret, which is shown', () => {
    const arn = 'arn:aws:ssm:eu-west-1:111122223333:parameter/database-url';
    expect(refusal({ databaseSecret: arn })).toContain(`connection string itself (got "${arn}")`);
  });

  test('an alias of a KMS key, and why', () => {
    const databaseSecretKmsKey = 'arn:aws:kms:eu-west-1:111122223333:alias/database';
    expect(refusal({ databaseSecret, databaseSecretKmsKey })).toContain('an alias grants nothing');
  });

  test.each(['tokenlimit', 'databaseSecrett', 'vpc', 'constructor'])(
    '%s, which is no key, with where it may come from and those that are',
    (key) => {
      expect(refusal({ databaseSecret, [key]: '5' })).toBe(
        `Unknown context key ${key}. A key comes from the command line (-c), from the "context" in cdk.json or ` +
          `~/.cdk.json, or from cdk.context.json. Keys: ${Object.keys(contextKeys).join(', ')}.`,
      );
    },
  );
});

describe('a list', () => {
  const addresses = ['ops@example.com', 'ana@example.com'];
  test.each([
    ['a list of cdk.json', addresses],
    ['JSON text of one', JSON.stringify(addresses)],
    ['text with commas', addresses.join(', ')],
  ])('may be given as %s', (_, notifyEmail) => {
    expect(readConfig({ databaseSecret, notifyEmail }).notifyEmail).toEqual(addresses);
  });
});

describe('environment variables', () => {
  const environment = { AWS_USE_FIPS_ENDPOINT: 'true', HTTPS_PROXY: 'http://proxy.example.com:3128' };
  test.each([
    ['an object of cdk.json', environment],
    ['one with other values than texts', { ...environment, AWS_USE_FIPS_ENDPOINT: true }],
    ['JSON text of one', JSON.stringify(environment)],
  ])('may be given as %s', (_, given) => {
    expect(readConfig({ databaseSecret, environment: given }).environment).toEqual(environment);
  });

  test.each([
    [{ TOKEN_LIMIT: '5', HTTPS_PROXY: 'http://app:hunter2@proxy' }, 'TOKEN_LIMIT'],
    [{ AWS_REGION: 'x', DATABASE_HOST: 'x' }, 'AWS_REGION, DATABASE_HOST'],
    ['{"NO_PROXY":["hunter2"]}', 'a value that is no text'],
    ['HTTPS_PROXY=http://app:hunter2@proxy', 'no JSON object'],
    [['HTTPS_PROXY'], 'no JSON object'],
  ])('%j is refused, and said by name what is not allowed', (given, shown) => {
    const message = refusal({ databaseSecret, environment: given });
    const { allowed, example } = contextKeys.environment;
    expect(message).toBe(
      `Context key environment must be ${allowed} (got ${shown}). Example: -c environment='${example}'`,
    );
  });

  test('that the functions read from their own are refused, all of them', () => {
    const read = new Set<string>();
    const env = new Proxy(
      { DATABASE_SECRET_ID: 'x', TOPIC_ARN: 'x', FUNCTION_NAME: 'x', TOKEN_LIMIT_PARAMETER: 'x' },
      {
        get: (target, name) => {
          read.add(String(name));
          return Reflect.get(target, name) ?? (/URL$/.test(String(name)) ? 'x' : undefined);
        },
      },
    );
    loadFunctionSettings(env);
    loadNoticeSettings(env);
    const reserved = ['AWS_REGION'];
    expect([...read].filter((name) => !reserved.includes(name) && !isOwn(name))).toEqual([]);
    expect(read.size).toBeGreaterThan(15);
  });
});

const isOwn = (name: string) => OWN_VARIABLES.some((own) => own === name);

describe('what is empty is not given', () => {
  const without = readConfig({ databaseSecret });
  test.each(Object.keys(contextKeys).filter((key) => key !== 'databaseSecret'))('-c %s=', (key) => {
    expect(readConfig({ databaseSecret, [key]: '' })).toEqual(without);
  });

  test.each([[[]], ['[]'], [' ']])('notifyEmail = %j', (notifyEmail) => {
    expect(readConfig({ databaseSecret, notifyEmail })).toEqual(without);
  });
});

describe('blocks of cdk.json', () => {
  const blocks = {
    staging: { databaseSecret: 'staging/url', stackName: 'Staging' },
    production: { databaseSecret: 'prod/url', notifyEmail: ['ops@example.com'] },
  };
  const shared = { timezone: 'America/Bogota', ...blocks };

  test('-c env=NAME takes the keys of one, beside those that are outside of every block', () => {
    expect(readConfig({ ...shared, env: 'staging' })).toMatchObject({
      stackName: 'Staging',
      databaseSecret: 'staging/url',
      timezone: 'America/Bogota',
      notifyEmail: undefined,
    });
    expect(readConfig({ ...shared, env: 'production' }).notifyEmail).toEqual(['ops@example.com']);
  });

  test('without env none is taken', () => {
    expect(refusal(shared)).toMatch(/^Context key databaseSecret is required/);
  });

  test.each(['stagign', 'constructor', 'timezone'])('%s, which is none, is refused by name', (env) => {
    expect(refusal({ ...shared, env })).toBe(
      `Context key env must be the name of a block in the "context" of cdk.json (got "${env}"). ` +
        'Blocks: staging, production.',
    );
  });

  test.each(['', 'x'])('a key both in the block and outside of it is refused, with %j too', (notifyEmail) => {
    expect(refusal({ ...shared, notifyEmail, env: 'production' })).toBe(
      'Context key notifyEmail is both in the block production and outside of it. Give it in one place: outside is ' +
        'cdk.json without a block, and the command line (-c).',
    );
  });

  test('an unknown key in the block is refused as one outside is', () => {
    const refused = refusal({ staging: { databaseSecret, '@aws-cdk/core:newStyle': true }, env: 'staging' });
    expect(refused).toMatch(/^Unknown context key @aws-cdk\/core:newStyle\./);
  });
});

describe('the name of the stack is known', () => {
  test.each([
    [{}, 'WhatsAppThreadCleanup'],
    [{ stackName: 'Prod', tokenLimit: 'x', nonsense: 1 }, 'Prod'],
    [{ staging: { stackName: 'Staging' }, env: 'staging' }, 'Staging'],
  ])('whatever else is wrong: %j', (context, name) => {
    expect(readStackName(context)).toBe(name);
  });

  test.each([[{ stackName: 'a_b' }], [{ env: 'stagign' }]])('unless that is what is wrong: %j', (context) => {
    expect(() => readStackName(context)).toThrow(ConfigError);
  });
});

describe('what does not go together', () => {
  test.each([{ databaseUser: 'app' }, { databaseResourceId: 'db-ABC' }, {}])(
    'a login with IAM that does not say who, and where: %j',
    (options) => {
      expect(refusal({ databaseSecret, databaseIamAuth: true, ...options })).toBe(
        'Context key databaseIamAuth needs databaseUser and databaseResourceId as well.',
      );
    },
  );

  test.each([
    [{ databaseUser: 'app' }, 'databaseUser'],
    [{ databaseResourceId: 'db-ABC', databaseIamAuth: 'false' }, 'databaseResourceId'],
  ])('%j without a login with IAM', (options, key) => {
    expect(refusal({ databaseSecret, ...options })).toBe(
      `Context key ${key} has no effect without databaseIamAuth=true. Set that as well, or remove it.`,
    );
  });

  test.each([
    ['vpcId', 'vpc-0a1b2c3d'],
    ['securityGroupIds', 'sg-0a1b2c3d'],
  ])('%s without subnets, which would silently place nothing', (key, value) => {
    expect(refusal({ databaseSecret, [key]: value })).toBe(
      `Context key ${key} has no effect without subnetIds. Set subnetIds as well, or remove it.`,
    );
  });

  test('subnets without security groups and VPC', () => {
    expect(refusal({ databaseSecret, subnetIds })).toBe(
      'Context key subnetIds needs securityGroupIds as well, or vpcId to create a security group in.',
    );
  });
});

describe('many databases', () => {
  const fleet = { databaseSecret: 'prod/tenants/' };

  test('a slash at the end of the secret makes them many', () => {
    expect(readConfig({ ...fleet, databaseConcurrency: '25', maxFailedShare: 2.5 })).toMatchObject({
      ...fleet,
      databaseConcurrency: 25,
      maxFailedShare: 2.5,
    });
  });

  test.each(['databaseConcurrency', 'maxFailedShare'])('%s has no effect on one database, so it is refused', (key) => {
    expect(() => readConfig({ databaseSecret, [key]: '5' })).toThrow(
      `Context key ${key} has no effect on one database. Give databaseSecret a slash at its end for many, or remove it.`,
    );
  });

  test.each([
    ['databaseConcurrency', '0', 'a whole number of databases from 1 to 100 (got "0")'],
    ['databaseConcurrency', '101', 'a whole number of databases from 1 to 100 (got "101")'],
    ['databaseConcurrency', 'ten', 'a whole number of databases from 1 to 100 (got "ten")'],
    ['maxFailedShare', '0', 'a percentage from 1 to 100, without the % sign (got "0")'],
  ])('%s must be what makes sense, not %s', (key, value, allowed) => {
    expect(() => readConfig({ ...fleet, [key]: value })).toThrow(`Context key ${key} must be ${allowed}`);
  });

  test.each(['/', '//', 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/tenants/'])(
    '%s is not what names begin with',
    (value) => {
      expect(() => readConfig({ databaseSecret: value })).toThrow(
        /what the names of the secrets begin with, with a slash/,
      );
    },
  );
});
