import type { PostgresError } from 'postgres';
import { JobError, type JobErrorCode, ONLY_RECORDED } from '../model/job-error.ts';
import type { DatabaseAddress } from './address.ts';

/** What a failed connection or statement was about; it goes into messages. */
export interface Place extends Pick<DatabaseAddress, 'host' | 'port' | 'database' | 'user' | 'source'> {
  /** Whether this runs in AWS, and advice on the network is about a VPC. */
  readonly deployed: boolean;
  /** What was sent before: nothing at all, nothing that changes threads, or a change that may have been carried out. */
  readonly sent: Sent;
}

export type Sent = 'nothing' | 'no change' | 'changes';

/** The name of an error of ours, and a message with placeholders: {code}, {where}, {source}, {database}, {user}, {object}. */
type Meaning = readonly [JobErrorCode, string];

const REFUSED: Meaning = [
  'StatementFailed',
  "The database refused a statement (SQLSTATE {code}{object}). The server's log has the full message.",
];
const ENDED: Meaning = [
  'StatementTimeout',
  'The server ended a statement ({code}): somebody cancelled it, or it reached the statement_timeout or lock_timeout of ' +
    'this role or database. The table may be locked, for example by a migration.',
];

/** By SQLSTATE (PostgreSQL documentation, "PostgreSQL Error Codes"); a function where the server's words tell cases apart. */
const MEANINGS: Readonly<Record<string, Meaning | ((words: string) => Meaning)>> = {
  '08P01': refusedByPooler,
  '25006': ['StatementFailed', 'The database is read-only ({code}). Use the address of the primary, not of a replica.'],
  '28000': [
    'DatabaseLoginRefused',
    '{where} refuses this login ({code}). Check the user in {source}, whether it may connect from here (pg_hba.conf, ' +
      'security group), and whether the server requires TLS (sslmode=require or verify-full).',
  ],
  '28P01': [
    'DatabaseLoginRefused',
    '{where} refuses the user or the password ({code}). Check both in {source}; after a rotation, try again.',
  ],
  '3D000': ['DatabaseLoginRefused', 'There is no database {database} at {where} ({code}). Check its name in {source}.'],
  '42501': lackingPrivilege,
  '42P01': ['TableUnusable', 'A table was dropped during this run ({code}). Try again.'],
  '53100': ['StatementFailed', "The database's disk is full ({code}). Free some space."],
  '53300': ['DatabaseUnreachable', '{where} has no free connection ({code}). Try again later.'],
  '55000': refusedInThisState,
  '55P03': ENDED,
  '57014': ENDED,
  '57P01': [
    'DatabaseUnreachable',
    '{where} ended the connection ({code}): it is restarting, or an administrator ended it. Try again.',
  ],
  '57P03': ['DatabaseUnreachable', '{where} is starting up or shutting down ({code}). Try again in a minute.'],
};

/** PgBouncer has one code for everything. */
function refusedByPooler(words: string): Meaning {
  if (/no such database/i.test(words)) {
    return [
      'DatabaseLoginRefused',
      'The pooler at {where} knows no database {database} ({code}). Check its name in {source}.',
    ];
  }
  if (/password|authentication|no such user/i.test(words)) {
    return [
      'DatabaseLoginRefused',
      'The pooler at {where} refuses the user or the password ({code}). Check both in {source} and in the pooler.',
    ];
  }
  return [
    'DatabaseUnreachable',
    'The pooler at {where} cannot reach the database ({code}). Check the database itself, and try again.',
  ];
}

function refusedInThisState(words: string): Meaning {
  if (!/not currently accepting connections/.test(words)) return REFUSED;
  return ['DatabaseLoginRefused', 'The database {database} at {where} accepts no connections ({code}).'];
}

function lackingPrivilege(words: string): Meaning {
  const text = /for database/.test(words)
    ? 'The role may not connect to this database ({code}). Its owner can run: GRANT CONNECT ON DATABASE {database} TO {user};'
    : 'The database role lacks a privilege ({code}{object}). Grant the privileges that docs/database.md lists.';
  return ['PrivilegeMissing', text];
}

/**
 * Translates a server's error into what is the matter and what to do, by its five-character code. Its own words are left
 * out, since they may quote rows and parameters.
 */
export function serverError(error: PostgresError, place: Place): JobError {
  const { code, message, schema_name, table_name, column_name, constraint_name } = error;
  const meaning = MEANINGS[code] ?? REFUSED;
  const [name, text] = typeof meaning === 'function' ? meaning(message) : meaning;
  const object = [schema_name, table_name, column_name, constraint_name].filter(Boolean).join('.');
  const values: Readonly<Record<string, string>> = {
    code,
    where: `${place.host}, port ${place.port}`,
    source: place.source,
    database: quoted(place.database),
    user: quoted(place.user),
    object: object && `, ${object}`,
  };
  const filled = text.replace(/\{(\w+)\}/g, (_, key: string) => values[key] ?? '');
  return new JobError(name, `${filled} ${whatChanged(place)}`);
}

const CHANGED: Readonly<Record<Sent, string>> = {
  nothing: 'Nothing was changed.',
  'no change': 'No thread was changed.',
  changes: ONLY_RECORDED,
};

/** Ends every message. */
export const whatChanged = ({ sent }: Pick<Place, 'sent'>) => CHANGED[sent];

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
