import type { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { synthesise, variants } from './synthesise.ts';

/** Every statement of the template, as "who: effect action on resource if condition", with logical ids without hashes. */
function statementsOf(template: Template): string[] {
  const resources: Record<string, { Type: string; Properties?: unknown }> = template.toJSON()['Resources'];
  return Object.entries(resources).flatMap(([id, { Type, Properties }]) =>
    Type === 'AWS::Lambda::Permission'
      ? [`${shortId(id)}: ${text(Properties)}`]
      : findStatements(Properties).map((statement) => `${shortId(id)}: ${text(statement)}`),
  );
}

function findStatements(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'Statement' ? [inner].flat() : findStatements(inner),
  );
}

function shortId(id: string): string {
  return id
    .replace(/(CurrentVersion)[0-9A-F]{8}[0-9a-f]+$/, '$1')
    .replace(/AllowEventRule\w+$/, 'Permission')
    .replace(/[0-9A-F]{8}$/, '');
}

/** A value of a template as one line, with references as `<Id>` and `<Id.Attribute>`. */
function text(value: unknown): string {
  if (Array.isArray(value)) return value.map(text).join(', ');
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value);
  const [[key, inner] = ['', undefined]] = entries;
  if (key === 'Ref') return `<${shortId(String(inner))}>`;
  if (key === 'Fn::GetAtt' && Array.isArray(inner)) return `<${shortId(String(inner[0]))}.${inner[1]}>`;
  if (key === 'Fn::Join' && Array.isArray(inner)) return inner[1].map(text).join(inner[0]);
  return entries
    .filter(([name]) => name !== 'Sid')
    .map(([name, part]) => `${name} ${text(part)}`)
    .join(' ');
}

const assume = 'Action sts:AssumeRole Effect Allow Principal Service lambda.amazonaws.com';
const secret = 'secretsmanager:GetSecretValue';
const inStackRegion = 'arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:';
const ssm = 'arn:<AWS::Partition>:ssm:<AWS::Region>:<AWS::AccountId>:parameter/WhatsAppThreadCleanup/';

/** What a role may do besides what is listed: be assumed by its function, and write that function's log. */
const ofAFunction = (id: string, actions: readonly string[]) => [
  `${id}Role: ${assume}`,
  `${id}RoleDefaultPolicy: Action logs:CreateLogStream, logs:PutLogEvents Effect Allow Resource <${id}Logs.Arn>`,
  ...actions.map((action) => `${id}RoleDefaultPolicy: ${action}`),
];
const readSecret = `Action ${secret} Effect Allow Resource ${inStackRegion}prod/database-url-??????`;

const cleanup = ofAFunction('Cleanup', [
  readSecret,
  `Action ssm:GetParameters Effect Allow Resource ${ssm}state, ${ssm}token-limit`,
  'Action events:PutEvents Effect Allow Resource <Results.Arn>',
  'Action sqs:SendMessage Effect Allow Resource <Failures.Arn>',
]);
const widget = ofAFunction('Widget', [
  readSecret,
  `Action ssm:GetParameters Effect Allow Resource ${ssm}state, ${ssm}token-limit`,
]);
const notify = ofAFunction('NoticesNotify', ['Action sns:Publish Effect Allow Resource <NoticesTopic>']);

/** A rule may invoke one function, and put into the queue what it could not deliver. */
const ofARule = (rule: string, target: string) => [
  `FailuresPolicy: Action sqs:SendMessage Condition ArnEquals aws:SourceArn <${rule}.Arn> Effect Allow Principal Service events.amazonaws.com Resource <Failures.Arn>`,
  `${rule}Permission: Action lambda:InvokeFunction FunctionName <${target}> Principal events.amazonaws.com SourceArn <${rule}.Arn>`,
];
const always = [
  'FailuresPolicy: Action sqs:* Condition Bool aws:SecureTransport false Effect Deny Principal AWS * Resource <Failures.Arn>',
  // Nobody else may put a result there, whatever they are allowed elsewhere.
  'ResultsPolicy: Effect Deny Principal * Action events:PutEvents Resource <Results.Arn> Condition ArnNotEquals aws:PrincipalArn <CleanupRole.Arn>',
  ...cleanup,
  ...widget,
  ...ofARule('ContinuationRule', 'CleanupFunctionAliasscheduled'),
];
const ofTheCheck = ofAFunction('Verify', [
  'Action lambda:InvokeFunction Effect Allow Resource <CleanupFunctionCurrentVersion>',
]);
const ofTheRule = ofARule('NightlyRule', 'CleanupFunctionAliasscheduled');
const ofTheSchedule = [
  'NightlyRole: Action sts:AssumeRole Condition StringEquals aws:SourceAccount <AWS::AccountId> aws:SourceArn arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule-group/default Effect Allow Principal Service scheduler.amazonaws.com',
  'NightlyRole: Action lambda:InvokeFunction Effect Allow Resource <CleanupFunctionAliasscheduled>',
  'NightlyRole: Action sqs:SendMessage Effect Allow Resource <Failures.Arn>',
];
const standard = [...always, ...ofTheCheck, ...ofTheRule];
/** Both functions that reach the database. */
const both = (statement: string, policy = 'DefaultPolicy') =>
  ['Cleanup', 'Widget'].map((id) => `${id}Role${policy}: ${statement}`);
const networkInterfaces = both(
  'Action ec2:AssignPrivateIpAddresses, ec2:CreateNetworkInterface, ec2:DeleteNetworkInterface, ec2:DescribeNetworkInterfaces, ec2:DescribeSubnets, ec2:UnassignPrivateIpAddresses Effect Allow Resource *',
  'NetworkInterfaces',
);
const decrypt = both(
  'Action kms:Decrypt Condition StringEquals kms:ViaService secretsmanager.<AWS::Region>.amazonaws.com Effect Allow Resource arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab',
);
const ofNotices = [
  ...notify,
  'NoticesTopicPolicy: Action sns:Publish Condition Bool aws:SecureTransport false Effect Deny Principal * Resource <NoticesTopic>',
  'NoticesTopicPolicy: Action sns:Publish Condition StringEquals aws:SourceAccount <AWS::AccountId> Effect Allow Principal Service cloudwatch.amazonaws.com Resource <NoticesTopic>',
  ...ofARule('NoticesCleared', 'NoticesNotifyFunction.Arn'),
  ...ofARule('NoticesFailed', 'NoticesNotifyFunction.Arn'),
];
const ofTheExport = [
  'CleanupRoleDefaultPolicy: Action s3:PutObject Effect Allow Resource <Exports.Arn>/exports/*',
  'ExportsPolicy: Action s3:* Condition Bool aws:SecureTransport false Effect Deny Principal AWS * Resource <Exports.Arn>, <Exports.Arn>/*',
];

/** One role, in one database. */
const logIn = both(
  'Action rds-db:connect Effect Allow Resource arn:<AWS::Partition>:rds-db:<AWS::Region>:<AWS::AccountId>:dbuser:cluster-ABCDEFGHIJKL01234/thread_cleanup',
);
const onTopic = [
  ...ofAFunction('NoticesNotify', [
    'Action sns:Publish Effect Allow Resource arn:aws:sns:eu-west-1:111122223333:on-call',
  ]),
  ...ofARule('NoticesCleared', 'NoticesNotifyFunction.Arn'),
  ...ofARule('NoticesFailed', 'NoticesNotifyFunction.Arn'),
];
/** Through the service that encrypts, and not by itself. */
const encrypt = (role: string, service: string) =>
  `${role}: Action kms:Decrypt, kms:GenerateDataKey Condition StringEquals kms:ViaService ${service}.<AWS::Region>.amazonaws.com Effect Allow Resource arn:aws:kms:eu-west-1:111122223333:key/abcd1234-12ab-34cd-56ef-1234567890ab`;
const withKey = [
  encrypt('CleanupRoleDefaultPolicy', 'sqs'),
  encrypt('CleanupRoleDefaultPolicy', 's3'),
  encrypt('NoticesNotifyRoleDefaultPolicy', 'sns'),
  encrypt('NightlyRole', 'sqs'),
];

const below = `${inStackRegion}prod/tenants/*`;
const decryptInFleet = `Action kms:Decrypt Condition StringEquals kms:ViaService secretsmanager.<AWS::Region>.amazonaws.com Effect Allow Resource ${variants['with a KMS key'].databaseSecretKmsKey}`;
const list = 'Action secretsmanager:ListSecrets Effect Allow Resource *';
/** Many databases: the cleanup function reads any of their secrets; the one that works through them lists and invokes. */
const ofMany = [
  'FailuresPolicy: Action sqs:* Condition Bool aws:SecureTransport false Effect Deny Principal AWS * Resource <Failures.Arn>',
  ...ofAFunction('Cleanup', [
    `Action ${secret} Effect Allow Resource ${below}`,
    `Action ssm:GetParameters Effect Allow Resource ${ssm}state, ${ssm}token-limit`,
  ]),
  ...ofAFunction('Fleet', [
    'Action lambda:InvokeFunction Effect Allow Resource <CleanupFunctionAliasfleet>',
    `Action ssm:GetParameters Effect Allow Resource ${ssm}state`,
    list,
    'Action sqs:SendMessage Effect Allow Resource <Failures.Arn>',
  ]),
  'FleetSteps: Action lambda:CheckpointDurableExecution, lambda:GetDurableExecutionState Effect Allow Resource <FleetFunction.Arn>:*',
  ...ofTheCheck,
  `VerifyRoleDefaultPolicy: ${list}`,
];
const ofManyWithEverything = [
  ...ofMany,
  `CleanupRoleDefaultPolicy: ${decryptInFleet}`,
  ...ofTheExport,
  'FleetRoleDefaultPolicy: Action sns:Publish Effect Allow Resource <NoticesTopic>',
  'NoticesTopicPolicy: Action sns:Publish Condition Bool aws:SecureTransport false Effect Deny Principal * Resource <NoticesTopic>',
  'NoticesTopicPolicy: Action sns:Publish Condition StringEquals aws:SourceAccount <AWS::AccountId> Effect Allow Principal Service cloudwatch.amazonaws.com Resource <NoticesTopic>',
  ...ofTheSchedule.map((statement) => statement.replace('CleanupFunctionAliasscheduled', 'FleetFunctionAliasall')),
];

test.each<[variant: keyof typeof variants, statements: string[]]>([
  ['without options', standard],
  ['in a time zone', [...always, ...ofTheCheck, ...ofTheSchedule]],
  ['in a VPC with security groups', [...standard, ...networkInterfaces]],
  ['in a VPC without security groups', [...standard, ...networkInterfaces]],
  ['with a KMS key', [...standard, ...decrypt]],
  ['with notices', [...standard, ...ofNotices]],
  ['with an export', [...standard, ...ofTheExport]],
  ['without a check', [...always, ...ofTheRule]],
  ['once a week', standard],
  ['with IAM', [...standard, ...logIn]],
  ['with a topic', [...standard, ...onTopic]],
  ['with a key for all', [...always, ...ofTheCheck, ...ofTheSchedule, ...ofNotices, ...ofTheExport, ...withKey]],
  ['with variables', standard],
  ['over many databases', [...ofMany, ...ofARule('NightlyRule', 'FleetFunctionAliasall')]],
  ['over many databases, with everything', ofManyWithEverything],
  [
    'with everything',
    [...always, ...ofTheCheck, ...ofTheSchedule, ...networkInterfaces, ...decrypt, ...ofNotices, ...ofTheExport],
  ],
])('%s, this and nothing else is allowed', (variant, statements) => {
  expect(statementsOf(synthesise(variants[variant])).sort()).toEqual([...statements].sort());
});

test('nothing is allowed on more than one resource that is named, but for what AWS leaves no choice', () => {
  const wildcards = statementsOf(synthesise(variants['with everything'])).filter(
    (statement) => !statement.includes('Effect Deny') && /[*?]/.test(statement.replace(/^.*(?=Action)/, '')),
  );
  expect(wildcards.sort()).toEqual(
    [
      // Secrets Manager ends every ARN with six characters of its own, which nobody knows beforehand.
      ...both(readSecret),
      // Lambda checks these actions on every resource: the interfaces do not exist before it has created them.
      ...networkInterfaces,
      // Every object has a name of its own, below this prefix.
      ...ofTheExport.filter((statement) => statement.includes('s3:PutObject')),
    ].sort(),
  );
});

test('reads that one secret and nothing else when it is given by its ARN, in whatever region', () => {
  const arn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/database-url-AbCdEf';
  const statements = statementsOf(synthesise({ databaseSecret: arn, ...variants['with a KMS key'] }));
  expect(statements.filter((statement) => /secretsmanager|kms/.test(statement)).sort()).toEqual(
    [
      ...both(`Action ${secret} Effect Allow Resource ${arn}, ${arn}-??????`),
      ...decrypt.map((statement) => statement.replace('<AWS::Region>', 'us-east-1')),
    ].sort(),
  );
});

test('no role has a managed policy, whose statements would be elsewhere', () => {
  for (const options of Object.values(variants)) {
    const roles = Object.values(synthesise(options).findResources('AWS::IAM::Role'));
    expect(roles.filter(({ Properties }) => 'ManagedPolicyArns' in Properties)).toEqual([]);
  }
});
