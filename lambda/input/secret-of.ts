import { JobError } from '../model/job-error.ts';
import type { Payload } from '../model/payloads.ts';
import { quoteSafely } from '../model/quote-safely.ts';
import type { DatabaseSecrets } from './settings.ts';

/**
 * The secret of the database that a payload is about: the deployed one, or where there are several the one that the payload
 * names. Nothing is asked of AWS, so that a refusal does not tell which secrets exist.
 *
 * @returns its name or ARN
 * @throws JobError InvalidPayload when it has to be named and is not, or is none of this deployment's
 */
export function secretOf(
  { mode, secret }: Pick<Payload, 'mode' | 'secret'>,
  { databaseSecretId, databaseSecretPrefix: prefix }: DatabaseSecrets,
): string {
  if (databaseSecretId !== undefined) {
    if (secret === undefined) return databaseSecretId;
    throw refused(
      'Unknown key "secret": this deployment has one database (context key databaseSecret), so leave it out.',
    );
  }
  if (prefix === undefined) throw new Error('unreachable: one of the two is set');
  const example = `{"mode":"${mode}","secret":"${prefix}NAME"}`;
  if (secret === undefined) {
    throw refused(
      `"secret" is required: this deployment has a database for each secret whose name begins with ${prefix}. Give the ` +
        `one that is meant: ${example}`,
    );
  }
  if (secret.startsWith(prefix) && secret.length > prefix.length) return secret;
  throw refused(`"secret" must begin with ${prefix} (got ${quoteSafely(secret)}), as in ${example}`);
}

const refused = (message: string) => new JobError('InvalidPayload', `${message} Nothing was changed.`);
