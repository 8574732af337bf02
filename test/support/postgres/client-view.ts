import { readFileSync } from 'node:fs';

/** The assistant's table, as Prisma creates it. */
export const CREATE_CLIENT_VIEW = readFileSync(
  new URL('../../../bin/local/sample/client-view.sql', import.meta.url),
  'utf8',
);
