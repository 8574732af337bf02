import { ArnFormat, Stack } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { CheckedProps } from '../config/checked-props.ts';
import { readDatabaseSecret, readSecretsBelow } from './database-secret.ts';

/**
 * The rights that it takes to log in to the database: to read its secret, and with IAM to log in as that one role to that one
 * database, which is in the account and region of its secret.
 *
 * @see https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.IAMPolicy.html
 */
export function logInToDatabase(
  scope: Construct,
  { databaseSecret, fleet, databaseIamAuth }: Pick<CheckedProps, 'databaseSecret' | 'fleet' | 'databaseIamAuth'>,
): PolicyStatement[] {
  if (fleet !== undefined) return readSecretsBelow(scope, fleet);
  if (databaseSecret === undefined) throw new TypeError('There is neither a secret nor a prefix of secrets');
  const read = readDatabaseSecret(databaseSecret);
  if (databaseIamAuth === undefined) return read;
  const { account, region } = databaseSecret.env;
  const login = Stack.of(scope).formatArn({
    service: 'rds-db',
    account,
    region,
    resource: 'dbuser',
    resourceName: `${databaseIamAuth.resourceId}/${databaseIamAuth.user}`,
    arnFormat: ArnFormat.COLON_RESOURCE_NAME,
  });
  return [...read, new PolicyStatement({ actions: ['rds-db:connect'], resources: [login] })];
}
