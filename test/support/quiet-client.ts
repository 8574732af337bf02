import postgres, { type Sql } from 'postgres';

/**
 * One connection to a server that may crash. Without a look at the server's types: when the connection dies in the middle
 * of that, postgres.js 3.4.9 ends the process.
 */
export const quietClient = (url: string, applicationName = 'a test'): Sql =>
  postgres(url, {
    max: 1,
    fetch_types: false,
    onnotice: () => undefined,
    connection: { application_name: applicationName },
  });
