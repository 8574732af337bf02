import { parseDatabaseAddress } from '../database/address.ts';
import { type Database, openDatabase } from '../database/database.ts';
import type { FunctionSettings } from '../input/settings.ts';
import { readSecret } from './secret.ts';

/**
 * From the secret to a connection, as every function does it that needs the database.
 *
 * @param remainingTimeMs milliseconds until Lambda stops the function
 * @throws JobError SecretUnavailable, InvalidSecret, DatabaseUnreachable or DatabaseLoginRefused
 */
export async function openFunctionDatabase(
  { databaseSecretId, databaseDefaults }: Pick<FunctionSettings, 'databaseSecretId' | 'databaseDefaults'>,
  remainingTimeMs: () => number,
): Promise<Database> {
  const secret = await readSecret(databaseSecretId);
  const address = parseDatabaseAddress(secret, `the secret "${databaseSecretId}"`, databaseDefaults);
  return openDatabase(address, { remainingTimeMs, deployed: true });
}
