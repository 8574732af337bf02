import {
  DEFAULT_AUDIT_TABLE,
  DEFAULT_CLIENT_VIEW,
  DEFAULT_MAX_CLEARED_SHARE,
  DEFAULT_TOKEN_LIMIT,
} from '../../../lambda/input/values.ts';
import { CONTACT_COUNT } from '../sample/contacts.ts';

/** What `--help` prints, in 80 columns. */
export const helpEn = `Forgets WhatsApp AI threads that reached the token limit, and records them in an
audit table, from which they can be put back.

Usage
  node bin/local.ts [command] [options]
  npm start -- [options]             the same as the command "cleanup"
  npm run check -- [options]         the same as the command "check"
  npm run restore -- [options]       the same as the command "restore"

Commands
  cleanup            show the state, clear every thread at or over the limit,
                     show the state again and the audit row (the default)
  check              show the state; reads only
  restore N          put the threads of audit row N back
  restore --request-id X
                     put the threads of a whole run back
  restore            list the last runs to choose from; reads only

Options of cleanup and check
  --token-limit N    tokens at which a thread is cleared, instead of TOKEN_LIMIT

Options of cleanup
  --force            clear more than MAX_CLEARED_SHARE allows, this once
  --export FOLDER    before a batch is cleared, keep its complete rows in
                     FOLDER/exports/YYYY/MM/DD/REQUEST-ID/UNIQUE.ndjson.gz

Options of all
  --json             print the result as JSON, and nothing else
  -h, --help         print this

Variables
  DATABASE_URL       postgres://USER:PASSWORD@HOST:PORT/DATABASE
                     Without it: an embedded PostgreSQL with ${CONTACT_COUNT} sample
                     contacts, removed afterwards.
  TOKEN_LIMIT        tokens at which a thread is cleared (default ${DEFAULT_TOKEN_LIMIT})
  TABLE_NAME         table or schema.table (default ${DEFAULT_CLIENT_VIEW})
  AUDIT_TABLE_NAME   table or schema.table (default ${DEFAULT_AUDIT_TABLE})
  MAX_CLEARED_SHARE  most per cent of the active threads to clear (default ${DEFAULT_MAX_CLEARED_SHARE})
  AUDIT_RETENTION_DAYS
                     days that audit rows are kept (default for ever)
  LANGUAGE           en or es (default en)
  TIMEZONE           of the times shown, such as America/Bogota (default UTC)
  NO_COLOR           set to anything: no colours

Examples
  npm start                                     see it work on sample contacts
  DATABASE_URL=postgres://… npm run check       look at a real database
  DATABASE_URL=postgres://… npm start           clean it up
  npm run check -- --token-limit 500000         what would a lower limit clear?
  npm start -- --export backup                  keep the complete rows first
  npm run restore                               which cleanups can be undone?
  npm run restore -- 7                          undo what audit row 7 recorded
  npm run --silent check -- --json              for a script

Exit status: 0, or 1 after an error, which is one line on standard error;
130 after Ctrl-C.
`;
