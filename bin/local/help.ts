import { DEFAULT_MAX_CLEARED_SHARE } from '../../lambda/brake.ts';
import { DEFAULT_AUDIT_TABLE, DEFAULT_CLIENT_VIEW } from '../../lambda/settings.ts';
import { DEFAULT_TOKEN_LIMIT } from '../../lambda/token-limit.ts';
import { CONTACT_COUNT } from './sample-contacts.ts';

/** What `--help` prints, in 80 columns. */
export const HELP = `Forgets WhatsApp AI threads that reached the token limit, and records them in an
audit table.

Usage
  node bin/local.ts [command] [options]
  npm start -- [options]           the same as the command "cleanup"
  npm run check -- [options]       the same as the command "check"

Commands
  cleanup            show the state, clear every thread at or over the limit,
                     show the state again and the audit row (the default)
  check              show the state; reads only

Options
  --token-limit N    tokens at which a thread is cleared, instead of TOKEN_LIMIT
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
  NO_COLOR           set to anything: no colours

Examples
  npm start                                     see it work on sample contacts
  DATABASE_URL=postgres://… npm run check       look at a real database
  DATABASE_URL=postgres://… npm start           clean it up
  npm run check -- --token-limit 500000         what would a lower limit clear?
  npm run --silent check -- --json              for a script

Exit status: 0, or 1 after an error, which is one line on standard error;
130 after Ctrl-C.
`;
