/** Threads with this many tokens are cleared unless configured otherwise (seed: "1 millón de tokens"). */
export const DEFAULT_TOKEN_LIMIT = 1_000_000;
/** What `parseTokenLimit` accepts; as the others of its kind, it completes the sentence "must be …". */
export const ALLOWED_TOKEN_LIMIT = 'a positive whole number, such as 500000';

/** Digits in groups of three, all with the same separator between them: 1,000,000, 1.000.000 or 1_000_000. */
const GROUPED = /^[1-9]\d{0,2}([,._])\d{3}(?:\1\d{3})*$/;
/** Thousands or millions in short: 500k, 1M. */
const SHORT = /^([1-9]\d{0,11})(k|m)$/i;

/**
 * Reads a token limit (tokens) from text, as the environment, the command line, a parameter and CDK context have it; as people
 * write numbers, where that has one meaning. A payload has a number of its own.
 *
 * @returns the limit, or undefined when the text is not a whole number from 1 to 2^53 - 1
 */
export function parseTokenLimit(text: string): number | undefined {
  const [, count, unit] = SHORT.exec(text) ?? [];
  const zeros = unit === undefined ? '' : unit.toLowerCase() === 'k' ? '000' : '000000';
  const digits = (count ?? (GROUPED.test(text) ? text.replace(/\D/g, '') : text)) + zeros;
  if (!/^[1-9]\d{0,15}$/.test(digits)) return undefined;
  const limit = Number(digits);
  return Number.isSafeInteger(limit) ? limit : undefined;
}

/** Per cent of the active threads that one run may clear without `force`. */
export const DEFAULT_MAX_CLEARED_SHARE = 50;
/** What `parseShare` accepts. */
export const ALLOWED_SHARE = 'a percentage from 1 to 100, without the % sign';

/** Reads a share in per cent from text; undefined when it is none. */
export function parseShare(text: string): number | undefined {
  const share = /^\d{1,3}(\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  return share >= 1 && share <= 100 ? share : undefined;
}

/** Minutes without activity after which a thread may be cleared: 0 lets no conversation wait. */
export const DEFAULT_QUIET_MINUTES = 0;
/** A week; a conversation that is never so long without a message would keep its thread for ever. */
const MAX_QUIET_MINUTES = 10_080;
/** What `parseQuietMinutes` accepts. */
export const ALLOWED_QUIET_MINUTES = `a whole number of minutes from 0 to ${MAX_QUIET_MINUTES.toLocaleString('en-US')}`;

/** Reads for how many minutes a conversation must have been quiet; undefined when the text is no such number. */
export function parseQuietMinutes(text: string): number | undefined {
  const minutes = /^(0|[1-9]\d{0,4})$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
  return minutes <= MAX_QUIET_MINUTES ? minutes : undefined;
}

/** Days for which audit rows or exports may be kept at most: a hundred years, which S3 takes and a `date` reaches. */
const MAX_RETENTION_DAYS = 36_500;
/** What `parseRetentionDays` accepts. */
export const ALLOWED_RETENTION_DAYS = `a whole number of days from 1 to ${MAX_RETENTION_DAYS.toLocaleString('en-US')}`;

/** Reads for how many days something is kept; undefined when the text is no such number. */
export function parseRetentionDays(text: string): number | undefined {
  const days = /^[1-9]\d{0,4}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
  return days <= MAX_RETENTION_DAYS ? days : undefined;
}

/** The request id of a run: of Lambda or of the terminal. It becomes part of commands, so it cannot begin like an option. */
export const REQUEST_ID = /^\w[\w-]{0,127}$/;
/** What `REQUEST_ID` accepts. */
export const ALLOWED_REQUEST_ID = 'the request id of a cleanup: 1 to 128 letters, digits, "-" or "_"';

/** What `isPhone` accepts. */
export const ALLOWED_PHONE = "the contact's phone number as a text, exactly as the contacts' table has it";

/** Whether a text can be a contact's key: signs, spaces and emoji may be in it, but not what PostgreSQL cannot hold. */
export function isPhone(text: string): boolean {
  return text !== '' && !text.includes('\0') && text.isWellFormed();
}

/** AWS, CreateSecret: what the name of a secret is made of. */
export const SECRET_NAME = /^[\w/+=.@!-]{1,512}$/;
/** What `SECRET_NAME` accepts. */
export const ALLOWED_SECRET_NAME = 'the name of a secret in Secrets Manager';

/** What `isSecretPrefix` accepts. */
export const ALLOWED_SECRET_PREFIX = 'what the names of the secrets begin with, with a slash at its end';

/** Whether a text is what the names of many secrets begin with: it ends with a slash, and something is before that. */
export function isSecretPrefix(text: string): boolean {
  return SECRET_NAME.test(text) && /[^/]\/$/.test(text);
}

/** Databases that are worked on at the same time. */
export const DEFAULT_DATABASE_CONCURRENCY = 10;
/** A tenth of the concurrency that Lambda gives an account by default (AWS: "Lambda quotas"), for everything in it. */
const MAX_DATABASE_CONCURRENCY = 100;
/** What `parseDatabaseConcurrency` accepts. */
export const ALLOWED_DATABASE_CONCURRENCY = `a whole number of databases from 1 to ${MAX_DATABASE_CONCURRENCY}`;

/** Reads how many databases are worked on at the same time; undefined when the text is no such number. */
export function parseDatabaseConcurrency(text: string): number | undefined {
  const databases = /^[1-9]\d{0,2}$/.test(text) ? Number(text) : Number.POSITIVE_INFINITY;
  return databases <= MAX_DATABASE_CONCURRENCY ? databases : undefined;
}

/** Per cent of the databases that may fail in one run: more have one cause, and the run itself has failed. */
export const DEFAULT_MAX_FAILED_SHARE = 10;

/** Languages for which there are texts. */
export const LANGUAGES = ['en', 'es'] as const;
export type Language = (typeof LANGUAGES)[number];
/** What `parseLanguage` accepts. */
export const ALLOWED_LANGUAGE = LANGUAGES.join(' or ');

/** Reads a language from text; undefined when there are no texts in it. */
export function parseLanguage(text: string): Language | undefined {
  return LANGUAGES.find((language) => language === text);
}

/** The language of the operating system's own variable of that name, as in `es_CO:es`: the first for which there are texts. */
export function languageOfSystem(text: string): Language | undefined {
  return text.split(':').flatMap((locale) => parseLanguage(locale.split(/[_.@-]/)[0] ?? '') ?? [])[0];
}

/**
 * Reads the name of an IANA time zone, in any case and under any of its names.
 *
 * @returns the zone's canonical name, `UTC` for every name of UTC (`Etc/UTC`, `GMT`, `Zulu`), or undefined when there is
 * no such zone. An offset such as `+05:00`, which newer versions of Node.js take for a zone, is none: EventBridge
 * Scheduler knows names only.
 */
export function readTimeZone(text: string): string | undefined {
  if (!/^[a-z]/i.test(text)) return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}

/** What `readTimeZone` accepts. */
export const ALLOWED_TIME_ZONE = 'an IANA time zone, such as America/Bogota';

/** The table of the assistant, as Prisma names it. */
export const DEFAULT_CLIENT_VIEW = 'ClientView';
/** The audit table, as the old script named it. */
export const DEFAULT_AUDIT_TABLE = 'ThreadCleanupLog';

/** A table's name as somebody configured it, without quotes: exactly as it is in the catalogue. */
export interface TableName {
  readonly schema: string | undefined;
  readonly name: string;
}

/** What `parseTableName` accepts. */
export const ALLOWED_TABLE_NAME =
  'a table or schema.table, capitals as in the database, each at most 63 bytes, and in double quotes when it has a dot, ' +
  'a quote or a space at its ends, as in "my.schema"."My ""Table"""';

/** PostgreSQL cuts longer names off without a word (NAMEDATALEN - 1, documentation: "Identifiers and Key Words"). */
const MAX_BYTES = 63;

const PART = `"(?:[^"]|"")+"|[^".]+`;
const NAME = new RegExp(`^(?:(${PART})\\.)?(${PART})$`, 'u');

/**
 * Reads `table` or `schema.table`, each part bare or in double quotes. The result is looked up in the catalogue by
 * parameter, and the server quotes what it found there: this text never becomes part of a statement.
 *
 * @returns the name, or undefined when the text is no such name
 */
export function parseTableName(text: string): TableName | undefined {
  const match = NAME.exec(text);
  if (match?.[2] === undefined) return undefined;
  const schema = match[1] === undefined ? undefined : unquote(match[1]);
  const name = unquote(match[2]);
  return [schema ?? name, name].every(isIdentifier) ? { schema, name } : undefined;
}

function unquote(part: string): string {
  return part.startsWith('"') ? part.slice(1, -1).replaceAll('""', '"') : part.trim();
}

function isIdentifier(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a table name with control characters is a mistake
  return name !== '' && !/[\u0000-\u001f\u007f]/.test(name) && Buffer.byteLength(name) <= MAX_BYTES;
}

/**
 * A query for people that finds who holds rows of the table locked, or the table itself, the oldest transaction first. Readers
 * are left out, since they lock nothing that a cleanup needs, and so is who only waits for a lock.
 */
export function lockQuery({ schema, name }: TableName): string {
  const quoted = [schema, name].filter((part) => part !== undefined).map((part) => `"${part.replaceAll('"', '""')}"`);
  const table = quoted.join('.').replaceAll("'", "''");
  return (
    'select pid, state, now() - xact_start as age, usename, application_name, client_addr, left(query, 60) ' +
    `from pg_locks join pg_stat_activity using (pid) where granted and relation = '${table}'::regclass ` +
    "and mode <> 'AccessShareLock' order by age desc;"
  );
}
