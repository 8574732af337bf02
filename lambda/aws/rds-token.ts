import type { DatabaseAddress } from '../database/address.ts';
import { JobError } from '../model/job-error.ts';

/** RDS: "Connecting to your DB instance using IAM authentication": the token is signed for the region of the database. */
const RDS_HOST = /\.([a-z0-9-]+)\.rds\.amazonaws\.com(\.cn)?$/i;

/**
 * Makes the tokens of IAM that a role logs in to RDS with. A token is valid for 15 minutes, which is for a login; a
 * connection lasts.
 *
 * @param region where the database is when its host does not say so
 * @returns what makes a new one. It throws JobError DatabaseLoginRefused when there are no credentials to sign it with
 */
export function rdsToken(
  { host, port, user }: Pick<DatabaseAddress, 'host' | 'port' | 'user'>,
  region: string | undefined,
): () => Promise<string> {
  const signedFor = RDS_HOST.exec(host)?.[1] ?? region;
  return async () => {
    // Loaded when it is needed: most installations log in with a password.
    const { Signer } = await import('@aws-sdk/rds-signer');
    const options = { hostname: host, port, username: user, ...(signedFor !== undefined && { region: signedFor }) };
    return new Signer(options).getAuthToken().catch((error: unknown) => {
      const name = error instanceof Error && /^\w+$/.test(error.name) ? error.name : 'an error';
      throw new JobError(
        'DatabaseLoginRefused',
        `The token of IAM for the role ${user} cannot be made (${name}). The function needs credentials of its role and a ` +
          'region. Nothing was changed.',
      );
    });
  };
}
