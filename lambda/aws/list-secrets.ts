import { ListSecretsCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { sendToAws } from './request.ts';

/** AWS, ListSecrets: so many at a time. */
const PAGE = 100;
/** Eleven pages, one after the other. */
const TIMEOUT_MS = 30_000;

/**
 * The names of all secrets that begin with the prefix, without those that are marked for deletion. A change of the last five
 * minutes may not show yet (AWS, ListSecrets).
 *
 * @param most the list ends after so many
 * @returns the names in a fixed order
 * @throws JobError SecretUnavailable when they cannot be listed
 */
export async function listSecrets(prefix: string, most: number): Promise<string[]> {
  const request = {
    service: 'Secrets Manager',
    endpoint: 'an interface endpoint for secretsmanager',
    failure: `The secrets below ${prefix} cannot be listed`,
    code: 'SecretUnavailable' as const,
    outcome: 'Nothing was changed.',
    reasons: { AccessDeniedException: 'access denied. The function needs secretsmanager:ListSecrets.' },
    timeoutMs: TIMEOUT_MS,
  };
  const names = await sendToAws(SecretsManagerClient, request, async (client, options) => {
    const found: string[] = [];
    let token: string | undefined;
    do {
      const command = new ListSecretsCommand({
        Filters: [{ Key: 'name', Values: [prefix] }],
        IncludePlannedDeletion: false,
        MaxResults: PAGE,
        ...(token !== undefined && { NextToken: token }),
      });
      const { SecretList = [], NextToken } = await client.send(command, options);
      for (const { Name = '', DeletedDate } of SecretList) {
        // The filter does not say how exactly it compares.
        if (Name.startsWith(prefix) && Name.length > prefix.length && DeletedDate === undefined) found.push(Name);
      }
      token = NextToken;
    } while (token !== undefined && found.length < most);
    return found;
  });
  return names.slice(0, most).sort();
}
