import {
  DEFAULT_AUDIT_TABLE,
  DEFAULT_CLIENT_VIEW,
  DEFAULT_MAX_CLEARED_SHARE,
  DEFAULT_TOKEN_LIMIT,
} from '../../../lambda/input/values.ts';
import type { Program } from '../program/program.ts';
import type { Help } from './help.ts';

/** What `--help` says. */
export const helpEn = ({ throughNpm, typed, piped, demo }: Program): Help => ({
  intro:
    'Clears every WhatsApp AI thread that has reached the token limit and records it in an audit table, so that it can be ' +
    'restored.',
  sections: [
    {
      title: throughNpm ? 'Commands (npm takes options after two dashes)' : 'Commands',
      entries: [
        ...(demo
          ? [
              [
                demo.typed(),
                `demonstration on an embedded PostgreSQL with ${demo.contacts} sample contacts, never on DATABASE_URL`,
              ] as const,
            ]
          : []),
        [typed('check'), 'show the state of DATABASE_URL (read-only)'],
        [
          typed('cleanup'),
          'show the state, clear every thread that has reached the limit, show the result; on a terminal it asks first',
        ],
        [typed('restore'), 'list the last cleanups to choose from (read-only)'],
        [typed('restore', 'N'), 'restore the threads of audit row N'],
        [typed('restore', 'N-M'), 'restore the whole run with the audit rows N to M'],
        [typed('restore', '--request-id', 'X'), 'restore a whole run by its request id'],
        [typed('restore', '--phone', 'PHONE'), "restore one contact's latest cleared thread"],
        [typed('erase', 'PHONE'), 'take one person out of every audit row, for good; asks first'],
        [typed('schedule'), 'print systemd units that clean up every night; installs nothing'],
      ],
    },
    {
      title: 'Options',
      entries: [
        [
          '--token-limit N',
          'check, cleanup: tokens at which a thread is cleared, instead of TOKEN_LIMIT; such as 500000, 500,000 or 500k',
        ],
        ['--quiet-minutes N', 'check, cleanup: instead of QUIET_MINUTES'],
        ['--csv', 'check: list every thread over the limit or near it, as CSV'],
        ['--yes, -y', 'cleanup, erase: do not ask'],
        ['--dry-run', 'cleanup: only check'],
        ['--force', 'cleanup: override the safety limit (MAX_CLEARED_SHARE) for this run'],
        [
          '--export FOLDER',
          'cleanup: before a batch is cleared, save its complete rows in FOLDER/exports/YYYY/MM/DD/REQUEST-ID/UNIQUE.ndjson.gz',
        ],
        ['--cron', 'schedule: print a line for cron instead'],
        ['--json', 'print only the result, as JSON in one line'],
        ['--help, -h', 'show this help'],
        ['--version', 'show the version'],
      ],
    },
    {
      title: 'Variables',
      entries: [
        ['DATABASE_URL', 'postgres://USER:PASSWORD@HOST:PORT/DATABASE'],
        ['TOKEN_LIMIT', `tokens at which a thread is cleared (default ${DEFAULT_TOKEN_LIMIT})`],
        ['TABLE_NAME', `table or schema.table (default ${DEFAULT_CLIENT_VIEW})`],
        ['AUDIT_TABLE_NAME', `table or schema.table (default ${DEFAULT_AUDIT_TABLE})`],
        [
          'MAX_CLEARED_SHARE',
          `largest share of the active threads one run may clear, in % (default ${DEFAULT_MAX_CLEARED_SHARE})`,
        ],
        [
          'QUIET_MINUTES',
          'leave threads whose contact was active in the last so many minutes to the next run (default 0: none)',
        ],
        ['AUDIT_RETENTION_DAYS', 'days to keep audit rows (default: for ever)'],
        ['LANGUAGE', 'en or es (default en)'],
        ['TIMEZONE', 'time zone of the times shown, such as America/Bogota (default UTC)'],
        ['NO_COLOR', 'any value turns colours off'],
      ],
    },
    {
      title: 'Examples',
      entries: [
        ["export DATABASE_URL='postgres://…'", 'choose the database'],
        [typed('check', '--token-limit', '500k'), 'try a lower limit (read-only)'],
        [`${piped('check', '--csv')} > near.csv`, 'whom to warn before the next cleanup'],
        [typed('cleanup', '--export', 'backup'), 'save the complete rows first'],
        [typed('restore', '7'), 'restore the threads of row 7'],
        [piped('cleanup', '--yes', '--json'), 'for a script'],
      ],
    },
  ],
  end: [
    'Exit status: 0; 1 after an error, which is on standard error, and when a question is not answered with yes; 130 after Ctrl-C.',
    ...(demo ? [] : ['A demonstration on sample contacts: npm ci && npm start, in a checkout of the project.']),
  ].join('\n'),
});
