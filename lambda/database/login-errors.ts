import type { JobErrorCode } from '../model/job-error.ts';

/**
 * The name of an error of ours, and a message with placeholders: {code}, {where}, {who} (the server, or its pooler), {pooler},
 * {source}, {database}, {user}, {table}, {object}.
 */
export type Meaning = readonly [JobErrorCode, string];

const REFUSED = 'DatabaseLoginRefused';

const WITHOUT_TLS: Meaning = [
  REFUSED,
  '{who} lets nobody in from here without TLS ({code}). Write sslmode=verify-full or require into the URL in {source}.',
];
/** The code by itself says no more. */
export const NOT_FROM_HERE: Meaning = [
  REFUSED,
  '{where} refuses this login ({code}). Check the user in {source}, whether it may connect from here (pg_hba.conf, security ' +
    'group), and whether the server requires TLS (sslmode=require or verify-full).',
];

/**
 * What servers, poolers and hosters answer to a login, by the words that tell it apart: their codes do not. In this order,
 * since some say more than one of them.
 */
const ANSWERS: readonly (readonly [RegExp, Meaning])[] = [
  // These quote the names of user and database, which may be any words.
  [/no pg_hba\.conf entry.*(no encryption|SSL off)/is, WITHOUT_TLS],
  [/no pg_hba\.conf entry/i, NOT_FROM_HERE],
  [
    /is not permitted to log ?in/i,
    [REFUSED, 'The role {user} may not log in at {where} ({code}). Its owner can run: ALTER ROLE {user} LOGIN;'],
  ],
  [
    /tenant.*not found|ENOTFOUND|no tenant identifier|tenant is banned/is,
    [
      REFUSED,
      '{who} knows no such tenant or user ({code}). With Supabase the user is ROLE.REFERENCE (postgres.abcdefghijklmnopqrst) ' +
        'and the host that of the region of the project; a paused project has to be restored first. Check the URL in {source}.',
    ],
  ],
  [
    /endpoint.{0,80}(disabled|suspended)/is,
    [REFUSED, 'The endpoint at {where} is disabled or suspended ({code}). Enable it at the hoster, and try again.'],
  ],
  [
    /quota|limit of (the )?concurrently active endpoints|temporarily unavailable/i,
    ['DatabaseUnreachable', 'A quota at {where} is used up, or it is under maintenance ({code}). Look at the hoster.'],
  ],
  [
    /endpoint.{0,40}(not specified|not found|cannot be found)|project.{0,40}not found|branch.{0,40}not found/is,
    [REFUSED, '{who} knows no such endpoint ({code}). Check the host in {source}.'],
  ],
  [
    /no credentials for the role/i,
    [
      REFUSED,
      'The RDS Proxy at {where} has no credentials for the role {user} ({code}). Add its secret to the authentication of the proxy.',
    ],
  ],
  [
    /circuit ?breaker|temporarily blocked/i,
    [
      REFUSED,
      '{who} lets nobody in for some minutes after too many failed logins ({code}). Check user and password in {source}.',
    ],
  ],
  [
    /client certificate|certificate authentication failed/i,
    [
      REFUSED,
      '{where} demands a client certificate ({code}), which this job does not have. Let the role {user} log in with a password ' +
        '(pg_hba.conf without clientcert; Cloud SQL: do not require trusted client certificates).',
    ],
  ],
  [
    /requires? (TLS|SSL)|(TLS|SSL) (connection )?is required|(allowed )?only with SSL|insecure connection/i,
    WITHOUT_TLS,
  ],
  [
    /allow_?list|not allowed to connect|blocked network/i,
    [REFUSED, '{where} lets nobody in from this address ({code}). Add it to the allowed addresses at the hoster.'],
  ],
  [
    /no such database|no pool configured|route for .* is not found|database .* does not exist/is,
    [REFUSED, '{who} knows no database {database} ({code}). Check its name, and that of the user, in {source}.'],
  ],
  [
    // RDS checks tokens of IAM by PAM.
    /PAM authentication failed/i,
    [
      REFUSED,
      '{where} refuses the token of IAM for the role {user} ({code}). Grant it the role rds_iam, enable IAM authentication of the ' +
        'database, and check the context keys databaseUser and databaseResourceId.',
    ],
  ],
  [
    /password|no such user|authentication (failed|error)|user blocked/i,
    [REFUSED, '{who} refuses the user or the password ({code}). Check both in {source}{pooler}; the user is {user}.'],
  ],
];

/** What an answer to a login means, if its words say so. */
export function loginAnswer(words: string): Meaning | undefined {
  return ANSWERS.find(([pattern]) => pattern.test(words))?.[1];
}

/** What an answer to a login means of which nothing but its code is known: nothing was asked of the database yet. */
export function unknownAnswer(code: string): Meaning {
  if (/^(08|58|XX)/.test(code)) {
    return [
      'DatabaseUnreachable',
      '{who} cannot reach the database ({code}). Check the database itself, and try again.',
    ];
  }
  if (/^5[37]/.test(code)) {
    return ['DatabaseUnreachable', '{where} lets nobody in just now ({code}). Its log says why; try again.'];
  }
  return [REFUSED, '{where} refuses this login ({code}). Its log, or psql with the same URL, shows the full message.'];
}
