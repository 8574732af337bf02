import type { JobError } from '../model/job-error.ts';

/** Makes the error for an address that is not understood, of a problem such as "has a parameter that …". */
export type Refuse = (problem: string) => JobError;

/** Parameters that say who, where and how, as libpq means them: over what the authority of the URL says. */
const PLACE = ['host', 'port', 'user', 'password', 'dbname'];
const TLS = ['sslmode', 'sslrootcert', 'sslaccept', 'ssl', 'channel_binding'];
/** Where a table name without a schema is looked for: Prisma's, that of every server, JDBC's and that of Rails. */
export const SCHEMA = ['schema', 'search_path', 'currentSchema', 'schema_search_path', 'options'];
export const READ = new Set([...PLACE, ...TLS, ...SCHEMA]);

/**
 * Known to change how fast, how long or by what name, and nothing else. They are dropped: the driver would send them to the
 * server, and a pooler refuses what it does not know.
 */
export const DROPPED = new Set([
  // libpq
  ...['application_name', 'fallback_application_name', 'client_encoding', 'connect_timeout', 'tcp_user_timeout'],
  ...['keepalives', 'keepalives_idle', 'keepalives_interval', 'keepalives_count', 'sslcompression', 'sslsni'],
  ...['krbsrvname', 'gsslib', 'gssdelegation', 'requirepeer', 'load_balance_hosts'],
  // sessions
  ...['statement_timeout', 'lock_timeout', 'idle_in_transaction_session_timeout', 'jit', 'work_mem'],
  // Prisma, Vercel
  ...['pgbouncer', 'connection_limit', 'pool_timeout', 'socket_timeout', 'statement_cache_size'],
  ...['max_connection_lifetime', 'max_idle_connection_lifetime', 'single_use_connections', 'supa', 'workaround'],
  // Rails, node-postgres, postgres.js, pgx, JDBC
  ...['pool', 'prepared_statements', 'encoding', 'max', 'idle_timeout', 'prepare', 'uselibpqcompat'],
  ...['pool_max_conns', 'pool_min_conns', 'default_query_exec_mode', 'statement_cache_capacity', 'binary_parameters'],
  ...['ApplicationName', 'prepareThreshold', 'tcpKeepAlive', 'socketTimeout', 'loginTimeout', 'connectTimeout'],
  ...['preparedStatementCacheQueries', 'reWriteBatchedInserts', 'binaryTransfer'],
]);

/** Parameters that change nothing as long as they have one of these values. */
export const DROPPED_VALUES: ReadonlyMap<string, RegExp> = new Map([
  ['gssencmode', /^(disable|prefer)$/],
  ['target_session_attrs', /^any$/],
  ['sslnegotiation', /^postgres$/],
  ['sslcertmode', /^(disable|allow)$/],
  ['ssl_min_protocol_version', /^TLSv1(\.[12])?$/],
]);

const CERTIFICATE =
  "this job logs in with a password. For the CA of the server's certificate write sslrootcert=FILE; a client certificate is not taken";
const SERVICE = 'write host, port, user, password and database into the URL itself';
const SESSION = 'give the role that setting (ALTER ROLE … SET …), or log in as a role that has it';

/** What to write instead. */
export const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['hostaddr', 'write the address as the host of the URL; with sslmode=verify-ca its name is not compared'],
  ['service', SERVICE],
  ['servicefile', SERVICE],
  ['passfile', 'write the password into the URL, or into the secret'],
  ['sslcert', CERTIFICATE],
  ['sslkey', CERTIFICATE],
  ['sslpassword', CERTIFICATE],
  ['sslidentity', CERTIFICATE],
  ['sslcertmode', CERTIFICATE],
  ['sslcrl', 'leave it out: lists of revoked certificates are not looked at'],
  ['sslcrldir', 'leave it out: lists of revoked certificates are not looked at'],
  ['sslnegotiation', 'leave it out: TLS is asked for in the usual way'],
  ['ssl_min_protocol_version', 'demand it at the server: the client takes TLS 1.2 and later'],
  ['ssl_max_protocol_version', 'leave it out: the server decides'],
  ['gssencmode', 'leave it out, or write gssencmode=disable: the connection is encrypted by TLS only'],
  ['require_auth', 'leave it out and demand it at the server (pg_hba.conf)'],
  ['target_session_attrs', 'leave it out and name the primary as the host'],
  ['replication', 'leave it out'],
  ['role', SESSION],
  ['session_authorization', SESSION],
  ['row_security', SESSION],
  ['default_transaction_read_only', 'leave it out: a check only reads, and a cleanup must write'],
  ['endpoint', 'the host name says the endpoint (Neon: ENDPOINT.REGION.aws.neon.tech); leave it out'],
  ['project', 'the host name says the endpoint (Neon: ENDPOINT.REGION.aws.neon.tech); leave it out'],
  ['reference', 'write the tenant behind the user (Supabase: postgres.REFERENCE); leave it out'],
]);

/** Keys of a JSON secret that are parameters, too; whatever else is in it may be somebody else's. */
export const JSON_PARAMETERS = [
  ...[...TLS, ...SCHEMA, 'hostaddr', 'sslcert', 'sslkey', 'sslpassword', 'passfile', 'target_session_attrs'],
];
