import type { Context } from 'aws-lambda';
import { parseDatabaseAddress } from '../database/address.ts';
import { type Database, openDatabase } from '../database/database.ts';
import type { FunctionSettings } from '../input/settings.ts';
import { rdsToken } from './rds-token.ts';
import { readSecret, regionOfSecret } from './secret.ts';

/**
 * From the secret to a connection, as every function does it that needs the database.
 *
 * @param secretId name or ARN
 * @param context of the invocation: how long it may take, and in which account and region it is
 * @throws JobError SecretUnavailable, InvalidSecret, DatabaseUnreachable or DatabaseLoginRefused
 */
export async function openFunctionDatabase(
  secretId: string,
  { databaseDefaults, region }: Pick<FunctionSettings, 'databaseDefaults' | 'region'>,
  context: Pick<Context, 'getRemainingTimeInMillis' | 'invokedFunctionArn'>,
): Promise<Database> {
  const secret = await readSecret(secretId, context.invokedFunctionArn);
  const address = parseDatabaseAddress(secret, `the secret "${secretId}"`, databaseDefaults);
  const { iamUser } = databaseDefaults;
  const password = iamUser === undefined ? address.password : rdsToken(address, regionOfSecret(secretId) ?? region);
  const remainingTimeMs = () => context.getRemainingTimeInMillis();
  return openDatabase({ ...address, password }, { remainingTimeMs, deployed: true });
}
