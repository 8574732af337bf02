import {
  DEFAULT_AUDIT_TABLE,
  DEFAULT_CLIENT_VIEW,
  DEFAULT_MAX_CLEARED_SHARE,
  DEFAULT_TOKEN_LIMIT,
} from '../../../lambda/input/values.ts';
import { CONTACT_COUNT } from '../sample/contacts.ts';

/** What `--help` prints, in 80 columns. */
export const helpEn = `Clears every WhatsApp AI thread that has reached the token limit and records it
in an audit table, so that it can be restored.

Usage
  node bin/local.ts [command] [options]
  npm start -- [options]             the same as the command "cleanup"
  npm run check -- [options]         the same as the command "check"
  npm run restore -- [options]       the same as the command "restore"
  npm run erase -- PHONE             the same as the command "erase"

Commands
  cleanup            show the state, clear every thread that has reached the
                     limit, show the new state and the audit row (default)
  check              show the state (read-only)
  restore N          restore the threads of audit row N
  restore --request-id X
                     restore the threads of a whole run
  restore --phone PHONE
                     restore one contact's latest cleared thread
  restore            list the last runs to choose from (read-only)
  erase PHONE        take one person out of every audit row, for good; asks
                     first

Options of cleanup and check
  --token-limit N    tokens at which a thread is cleared, instead of TOKEN_LIMIT
  --quiet-minutes N  instead of QUIET_MINUTES

Options of cleanup
  --force            override the safety limit (MAX_CLEARED_SHARE) for this run
  --export FOLDER    before a batch is cleared, save its complete rows in
                     FOLDER/exports/YYYY/MM/DD/REQUEST-ID/UNIQUE.ndjson.gz

Options of erase
  --yes              do not ask

Options of all
  --json             print only the result, as JSON
  -h, --help         show this help

Variables
  DATABASE_URL       postgres://USER:PASSWORD@HOST:PORT/DATABASE
                     Without it: an embedded PostgreSQL with ${CONTACT_COUNT} sample
                     contacts, removed afterwards.
  TOKEN_LIMIT        tokens at which a thread is cleared (default ${DEFAULT_TOKEN_LIMIT})
  TABLE_NAME         table or schema.table (default ${DEFAULT_CLIENT_VIEW})
  AUDIT_TABLE_NAME   table or schema.table (default ${DEFAULT_AUDIT_TABLE})
  MAX_CLEARED_SHARE  largest share of the active threads one run may clear, in %
                     (default ${DEFAULT_MAX_CLEARED_SHARE})
  QUIET_MINUTES      leave threads whose contact was active in the last so many
                     minutes to the next run (default 0: none)
  AUDIT_RETENTION_DAYS
                     days to keep audit rows (default: for ever)
  LANGUAGE           en or es (default en)
  TIMEZONE           time zone of the times shown, such as America/Bogota
                     (default UTC)
  NO_COLOR           any value turns colours off

Examples
  npm start                                     see it work on sample contacts
  DATABASE_URL=postgres://… npm run check       look at a real database
  DATABASE_URL=postgres://… npm start           clean it up
  npm run check -- --token-limit 500000         try a lower limit (read-only)
  npm start -- --export backup                  save the complete rows first
  npm run restore                               list what can be restored
  npm run restore -- 7                          restore the threads of row 7
  npm run --silent check -- --json              for a script

Exit status: 0; 1 after an error, which is one line on standard error;
130 after Ctrl-C.
`;
