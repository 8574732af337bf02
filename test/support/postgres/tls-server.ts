import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { vi } from 'vitest';
import { startEmbeddedPostgres } from '../../../bin/local/sample/embedded-postgres.ts';
import { PATIENCE } from '../patience.ts';
import { type CertificateOptions, createAuthority } from './certificates.ts';
import { writeServerFile } from './server-file.ts';

/** A PostgreSQL that speaks TLS, with a certificate of an authority that nobody trusts who is not told to. */
export interface TlsServer {
  /** The authority's certificate, for `sslrootcert`. */
  readonly authorityFile: string;
  /** Address of its database, for a user that may come with TLS or without. */
  url(host: string, parameters?: string): string;
  /** The same for a user that the server lets in only with TLS. */
  urlOfTlsUser(host: string, parameters?: string): string;
  /** Shows a new certificate from now on. */
  present(certificate: CertificateOptions): Promise<void>;
  stop(): Promise<void>;
}

const TLS_USER = 'with_tls_only';

const ACCESS = `
hostssl all ${TLS_USER} all password
host all postgres all password
`;

/** Starts it without a certificate: it speaks TLS from the first `present` on. */
export async function startTlsServer(): Promise<TlsServer> {
  const authority = await createAuthority();
  const folder = mkdtempSync(join(tmpdir(), 'thread-cleanup-ca-'));
  const authorityFile = join(folder, 'authority.pem');
  writeFileSync(authorityFile, authority.certificate);
  const server = await startEmbeddedPostgres({ fsync: 'off' });
  const sql = postgres(server.url('postgres'), { max: 1, onnotice: () => undefined });
  await sql.unsafe(`create role ${TLS_USER} login password 'embedded'`);
  await writeServerFile(sql, 'pg_hba.conf', ACCESS);

  const url = (user: string, host: string, parameters: string) =>
    `postgres://${user}:embedded@${host}:${server.port}/postgres${parameters}`;
  return {
    authorityFile,
    url: (host, parameters = '') => url('postgres', host, parameters),
    urlOfTlsUser: (host, parameters = '') => url(TLS_USER, host, parameters),
    present: async (options) => {
      const { certificate, key } = await authority.issue(options);
      const name = `server-${randomUUID()}`;
      await writeServerFile(sql, `${name}.key`, key);
      await writeServerFile(sql, `${name}.crt`, certificate);
      await sql.unsafe(`alter system set ssl_key_file = '${name}.key'`);
      await sql.unsafe(`alter system set ssl_cert_file = '${name}.crt'`);
      await sql`alter system set ssl = on`;
      await sql`select pg_reload_conf()`;
      // The server tells its sessions in the same breath in which it reads its files, before it takes another connection.
      await vi.waitUntil(async () => (await sql`show ssl_cert_file`)[0]?.['ssl_cert_file'] === `${name}.crt`, PATIENCE);
    },
    stop: async () => {
      await sql.end({ timeout: 1 });
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}
