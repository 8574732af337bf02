import * as v from 'valibot';
import type { DatabaseDefaults } from '../input/settings.ts';
import { JobError } from '../model/job-error.ts';
import { JSON_PARAMETERS, type Refuse } from './parameter-names.ts';
import { type TlsMode, tlsModeOf } from './tls-mode.ts';
import { type Parameters, readParameters, schemaOf } from './url-parameters.ts';

/** Where the database is and who we are there, whatever form it was written in. */
export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Or what makes one, for each connection anew. */
  readonly password: string | (() => Promise<string>);
  readonly database: string;
  /** Where a table name without a schema is looked for: Prisma's `?schema=`, or a search path of one schema. */
  readonly schema: string | undefined;
  readonly tls: TlsMode;
  /** What it was read from, for messages: `DATABASE_URL`, `the secret "prod/db"`. */
  readonly source: string;
}

const DEFAULT_PORT = 5432;

const URL_FORM = 'postgres://USER:PASSWORD@HOST:PORT/DATABASE';
const FORMS =
  `the URL as plain text (${URL_FORM}); ` +
  'JSON with the URL under "url", "DATABASE_URL", "databaseUrl" or "connectionString"; ' +
  'or JSON as RDS writes it, with "host", "port", "username", "password" and "dbname"';

const text = v.pipe(v.string(), v.nonEmpty());
const urlText = v.fallback(v.optional(v.string()), undefined);
const urlsInJson = v.object({ url: urlText, DATABASE_URL: urlText, databaseUrl: urlText, connectionString: urlText });
const IS_URL = /^postgres(ql)?:\/\//i;
/** AWS: "JSON structure of AWS Secrets Manager secrets"; what else says where is in `JSON_PARAMETERS`. */
const rdsJson = v.object({
  engine: v.nullish(v.pipe(v.string(), v.regex(/postgres/i))),
  username: text,
  password: v.string(),
  host: v.nullish(text),
  port: v.nullish(v.union([v.number(), text])),
  dbname: v.nullish(text),
  database: v.nullish(text),
});
/** A login with a token of IAM needs neither. */
const rdsJsonForIam = v.object({ ...rdsJson.entries, username: v.nullish(text), password: v.nullish(v.string()) });

/**
 * Reads a database address from a secret's value, or from `DATABASE_URL`.
 *
 * @param value URL, or JSON with one in it, or JSON as RDS writes it
 * @param source what the value came from, for messages: `the secret "prod/db"`
 * @param defaults host, port and database for JSON with only a user and a password; who logs in with a token of IAM, for
 *   which the address has no password yet
 * @throws JobError InvalidSecret, naming the source and the expected forms, never a character of the value
 */
export function parseDatabaseAddress(value: string, source: string, defaults: DatabaseDefaults = {}): DatabaseAddress {
  const address = readAddress(value.trim(), source, defaults);
  return defaults.iamUser === undefined ? address : addressForIam(address, defaults.iamUser);
}

function readAddress(trimmed: string, source: string, defaults: DatabaseDefaults): DatabaseAddress {
  if (!trimmed.startsWith('{')) return addressFromUrl(trimmed, source, defaults);
  const json = parseJson(trimmed, source);
  const texts = Object.values(v.parse(urlsInJson, json)).flatMap((url) => (url?.trim() ? [url.trim()] : []));
  // Any of them may be somebody else's: an application's own address is a "url", too.
  const url = texts.find((candidate) => IS_URL.test(candidate));
  if (url !== undefined) return addressFromUrl(url, source, defaults);
  const rds = v.safeParse(defaults.iamUser === undefined ? rdsJson : rdsJsonForIam, json);
  if (rds.success) return addressFromRds(rds.output, jsonParameters(json, source), source, defaults);
  const [other] = texts;
  if (other !== undefined) return addressFromUrl(other, source, defaults);
  throw invalid(source, 'is JSON without any of the expected keys');
}

function parseJson(value: string, source: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    throw invalid(source, 'looks like JSON but cannot be parsed');
  }
}

/** The keys beside user and password that a URL would have as parameters; `true` and numbers as a URL would write them. */
function jsonParameters(json: unknown, source: string): Parameters {
  const entries = Object.entries(v.parse(v.record(v.string(), v.unknown()), json)).flatMap(([name, value]) =>
    JSON_PARAMETERS.includes(name) && ['string', 'number', 'boolean'].includes(typeof value)
      ? [[name, String(value)] as const]
      : [],
  );
  return readParameters(entries, parameterRefused(source));
}

function addressFromRds(
  rds: v.InferOutput<typeof rdsJsonForIam>,
  parameters: Parameters,
  source: string,
  defaults: DatabaseDefaults,
): DatabaseAddress {
  const host = oneHost(rds.host?.trim() ?? defaults.host, source);
  const database = rds.dbname ?? rds.database ?? defaults.database;
  const missing = [
    ...(host === undefined ? ['a host: set DATABASE_HOST (context key databaseHost)'] : []),
    ...(database === undefined ? ['a database name: set DATABASE_NAME (context key databaseName)'] : []),
  ];
  if (host === undefined || database === undefined) {
    throw invalid(source, `has a user and a password but lacks ${missing.join(' and ')}`);
  }
  return {
    host,
    port: portOf(rds.port ?? defaults.port, source),
    user: rds.username ?? defaults.iamUser ?? '',
    password: rds.password ?? '',
    database,
    ...session(parameters, host, source),
    source,
  };
}

/** An IPv6 address without its brackets. */
function oneHost<T extends string | undefined>(host: T, source: string) {
  if (host?.includes(',')) throw invalid(source, 'must name one host, not several');
  // libpq: a host that begins so is the folder of a Unix socket, or an abstract one.
  if (host !== undefined && /^[/@]/.test(host)) {
    throw parameterRefused(source)(
      'names a Unix socket, and this job connects over TCP only: write a host name or an address (for Cloud SQL the ' +
        "instance's IP address, or 127.0.0.1 and the port of the Cloud SQL Auth Proxy)",
    );
  }
  return host?.replace(/^\[(.*)\]$/, '$1');
}

/** Parameters go before what the authority of the URL says, as in libpq: Prisma writes a host so. */
function addressFromUrl(value: string, source: string, { iamUser = '' }: DatabaseDefaults): DatabaseAddress {
  const url = parseUrl(value, source);
  const parameters = readParameters(queryOf(url, source), parameterRefused(source));
  const authority = url.hostname === NO_HOST ? '' : decode(url.hostname, source);
  const host = oneHost(parameters.get('host') || authority, source) ?? '';
  const database = parameters.get('dbname') || decode(url.pathname.slice(1), source);
  const user = parameters.get('user') || decode(url.username, source) || iamUser;
  if (host === '' || user === '' || database === '') {
    throw invalid(source, 'is a URL without a user, a host or a database name');
  }
  return {
    host,
    port: portOf(parameters.get('port') || url.port || undefined, source),
    user,
    password: parameters.get('password') ?? decode(url.password, source),
    database,
    ...session(parameters, host, source),
    source,
  };
}

/**
 * IAM lets the function log in as one role, and RDS takes the token in clear, so over TLS alone. Another user, or less TLS, was
 * written for a reason.
 */
function addressForIam(address: DatabaseAddress, iamUser: string): DatabaseAddress {
  const { user, tls, source } = address;
  const refuse = parameterRefused(source);
  if (user !== iamUser) {
    throw refuse(
      `names another user than "${iamUser}", who logs in with a token of IAM (DATABASE_IAM_USER): leave it out`,
    );
  }
  if (tls.demand === 'none' || tls.demand === 'if-offered') {
    throw refuse(
      'leads to a connection without TLS, which a login with a token of IAM takes: write sslmode=verify-full',
    );
  }
  return { ...address, password: '' };
}

/** What follows from the parameters wherever they were written. */
function session(parameters: Parameters, host: string, source: string) {
  return {
    schema: schemaOf(parameters, parameterRefused(source)),
    tls: tlsModeOf(parameters, host, (problem) => invalid(source, problem)),
  };
}

/** As libpq decodes them: a "+" is one, not a space. */
function queryOf({ search }: URL, source: string): (readonly [string, string])[] {
  return search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => {
      const [, name = '', value = ''] = /^([^=]*)=?(.*)$/s.exec(pair) ?? [];
      return [decode(name, source), decode(value, source)];
    });
}

/** A user without a host is no URL; a Unix socket is written so. */
const WITHOUT_HOST = /^([^/?#@]*\/\/[^/?#@]*@)(?=[/?]|$)/;
const NO_HOST = 'no-host.invalid';

function parseUrl(value: string, source: string): URL {
  if (!IS_URL.test(value)) throw invalid(source, 'must be a postgres:// or postgresql:// URL');
  if (/\s/.test(value)) throw invalid(source, 'contains a space or a line break; write a space as %20');
  // With ports they are no URL, and would get advice on the password.
  oneHost(/^[^/]*\/\/[^/?#]*@([^/?#@]*)/.exec(value)?.[1], source);
  const url = URL.parse(value.replace(WITHOUT_HOST, `$1${NO_HOST}`));
  // A raw "/", "?" or "#" in the password ends the host early and leaves the true host's "@" behind it.
  if (url === null || url.hash !== '' || /[@/]/.test(url.pathname.slice(1)) || url.search.includes('@')) {
    throw invalid(
      source,
      'cannot be parsed as a URL; in a user or password write "/" as %2F, "?" as %3F, "#" as %23, "@" as %40, ":" as %3A and "%" as %25',
    );
  }
  return url;
}

function portOf(port: string | number | undefined, source: string): number {
  const digits = String(port ?? DEFAULT_PORT);
  const number = Number(digits);
  if (/^\d{1,5}$/.test(digits) && number >= 1 && number <= 65_535) return number;
  throw invalid(source, 'must lead to a port from 1 to 65535 (for JSON without one: DATABASE_PORT)');
}

function decode(part: string, source: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw invalid(source, 'contains a "%" that starts no code; write "%" itself as %25');
  }
}

function invalid(source: string, problem: string): JobError {
  const subject = source.charAt(0).toUpperCase() + source.slice(1);
  return new JobError('InvalidSecret', `${subject} ${problem}. It must be one of: ${FORMS}. Nothing was changed.`);
}

/** Makes the error for a parameter: the forms of a URL are not the point. */
function parameterRefused(source: string): Refuse {
  const subject = source.charAt(0).toUpperCase() + source.slice(1);
  return (problem) => new JobError('InvalidSecret', `${subject} ${problem}. Nothing was changed.`);
}
