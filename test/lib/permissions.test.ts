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
    key === 'Statement' && Array.isArray(inner) ? inner : findStatements(inner),
  );
}

function shortId(id: string): string {
  return id.replace(/AllowEventRule\w+$/, 'Permission').replace(/[0-9A-F]{8}$/, '');
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

const secret = 'secretsmanager:GetSecretValue';
const inStackRegion = 'arn:<AWS::Partition>:secretsmanager:<AWS::Region>:<AWS::AccountId>:secret:';

const ownRole = [
  'CleanupRole: Action sts:AssumeRole Effect Allow Principal Service lambda.amazonaws.com',
  'CleanupRoleDefaultPolicy: Action logs:CreateLogStream, logs:PutLogEvents Effect Allow Resource <CleanupLogs.Arn>',
  `CleanupRoleDefaultPolicy: Action ${secret} Effect Allow Resource ${inStackRegion}prod/database-url-??????`,
  'CleanupRoleDefaultPolicy: Action sqs:SendMessage Effect Allow Resource <Failures.Arn>',
];
const tlsOnly =
  'FailuresPolicy: Action sqs:* Condition Bool aws:SecureTransport false Effect Deny Principal AWS * Resource <Failures.Arn>';
const ofTheRule = [
  'FailuresPolicy: Action sqs:SendMessage Condition ArnEquals aws:SourceArn <NightlyRule.Arn> Effect Allow Principal Service events.amazonaws.com Resource <Failures.Arn>',
  'NightlyRulePermission: Action lambda:InvokeFunction FunctionName <CleanupFunctionAliasscheduled> Principal events.amazonaws.com SourceArn <NightlyRule.Arn>',
];
const ofTheSchedule = [
  'NightlyRole: Action sts:AssumeRole Condition StringEquals aws:SourceAccount <AWS::AccountId> aws:SourceArn arn:<AWS::Partition>:scheduler:<AWS::Region>:<AWS::AccountId>:schedule-group/default Effect Allow Principal Service scheduler.amazonaws.com',
  'NightlyRole: Action lambda:InvokeFunction Effect Allow Resource <CleanupFunctionAliasscheduled>',
  'NightlyRole: Action sqs:SendMessage Effect Allow Resource <Failures.Arn>',
];
const networkInterfaces =
  'CleanupRoleDefaultPolicy: Action ec2:AssignPrivateIpAddresses, ec2:CreateNetworkInterface, ec2:DeleteNetworkInterface, ec2:DescribeNetworkInterfaces, ec2:DescribeSubnets, ec2:UnassignPrivateIpAddresses Effect Allow Resource *';
const decrypt =
  'CleanupRoleDefaultPolicy: Action kms:Decrypt Condition StringEquals kms:ViaService secretsmanager.<AWS::Region>.amazonaws.com Effect Allow Resource arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab';

test.each<[variant: keyof typeof variants, statements: string[]]>([
  ['without options', [tlsOnly, ...ownRole, ...ofTheRule]],
  ['in a time zone', [tlsOnly, ...ownRole, ...ofTheSchedule]],
  ['in a VPC with security groups', [tlsOnly, ...ownRole, ...ofTheRule, networkInterfaces]],
  ['in a VPC without security groups', [tlsOnly, ...ownRole, ...ofTheRule, networkInterfaces]],
  ['with a KMS key', [tlsOnly, ...ownRole, ...ofTheRule, decrypt]],
])('%s, this and nothing else is allowed', (variant, statements) => {
  expect(statementsOf(synthesise(variants[variant])).sort()).toEqual(statements.sort());
});

test('reads that one secret and nothing else when it is given by its ARN, in whatever region', () => {
  const arn = 'arn:aws:secretsmanager:us-east-1:111122223333:secret:prod/database-url-AbCdEf';
  const statements = statementsOf(synthesise({ databaseSecret: arn, ...variants['with a KMS key'] }));
  expect(statements.filter((statement) => /secretsmanager|kms/.test(statement))).toEqual([
    `CleanupRoleDefaultPolicy: Action ${secret} Effect Allow Resource ${arn}, ${arn}-??????`,
    decrypt.replace('<AWS::Region>', 'us-east-1'),
  ]);
});

test('no role has a managed policy, whose statements would stand elsewhere', () => {
  for (const options of Object.values(variants)) {
    const roles = Object.values(synthesise(options).findResources('AWS::IAM::Role'));
    expect(roles.filter(({ Properties }) => 'ManagedPolicyArns' in Properties)).toEqual([]);
  }
});
