import { readFileSync } from 'node:fs';
import { App, Stack } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { readConfig } from '../../lib/config/config.ts';
import { ThreadCleanupStack } from '../../lib/thread-cleanup-stack.ts';

/** The feature flags of an app of `cdk init`. */
export const { context: cdkContext }: { context: Record<string, unknown> } = JSON.parse(
  readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'),
);

type Options = Readonly<Record<string, string>>;

/** Options of the variants that have resources of their own. */
export const variants = {
  'without options': {},
  'in a time zone': { timezone: 'America/Bogota' },
  'in a VPC with security groups': { subnetIds: 'subnet-0a1b2c3d,subnet-4e5f6a7b', securityGroupIds: 'sg-0a1b2c3d' },
  'in a VPC without security groups': { subnetIds: 'subnet-0a1b2c3d', vpcId: 'vpc-0a1b2c3d' },
  'with a KMS key': {
    databaseSecretKmsKey: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  },
  'with notices': { notifyEmail: 'ops@example.com,ana@example.com' },
  'with an export': { export: 'true' },
  'without a check': { verifyOnDeploy: 'false' },
  'once a week': { schedule: 'cron(0 3 ? * SUN *)' },
  'with IAM': {
    databaseIamAuth: 'true',
    databaseUser: 'thread_cleanup',
    databaseResourceId: 'cluster-ABCDEFGHIJKL01234',
  },
  'with a topic': {
    notifyTopicArn: 'arn:aws:sns:eu-west-1:111122223333:on-call',
    notifyEmail: 'ops@example.com',
  },
  'with a key for all': {
    encryptionKeyArn: 'arn:aws:kms:eu-west-1:111122223333:key/abcd1234-12ab-34cd-56ef-1234567890ab',
    timezone: 'America/Bogota',
    notifyEmail: 'ops@example.com',
    export: 'true',
  },
  'with variables': { environment: '{"AWS_USE_FIPS_ENDPOINT":"true"}' },
  'over many databases': { databaseSecret: 'prod/tenants/' },
  'over many databases, with everything': {
    databaseSecret: 'prod/tenants/',
    databaseSecretKmsKey: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    databaseConcurrency: '25',
    maxFailedShare: '5',
    timezone: 'America/Bogota',
    notifyEmail: 'ops@example.com',
    language: 'es',
    export: 'true',
  },
  'with everything': {
    timezone: 'Europe/Madrid',
    subnetIds: 'subnet-0a1b2c3d',
    vpcId: 'vpc-0a1b2c3d',
    databaseSecretKmsKey: 'arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
    notifyEmail: 'ops@example.com',
    nearLimitAlarm: '5',
    language: 'es',
    export: 'true',
    exportRetentionDays: '30',
    auditRetentionDays: '365',
    maxClearedShare: '25',
  },
} as const satisfies Record<string, Options>;

/**
 * The app as lib/thread-cleanup-app.ts makes it with these options, and the feature flags of cdk.json; the code is not bundled.
 *
 * @param validated whether the CDK applies its own rules to the template: it takes seconds to load them
 */
export function createStack(options: Options, validated = false): { app: App; stack: ThreadCleanupStack } {
  const app = new App({
    builtinCloudFormationValidation: validated,
    context: {
      ...cdkContext,
      'aws:cdk:bundling-stacks': [],
      databaseSecret: 'prod/database-url',
      ...options,
    },
  });
  const { stackName, ...props } = readConfig(app.node.getAllContext());
  return { app, stack: new ThreadCleanupStack(app, stackName, props) };
}

/** Somebody else's app, with the feature flags of cdk.json and an empty stack; code is not bundled. */
export function foreignApp(id: string, validated = false): { app: App; stack: Stack } {
  const context = { ...cdkContext, 'aws:cdk:bundling-stacks': [] };
  const app = new App({ builtinCloudFormationValidation: validated, context });
  return { app, stack: new Stack(app, id) };
}

/** The stack alone. */
export const foreignStack = () => foreignApp('Shop').stack;

const templates = new Map<string, Template>();

/** The template of a deployment with these options: made once, and only to be read. */
export function synthesise(options: Options = {}): Template {
  const key = JSON.stringify(options);
  const template = templates.get(key) ?? Template.fromStack(createStack(options).stack);
  templates.set(key, template);
  return template;
}
