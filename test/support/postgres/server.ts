import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../../bin/local/sample/embedded-postgres.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the run's PostgreSQL, without a database. */
    postgresUrl: string;
  }
}

/** One PostgreSQL for the whole run; every test file makes a database of its own in it. */
export default async function setup(project: TestProject) {
  const server = await startEmbeddedPostgres({
    max_connections: '200',
    // Nobody needs this data after a power cut.
    fsync: 'off',
    full_page_writes: 'off',
  });
  project.provide('postgresUrl', server.url(''));
  return () => server.stop();
}
