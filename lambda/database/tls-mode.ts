import { isIP } from 'node:net';
import type { Refuse } from './parameter-names.ts';
import type { Parameters } from './url-parameters.ts';

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

/** node-postgres writes `no-verify` for what libpq calls `require`. */
const ALIASES = new Map([['no-verify', 'require']]);
/** `ssl` of JDBC and node-postgres. A server is verified where it says no more than yes. */
const SWITCHES = new Map([
  ...['true', '1', 'on', 'yes'].map((word) => [word, undefined] as const),
  ...['false', '0', 'off', 'no'].map((word) => [word, 'disable'] as const),
]);
const MODES = 'disable, allow, prefer, require, verify-ca or verify-full';

/**
 * Reads `sslmode`, `sslrootcert`, Prisma's `sslaccept` and the `ssl` of other drivers. Without any: no TLS on loopback, else a
 * verified server.
 *
 * `channel_binding=require` asks for a proof that nobody stands between client and server, which the driver cannot give
 * (postgres.js 3.4.9 knows no SCRAM-SHA-256-PLUS); a verified certificate proves the same, so it is demanded instead.
 *
 * @throws what `refuse` makes for a word that nobody knows, or for words that contradict each other
 */
export function tlsModeOf(parameters: Parameters, host: string, refuse: Refuse): TlsMode {
  const sslmode = sslmodeOf(parameters, refuse);
  const strict = parameters.get('sslaccept') === 'strict';
  const rootCertificate = parameters.get('sslrootcert');
  const asked = sslmode === undefined ? defaultDemand(parameters, host) : DEMANDS.get(sslmode);
  if (asked === undefined) throw refuse(`has an unknown sslmode: it must be ${MODES}`);
  const mode = withRoot(asked === 'encrypted' && strict ? 'trusted-for-host' : asked, rootCertificate, sslmode, refuse);
  if (!bindsChannel(parameters, refuse)) return mode;
  if (mode.demand === 'none') throw refuse('has channel_binding=require without TLS: write sslmode=verify-full');
  return { ...mode, demand: 'trusted-for-host' };
}

/** The mode that `sslmode` or `ssl` says; undefined where nothing does, or no more than that there must be TLS. */
function sslmodeOf(parameters: Parameters, refuse: Refuse): string | undefined {
  const written = parameters.get('sslmode');
  const ssl = parameters.get('ssl');
  const sslmode = written === undefined ? undefined : (ALIASES.get(written) ?? written);
  if (ssl === undefined) return sslmode;
  const switched = SWITCHES.has(ssl) ? SWITCHES.get(ssl) : (ALIASES.get(ssl) ?? ssl);
  if (switched !== undefined && !DEMANDS.has(switched)) {
    throw refuse('has an unknown ssl: it must be true or false; better write sslmode');
  }
  if (sslmode === undefined) return switched;
  if ((switched === 'disable') === (sslmode === 'disable')) return sslmode;
  throw refuse('has ssl and sslmode, which contradict each other: write sslmode alone');
}

/** What a file of root certificates, or `system` in its place, makes of a demand. */
function withRoot(
  demand: TlsMode['demand'],
  rootCertificate: string | undefined,
  sslmode: string | undefined,
  refuse: Refuse,
): TlsMode {
  // libpq refuses a weaker mode beside it.
  if (rootCertificate === 'system') {
    if (sslmode === undefined || demand === 'trusted-for-host') return { demand: 'trusted-for-host' };
    throw refuse('has sslrootcert=system and a weaker sslmode: with sslrootcert=system it must be verify-full');
  }
  if (!rootCertificate || demand === 'none') return { demand };
  // libpq: "require" behaves like "verify-ca" when a root certificate is given.
  return { demand: demand === 'encrypted' ? 'trusted' : demand, rootCertificateFile: rootCertificate };
}

function bindsChannel(parameters: Parameters, refuse: Refuse): boolean {
  const binding = parameters.get('channel_binding') ?? 'prefer';
  if (['require', 'prefer', 'disable'].includes(binding)) return binding === 'require';
  throw refuse('has an unknown channel_binding: it must be disable, prefer or require');
}

function defaultDemand(parameters: Parameters, host: string): TlsMode['demand'] {
  // `ssl=true` asks for TLS wherever it is.
  if (isLoopback(host) && !parameters.get('sslrootcert') && !parameters.has('ssl')) return 'none';
  return parameters.get('sslaccept') === 'accept_invalid_certs' ? 'encrypted' : 'trusted-for-host';
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}
