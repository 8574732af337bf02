import postgres, { type Sql } from 'postgres';

/**
 * A client of a server that may crash; two connections, since one may be reserved. Without a look at the server's types: when the connection dies in the middle
 * of that, postgres.js 3.4.9 ends the process.
 */
export const quietClient = (url: string, applicationName = 'a test'): Sql =>
  postgres(url, {
    max: 2,
    fetch_types: false,
    onnotice: () => undefined,
    connection: { application_name: applicationName },
  });
