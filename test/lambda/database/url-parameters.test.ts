import { expect, test } from 'vitest';
import { parseDatabaseAddress } from '../../../lambda/database/address.ts';
import { everythingIn, failureOf } from '../../support/failure.ts';

const SECRET = 'wvJ4kPq9Zt';
const at = (parameters: string) => `postgres://user:${SECRET}@db.example.com:5433/assistant?${parameters}`;
const parse = (value: string) => parseDatabaseAddress(value, 'DATABASE_URL');

/** The message of a refusal; no part of the URL is anywhere in the error. */
function refusal(value: string): string {
  const failure = failureOf(() => parse(value));
  expect(failure).toMatchObject({ code: 'InvalidSecret' });
  expect(everythingIn(failure)).not.toContain(SECRET);
  return failure.message;
}

test.each([
  ['host=other.example.com', { host: 'other.example.com' }],
  ['host=%5B2001:db8::1%5D', { host: '2001:db8::1' }],
  ['port=6543', { port: 6543 }],
  ['user=somebody', { user: 'somebody' }],
  ['password=a%20b+c', { password: 'a b+c' }],
  ['dbname=crm', { database: 'crm' }],
  ['host=&port=&user=&dbname=', { host: 'db.example.com', port: 5433, user: 'user', database: 'assistant' }],
  ['port=6543&port=6543', { port: 6543 }],
])('a parameter that says where or as whom goes before the rest of the URL: %s', (parameters, address) => {
  expect(parse(at(parameters))).toMatchObject(address);
});

test.each([
  ['postgresql:///assistant?host=db.example.com&user=u&password=p', 'no authority'],
  ['postgresql://u:p@/assistant?host=db.example.com', 'a user alone'],
])('a URL may have its host in a parameter: %s', (url) => {
  expect(parse(url)).toMatchObject({ host: 'db.example.com', user: 'u', password: 'p', database: 'assistant' });
});

test.each([
  'schema=crm',
  'search_path=crm',
  'search_path=CRM',
  'search_path=%22crm%22',
  'currentSchema=crm',
  'schema_search_path=crm',
  'options=-c%20search_path%3Dcrm',
  'options=-csearch_path=crm',
  'options=--search_path%3Dcrm',
  'options=--search-path%3Dcrm',
  'options=-c+search_path=crm',
  'options=-c%20statement_timeout=5000%20-c%20search_path=crm',
  'schema=crm&currentSchema=crm',
])('a schema to look in is honoured however it is written: %s', (parameters) => {
  expect(parse(at(parameters)).schema).toBe('crm');
});

test('a schema keeps its capitals where its form does', () => {
  expect(parse(at('schema=Crm')).schema).toBe('Crm');
  expect(parse(at('search_path=%22Cr%22%22m%22')).schema).toBe('Cr"m');
});

test.each([
  ['search_path=crm,public', /must name exactly one schema in search_path: write schema=NAME/],
  ['currentSchema=%22$user%22,public', /must name exactly one schema in currentSchema/],
  ['options=-c%20search_path=crm,public', /must name exactly one schema in options=-c search_path/],
  ['schema=crm&search_path=sales', /names two different schemas/],
  ['options=-c%20role=admin', /has role in its options, which this job does not take: give the role that setting/],
  ['options=-c%20default_transaction_read_only=on', /has default_transaction_read_only in its options.* leave it out/],
  ['options=endpoint%3Dep-cool-1', /has endpoint in its options.*the host name says the endpoint/],
  ['options=project%3Dep-cool-1', /has project in its options/],
  ['options=reference%3Dabc', /has reference in its options.*behind the user \(Supabase: postgres\.REFERENCE\)/],
  [`options=-c%20x.${'y'}=${SECRET}`, /has a setting in its options that this job does not take/],
  ['options=nonsense', /must have options of the form -c NAME=VALUE/],
  ['hostaddr=10.0.0.1', /has the parameter hostaddr.*write the address as the host/],
  ['service=crm', /has the parameter service.*write host, port, user, password and database into the URL/],
  ['passfile=/x', /has the parameter passfile.*write the password into the URL/],
  ['sslcert=/x', /has the parameter sslcert.*logs in with a password/],
  ['sslkey=/x', /has the parameter sslkey/],
  ['sslpassword=x', /has the parameter sslpassword/],
  ['sslidentity=x', /has the parameter sslidentity/],
  ['sslnegotiation=direct', /has the parameter sslnegotiation/],
  ['gssencmode=require', /has the parameter gssencmode.*gssencmode=disable/],
  ['require_auth=scram-sha-256', /has the parameter require_auth.*pg_hba\.conf/],
  ['target_session_attrs=read-write', /has the parameter target_session_attrs.*name the primary/],
  ['role=admin', /has the parameter role/],
  ['endpoint=ep-cool-1', /has the parameter endpoint.*the host name says the endpoint/],
  ['replication=true', /has the parameter replication/],
  ['port=1&port=2', /has the parameter port twice/],
  ['whatever=1', /has the unknown parameter whatever: leave it out/],
  [`SSLMODE=${SECRET}`, /has the unknown parameter SSLMODE/],
  // Most likely the rest of a password.
  [SECRET, /has an unknown parameter: leave it out.*write "&" as %26/],
  [`password=a&${SECRET}=`, /has an unknown parameter/],
  [`password=a&Zt${'abc'}=x`, /has an unknown parameter/],
  ['ssl=maybe', /has an unknown ssl: it must be true or false/],
  ['ssl=true&sslmode=disable', /has ssl and sslmode, which contradict each other/],
  ['ssl=false&sslmode=require', /has ssl and sslmode, which contradict each other/],
  ['channel_binding=require&sslmode=disable', /has channel_binding=require without TLS/],
  ['channel_binding=no', /has an unknown channel_binding/],
  ['host=a.example.com,b.example.com', /must name one host, not several/],
])('what is not honoured is refused by its name, and says what to write instead: %s', (parameters, message) => {
  expect(refusal(at(parameters))).toMatch(message);
});

test.each([
  at('host=/var/run/postgresql'),
  at('host=%2Fcloudsql%2Fproject%3Aregion%3Ainstance'),
  at('host=%40abstract'),
  `postgresql:///assistant?host=/var/run/postgresql&user=u&password=${SECRET}`,
  `postgresql://u:${SECRET}@/assistant?host=/cloudsql/project:region:instance`,
  `postgresql://u:${SECRET}@%2Fvar%2Frun%2Fpostgresql/assistant`,
])('a Unix socket is refused as one: %s', (url) => {
  expect(refusal(url)).toMatch(/names a Unix socket, and this job connects over TCP only: write a host name/);
});

test('what changes nothing but speed is dropped', () => {
  const all = [
    'application_name=x&fallback_application_name=x&client_encoding=UTF8&connect_timeout=1&keepalives_idle=1',
    'pgbouncer=true&connection_limit=1&pool_timeout=0&statement_cache_size=0&socket_timeout=3',
    'sslsni=1&sslcompression=0&krbsrvname=x&requirepeer=x&gssencmode=prefer&target_session_attrs=any&statement_timeout=1',
    'supa=base-pooler.x&prepareThreshold=0&ApplicationName=x&load_balance_hosts=random&channel_binding=prefer',
  ].join('&');
  expect(parse(at(all))).toEqual(parse(at('')));
});

test.each([
  ['db', 'ssl=true', { demand: 'trusted-for-host' }],
  ['db', 'ssl=1', { demand: 'trusted-for-host' }],
  ['localhost', 'ssl=true', { demand: 'trusted-for-host' }],
  ['db', 'ssl=true&sslmode=require', { demand: 'encrypted' }],
  ['db', 'ssl=0', { demand: 'none' }],
  ['db', 'ssl=false', { demand: 'none' }],
  ['db', 'ssl=no-verify', { demand: 'encrypted' }],
  ['db', 'ssl=require', { demand: 'encrypted' }],
  ['db', 'sslmode=no-verify', { demand: 'encrypted' }],
  ['db', 'sslmode=require&channel_binding=require', { demand: 'trusted-for-host' }],
  [
    'db',
    'sslmode=require&sslrootcert=/ca.pem&channel_binding=require',
    { demand: 'trusted-for-host', rootCertificateFile: '/ca.pem' },
  ],
])('other words for TLS are understood, none as less than it says: %s?%s', (host, parameters, tls) => {
  expect(parse(`postgres://u:p@${host}/d?${parameters}`).tls).toEqual(tls);
});

const RDS = { username: 'u', password: SECRET, host: 'db.example.com', dbname: 'd', port: 5432 };

test('a JSON secret has the same parameters, and may hold whatever else', () => {
  const extra = {
    engine: 'aurora-postgresql',
    dbInstanceIdentifier: 'x',
    dbClusterIdentifier: 'y',
    apiKey: 'z',
    role: 'r',
  };
  expect(parse(JSON.stringify({ ...RDS, ...extra, schema: 'crm', sslmode: 'require', ssl: true }))).toMatchObject({
    schema: 'crm',
    tls: { demand: 'encrypted' },
  });
  expect(parse(JSON.stringify({ ...RDS, dbname: undefined, database: 'other' })).database).toBe('other');
  expect(refusal(JSON.stringify({ ...RDS, hostaddr: '10.0.0.1' }))).toMatch(/has the parameter hostaddr/);
  expect(refusal(JSON.stringify({ ...RDS, options: '-c role=admin' }))).toMatch(/has role in its options/);
  expect(refusal(JSON.stringify({ ...RDS, host: '/cloudsql/x' }))).toMatch(/names a Unix socket/);
  expect(refusal(JSON.stringify({ ...RDS, engine: 'mysql' }))).toMatch(/JSON/);
});
