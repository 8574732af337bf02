import { isIPv6 } from 'node:net';
import postgres from 'postgres';
import { asJobError, JobError } from '../model/job-error.ts';
import { RefusedStatement } from './refused-statement.ts';
import { isTransient } from './retries.ts';
import { type Place, serverError, whatChanged } from './server-errors.ts';

/**
 * Translates an error of postgres.js, Node or the server. The server's own words are left out, since they may quote
 * rows and parameters; its five-character code and the names of the objects are kept.
 */
export function databaseError(error: unknown, place: Place): JobError {
  if (error instanceof JobError) return error;
  if (error instanceof postgres.PostgresError) return new RefusedStatement(serverError(error, place), error);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return connectionError(error, code, place) ?? asJobError(error);
}

/** Whether a server was asked for TLS and hung up: Node.js has no code of its own for that. */
export function speaksNoTls(error: unknown): boolean {
  return error instanceof Error && /before secure TLS connection was established/.test(error.message);
}

/** @returns undefined for what is no error of a connection but one of this program */
function connectionError(error: unknown, code: string, place: Place): JobError | undefined {
  const { host, port, source, deployed } = place;
  const where = `${host}, port ${port}`;
  const unreachable = (text: string, mayPass = isTransient(error)) =>
    new JobError('DatabaseUnreachable', `${text} ${whatChanged(place)}`, { mayPass });
  if (UNREACHABLE.has(code) && isIPv6Only(error)) return unreachable(ipv6Advice(where, code, deployed), false);
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unreachable(
        `The host ${host} is unknown (${code}). Check the host in ${source}${deployed ? ', and the DNS of the VPC' : ''}.`,
      );
    case 'ECONNREFUSED':
      return unreachable(
        `${where} refuses the connection. Check that the database is running and that the port in ${source} is right.`,
      );
    case 'CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return unreachable(
        `${where} did not answer in time (${code}). It may be asleep or starting: try again in a minute. ` +
          `Otherwise check host and port in ${source}, and ${networkBetween(deployed)}.`,
      );
  }
  if (
    /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_|INVALID_CA|INVALID_PURPOSE)/.test(
      code,
    )
  ) {
    return unreachable(tlsAdvice(code, where, source));
  }
  if (speaksNoTls(error)) {
    return unreachable(
      `${where} does not speak TLS. Turn TLS on at the server, or add sslmode=disable to the URL in ${source} ` +
        'if the network in between is trusted.',
      false,
    );
  }
  if (code === '') return undefined;
  return unreachable(
    `The connection to ${where} was lost${/^[A-Z][A-Z_]+$/.test(code) ? ` (${code})` : ''}. ` +
      'Try again; the next run continues.',
    true,
  );
}

/** What the system says of an address that it has no way to. */
const UNREACHABLE = new Set(['EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** Whether the host has addresses of IPv6 alone: Node.js tells them with the error, or with one error for each. */
function isIPv6Only(error: unknown): boolean {
  const errors: unknown[] = error instanceof AggregateError ? error.errors : [error];
  return errors.every((each) => each instanceof Error && 'address' in each && isIPv6(String(each.address)));
}

function ipv6Advice(where: string, code: string, deployed: boolean): string {
  const here = deployed
    ? 'a Lambda function reaches IPv6 only from a dual-stack VPC (Ipv6AllowedForDualStack)'
    : 'this machine or network has none';
  return (
    `${where} has an IPv6 address only, which cannot be reached from here (${code}): ${here}. Use an address with IPv4: ` +
    "the hoster's pooler (Supabase: the session pooler), or its IPv4 add-on."
  );
}

/** What may drop what is sent. */
export function networkBetween(deployed: boolean): string {
  return deployed
    ? 'the VPC, its subnets and routes, and the security groups on both sides'
    : 'the network: VPN, firewall, and whether the database may be reached from here';
}

function tlsAdvice(code: string, where: string, source: string): string {
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') {
    if (/CERTIFICATE_REQUIRED/.test(code)) {
      return `${where} demands a client certificate (${code}), which this job does not have. Let its role log in with a password.`;
    }
    return `${where} and this client do not agree on TLS (${code}). Check that this is the database's port, and its TLS version.`;
  }
  if (code === 'CERT_HAS_EXPIRED') return `The certificate of ${where} has expired. Renew it at the server.`;
  return (
    `The certificate of ${where} is not trusted (${code}). Use the host name that the certificate names. For a server ` +
    `with a private certificate add sslmode=require to the URL in ${source} (encrypted, server not verified), ` +
    'or sslrootcert=FILE with the CA.'
  );
}
