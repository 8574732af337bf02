import postgres from 'postgres';
import { asJobError, JobError } from './errors.ts';

/** What a failed connection or statement was about; it goes into messages. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

const NEXT = 'Nothing that is not in the audit table has been cleared.';

/**
 * Translates an error of postgres.js, Node or the server. The server's own words are left out, since they may quote
 * rows and parameters; its five-character code and the names of the objects are kept.
 */
export function databaseError(error: unknown, place: Place): JobError {
  if (error instanceof JobError) return error;
  if (error instanceof postgres.PostgresError) return serverError(error, place);
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return connectionError(error, code, place) ?? asJobError(error);
}

/** Whether a server was asked for TLS and hung up: Node.js has no code of its own for that. */
export function speaksNoTls(error: unknown): boolean {
  return error instanceof Error && /before secure TLS connection was established/.test(error.message);
}

/** @returns undefined for what is no error of a connection but one of this program */
function connectionError(error: unknown, code: string, { host, port }: Place): JobError | undefined {
  const where = `${host}, port ${port}`;
  const unreachable = (text: string) => new JobError('DatabaseUnreachable', `${text} ${NEXT}`);
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unreachable(
        `The host ${host} is unknown (${code}). Check the host in the database URL, and the DNS of the VPC.`,
      );
    case 'ECONNREFUSED':
      return unreachable(
        `${where} refuses the connection. Check that the database runs, that the port is right, and its security group.`,
      );
    case 'CONNECT_TIMEOUT':
    case 'ETIMEDOUT':
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
      return unreachable(
        `${where} did not answer in time (${code}). It may be asleep or starting: try again in a minute. ` +
          'Otherwise check the VPC, its subnets and the security groups on both sides.',
      );
  }
  if (
    /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_|INVALID_CA|INVALID_PURPOSE)/.test(
      code,
    )
  ) {
    return unreachable(tlsAdvice(code, where));
  }
  if (speaksNoTls(error)) {
    return unreachable(
      `${where} does not speak TLS. Turn TLS on at the server, or add sslmode=disable to the database URL ` +
        'if the network in between is trusted.',
    );
  }
  if (code === '') return undefined;
  return unreachable(
    `The connection to ${where} broke${/^[A-Z][A-Z_]+$/.test(code) ? ` (${code})` : ''}. ` +
      'Try again; the next run does what this one left.',
  );
}

function tlsAdvice(code: string, where: string): string {
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') {
    return `${where} and this client do not agree on TLS (${code}). Check that this is the database's port and its TLS version.`;
  }
  if (code === 'CERT_HAS_EXPIRED') return `The certificate of ${where} has expired. Renew it at the server.`;
  return (
    `The certificate of ${where} is not trusted (${code}). Use the host name that stands in the certificate. For a server ` +
    'with a private certificate add sslmode=require to the database URL (encrypted, server not verified), ' +
    'or sslrootcert=FILE with the CA.'
  );
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** PgBouncer has one code for everything; only its words tell what is wrong. */
function poolerError(message: string, where: string, database: string): JobError {
  if (/no such database/i.test(message)) {
    return new JobError(
      'DatabaseLoginRefused',
      `The pooler at ${where} knows no database "${database}" (08P01). Check its name.`,
    );
  }
  if (/password|authentication|no such user/i.test(message)) {
    return new JobError(
      'DatabaseLoginRefused',
      `The pooler at ${where} refuses the user or the password (08P01). Check both in the secret, and in the pooler.`,
    );
  }
  return new JobError(
    'DatabaseUnreachable',
    `The pooler at ${where} has no server behind it just now (08P01). Check the database itself, and try again. ${NEXT}`,
  );
}

/** Codes: PostgreSQL documentation, "PostgreSQL Error Codes". */
function serverError(error: postgres.PostgresError, { host, port, database, user }: Place): JobError {
  const where = `${host}, port ${port}`;
  const object = [error.schema_name, error.table_name, error.column_name, error.constraint_name]
    .filter(Boolean)
    .join('.');
  switch (error.code) {
    case '28P01':
      return new JobError(
        'DatabaseLoginRefused',
        `${where} refuses the user or the password (28P01). Check both in the secret; after a rotation, try again.`,
      );
    case '28000':
      return new JobError(
        'DatabaseLoginRefused',
        `${where} refuses this login (28000). Check the user, whether it may connect from here (pg_hba.conf, security ` +
          'group), and whether the server demands TLS (sslmode=require or verify-full).',
      );
    case '3D000':
      return new JobError(
        'DatabaseLoginRefused',
        `There is no database "${database}" at ${where} (3D000). Check its name.`,
      );
    case '53300':
      return new JobError('DatabaseUnreachable', `${where} has no connection left (53300). Try again later. ${NEXT}`);
    case '57P03':
      return new JobError(
        'DatabaseUnreachable',
        `${where} is starting up or shutting down (57P03). Try again in a minute. ${NEXT}`,
      );
    case '55P03':
    case '57014':
      return new JobError(
        'StatementTimeout',
        `The server ended a statement (${error.code}). Either somebody cancelled it, or it hit the statement_timeout or ` +
          `lock_timeout of this role or database: something may hold the table locked, such as a migration. ${NEXT}`,
      );
    case '57P01':
      return new JobError(
        'DatabaseUnreachable',
        `${where} ended the connection (57P01): it restarts, or an administrator did it. Try again. ${NEXT}`,
      );
    case '08P01':
      return poolerError(error.message, where, database);
    case '55000':
      if (!/not currently accepting connections/.test(error.message)) break;
      return new JobError(
        'DatabaseLoginRefused',
        `The database "${database}" at ${where} takes no connections (55000).`,
      );
    case '42501':
      if (/for database/.test(error.message)) {
        return new JobError(
          'PrivilegeMissing',
          `The role may not connect to this database. Its owner gives it with: GRANT CONNECT ON DATABASE ` +
            `${quoted(database)} TO ${quoted(user)}; Nothing was touched.`,
        );
      }
      return new JobError(
        'PrivilegeMissing',
        `The database role lacks a privilege (42501${object && `, ${object}`}). Grant what the README lists under ` +
          `"Least rights". ${NEXT}`,
      );
    case '42P01':
      return new JobError('TableUnusable', `A table is gone since this run began (42P01). Try again. ${NEXT}`);
    case '25006':
      return new JobError(
        'StatementFailed',
        `The database is read-only (25006). Point the URL at the primary, not at a replica. ${NEXT}`,
      );
    case '53100':
      return new JobError('StatementFailed', `The database's disk is full (53100). Free some space. ${NEXT}`);
  }
  return new JobError(
    'StatementFailed',
    `The database refused a statement (SQLSTATE ${error.code}${object && `, ${object}`}). ` +
      `The server's log has its full words. ${NEXT}`,
  );
}
