import { expect, test } from 'vitest';
import { parseDatabaseAddress } from '../../../lambda/database/address.ts';
import { openDatabase } from '../../../lambda/database/database.ts';
import { everythingIn, failureOfAsync } from '../../support/failure.ts';
import { startLoginServer } from '../../support/network/login-server.ts';

const PASSWORD = 'wvJ4kPq9Zt';
/** Occurs in what servers say, and in no message of ours. */
const CANARY = 'canary';

async function answerOf(code: string, words: string, connectTimeoutMs = 1_000) {
  const server = await startLoginServer({ code, words });
  const url = `postgres://postgres.ref:${PASSWORD}@127.0.0.1:${server.port}/assistant`;
  const failure = await failureOfAsync(openDatabase(parseDatabaseAddress(url, 'DATABASE_URL'), { connectTimeoutMs }));
  const attempts = server.taken();
  await server.close();
  expect(everythingIn(failure)).not.toContain(PASSWORD);
  expect(failure.message).not.toContain(CANARY);
  expect(failure.message).toMatch(/ Nothing was changed\.$/);
  expect(failure.message).not.toMatch(/statement|[{}]/);
  expect(failure.message).not.toContain(words);
  return { code: failure.code, message: failure.message, attempts };
}

test.concurrent.each([
  ['Supavisor', 'XX000', 'Tenant or user not found', /knows no such tenant or user \(XX000\).*postgres\./],
  ['Supavisor', 'XX000', '(ENOTFOUND) tenant/user canary.ref not found', /knows no such tenant or user/],
  [
    'Supavisor',
    'XX000',
    '(ENOIDENTIFIER) no tenant identifier provided (external_id or sni_hostname required)',
    /tenant/,
  ],
  ['Supavisor', '28P01', 'password authentication failed for user "canary"', /refuses the user or the password/],
  ['Supavisor', 'XX000', '(ESSLREQUIRED) SSL connection is required for user: canary', /without TLS \(XX000\)/],
  ['Supavisor', 'XX000', '(EADDRNOTALLOWED) address not in tenant allow_list: {1, 2, 3, 4}', /allowed addresses/],
  [
    'Supavisor',
    'XX000',
    '(ECIRCUITBREAKER) too many authentication failures, new connections are temporarily blocked',
    /lets nobody in for some minutes/,
  ],
  [
    'Neon',
    'XX000',
    'Endpoint ID is not specified. Either please upgrade the postgres client',
    /knows no such endpoint/,
  ],
  ['Neon', 'XX000', 'Control plane request failed: endpoint cannot be found', /knows no such endpoint/],
  ['Neon', 'XX000', 'The endpoint has been disabled. Enable it using Neon API and retry.', /is disabled or suspended/],
  ['Neon', 'XX000', 'This IP address 1.2.3.4 is not allowed to connect to this endpoint.', /allowed addresses/],
  ['Neon', '28P01', "password authentication failed for user 'canary'", /refuses the user or the password/],
  ['RDS', '28000', 'PAM authentication failed for user "canary"', /refuses the token of IAM for the role .*rds_iam/],
  ['RDS Proxy', '28000', 'This RDS proxy has no credentials for the role canary.', /RDS Proxy at .* no credentials/],
  ['RDS Proxy', '28P01', 'The password that was provided for the role canary is wrong.', /user or the password/],
  ['RDS Proxy', '28000', 'This RDS Proxy requires TLS connections.', /without TLS/],
  ['RDS Proxy', '28000', 'IAM authentication failed for user canary.', /user or the password/],
  ['PgCat', '58000', 'No pool configured for database: "canary", user: "x"', /knows no database "assistant"/],
  ['PgCat', '28P01', 'password authentication failed for user "canary"', /user or the password/],
  ['Odyssey', '3D000', "odyssey: c1: route for 'canary.x' is not found", /no database "assistant"/],
  ['Odyssey', '42601', 'odyssey: c1: incorrect password', /user or the password/],
  ['PgBouncer', '08P01', 'no such user: canary', /pooler.*refuses the user or the password \(08P01\)/],
  ['PgBouncer', '08P01', 'server login failed: FATAL password authentication failed', /in the pooler/],
  ['Cloud SQL', '28000', 'connection requires a valid client certificate', /demands a client certificate \(28000\)/],
  ['PostgreSQL', '28000', 'certificate authentication failed for user "canary"', /demands a client certificate/],
  [
    'PostgreSQL',
    '28000',
    'no pg_hba.conf entry for host "1.2.3.4", user "canary", database "d", no encryption',
    /without TLS/,
  ],
  [
    'PostgreSQL',
    '28000',
    'no pg_hba.conf entry for host "1.2.3.4", user "password", database "d", SSL encryption',
    /pg_hba/,
  ],
  ['PostgreSQL', '28000', 'role "canary" is not permitted to log in', /ALTER ROLE "postgres\.ref" LOGIN;/],
  ['anybody', '0A000', 'canary is not supported', /./],
  ['anybody', '99999', 'canary', /refuses this login \(99999\)/],
])('%s: %s %j is the answer to a login, with what to do', async (_, code, words, message) => {
  const answer = await answerOf(code, words);
  expect(answer).toMatchObject({ code: 'DatabaseLoginRefused', attempts: 1 });
  expect(answer.message).toMatch(message);
});

test.concurrent.each([
  ['PgBouncer', '08P01', 'no more connections allowed (max_client_conn)'],
  ['PgBouncer', '08P01', 'query_wait_timeout'],
  ['Supavisor', 'XX000', 'Max client connections reached'],
  ['Supavisor', 'XX000', '(EMAXCONN) max client connections reached, limit: 200'],
  [
    'Supavisor',
    'XX000',
    'MaxClientsInSessionMode: max clients reached - in Session mode max clients are limited to pool_size',
  ],
  [
    'Supavisor',
    'XX000',
    '(EMAXCONNSESSION) max clients reached in session mode - max clients are limited to pool_size: 15',
  ],
  [
    'Supavisor',
    'XX000',
    '(ECHECKOUTTIMEOUT) Pool checkout timeout. Request was dropped after 60000ms in Session mode.',
  ],
  ['Neon', 'XX000', 'Too many connections to this endpoint. Please try again later.'],
  ['Neon', 'XX000', 'Failed to acquire permit. Too many database connection attempts are currently ongoing.'],
  ['RDS Proxy', '08004', 'The maximum number of client connections to the proxy exceeded 100.'],
  ['RDS Proxy', '28000', 'Rate of connection to proxy exceeded 100.'],
  ['RDS Proxy', 'XX000', 'Timed-out waiting to acquire database connection.'],
  ['PgCat', '58000', 'could not get connection from the pool - AllServersDown'],
  ['Odyssey', '53300', 'odyssey: c1: too many tcp connections'],
  ['PostgreSQL', '53300', 'sorry, too many clients already'],
])('%s: %s %j means that the pool is full, and is tried again', async (_, code, words) => {
  const answer = await answerOf(code, words, 1_500);
  expect(answer.code).toBe('DatabaseUnreachable');
  expect(answer.message).toMatch(/ has no free connection \(.{5}\)\. Try again later\./);
  expect(answer.attempts).toBeGreaterThan(1);
});

test.concurrent.each([
  [
    'PgBouncer',
    '08P01',
    'server login has been failing, cached error: canary',
    /The pooler .* cannot reach the database/,
  ],
  ['PgCat', '58000', 'canary', /The pooler .* cannot reach the database \(58000\)/],
  ['Neon', 'XX000', 'Control plane request failed', /cannot reach the database \(XX000\)/],
  ['Neon', 'XX000', 'Your project has exceeded the data transfer quota.', /A quota .* is used up/],
  ['PostgreSQL', '53200', 'out of memory', /lets nobody in just now \(53200\)/],
])('%s: %s %j is no refusal of a login', async (_, code, words, message) => {
  const answer = await answerOf(code, words);
  expect(answer.code).toBe('DatabaseUnreachable');
  expect(answer.message).toMatch(message);
});
