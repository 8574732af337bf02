import type { PostgresError } from 'postgres';
import { JobError, type JobErrorCode } from '../model/job-error.ts';

/** What a failed connection or statement was about; it goes into messages. */
export interface Place {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
}

/** Every message about a statement ends with it. */
export const NEXT = 'Nothing that is not in the audit table has been cleared.';

/** What a server answered, in parts that are no secret. */
interface Refusal extends Pick<Place, 'database' | 'user'> {
  readonly code: string;
  /** The server's own words, to tell cases apart that share a code; never to be shown. */
  readonly words: string;
  /** `host, port N`. */
  readonly where: string;
  /** Schema, table, column and constraint, as far as the server named them. */
  readonly object: string;
}

type Explain = (refusal: Refusal) => readonly [JobErrorCode, string];

/**
 * Translates a server's error into what is the matter and what to do, by its five-character code. Its own words are left
 * out, since they may quote rows and parameters.
 */
export function serverError(error: PostgresError, { host, port, database, user }: Place): JobError {
  const { code, message: words, schema_name, table_name, column_name, constraint_name } = error;
  const object = [schema_name, table_name, column_name, constraint_name].filter(Boolean).join('.');
  const explain = REFUSALS.get(code) ?? refusedStatement;
  return new JobError(...explain({ code, words, where: `${host}, port ${port}`, object, database, user }));
}

const named = ({ object }: Refusal) => object && `, ${object}`;

const refusedStatement: Explain = (refusal) => [
  'StatementFailed',
  `The database refused a statement (SQLSTATE ${refusal.code}${named(refusal)}). ` +
    `The server's log has its full words. ${NEXT}`,
];

const endedStatement: Explain = ({ code }) => [
  'StatementTimeout',
  `The server ended a statement (${code}). Either somebody cancelled it, or it hit the statement_timeout or ` +
    `lock_timeout of this role or database: something may hold the table locked, such as a migration. ${NEXT}`,
];

/** PgBouncer has one code for everything; only its words tell what is wrong. */
const refusedByPooler: Explain = ({ words, where, database }) => {
  if (/no such database/i.test(words)) {
    return ['DatabaseLoginRefused', `The pooler at ${where} knows no database "${database}" (08P01). Check its name.`];
  }
  if (/password|authentication|no such user/i.test(words)) {
    return [
      'DatabaseLoginRefused',
      `The pooler at ${where} refuses the user or the password (08P01). Check both in the secret, and in the pooler.`,
    ];
  }
  return [
    'DatabaseUnreachable',
    `The pooler at ${where} has no server behind it just now (08P01). Check the database itself, and try again. ${NEXT}`,
  ];
};

const lackingPrivilege: Explain = (refusal) => {
  const { words, database, user } = refusal;
  if (/for database/.test(words)) {
    return [
      'PrivilegeMissing',
      'The role may not connect to this database. Its owner gives it with: GRANT CONNECT ON DATABASE ' +
        `${quoted(database)} TO ${quoted(user)}; Nothing was touched.`,
    ];
  }
  return [
    'PrivilegeMissing',
    `The database role lacks a privilege (42501${named(refusal)}). Grant what the README lists under ` +
      `"Least rights". ${NEXT}`,
  ];
};

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;

/** By SQLSTATE (PostgreSQL documentation, "PostgreSQL Error Codes"). */
const REFUSALS: ReadonlyMap<string, Explain> = new Map<string, Explain>([
  ['08P01', refusedByPooler],
  [
    '28P01',
    ({ where }) => [
      'DatabaseLoginRefused',
      `${where} refuses the user or the password (28P01). Check both in the secret; after a rotation, try again.`,
    ],
  ],
  [
    '28000',
    ({ where }) => [
      'DatabaseLoginRefused',
      `${where} refuses this login (28000). Check the user, whether it may connect from here (pg_hba.conf, security ` +
        'group), and whether the server demands TLS (sslmode=require or verify-full).',
    ],
  ],
  [
    '3D000',
    ({ where, database }) => [
      'DatabaseLoginRefused',
      `There is no database "${database}" at ${where} (3D000). Check its name.`,
    ],
  ],
  [
    '55000',
    (refusal) =>
      /not currently accepting connections/.test(refusal.words)
        ? [
            'DatabaseLoginRefused',
            `The database "${refusal.database}" at ${refusal.where} takes no connections (55000).`,
          ]
        : refusedStatement(refusal),
  ],
  [
    '53300',
    ({ where }) => ['DatabaseUnreachable', `${where} has no connection left (53300). Try again later. ${NEXT}`],
  ],
  [
    '57P03',
    ({ where }) => [
      'DatabaseUnreachable',
      `${where} is starting up or shutting down (57P03). Try again in a minute. ${NEXT}`,
    ],
  ],
  [
    '57P01',
    ({ where }) => [
      'DatabaseUnreachable',
      `${where} ended the connection (57P01): it restarts, or an administrator did it. Try again. ${NEXT}`,
    ],
  ],
  ['55P03', endedStatement],
  ['57014', endedStatement],
  ['42501', lackingPrivilege],
  ['42P01', () => ['TableUnusable', `A table is gone since this run began (42P01). Try again. ${NEXT}`]],
  [
    '25006',
    () => [
      'StatementFailed',
      `The database is read-only (25006). Point the URL at the primary, not at a replica. ${NEXT}`,
    ],
  ],
  ['53100', () => ['StatementFailed', `The database's disk is full (53100). Free some space. ${NEXT}`]],
]);
