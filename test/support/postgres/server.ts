import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../../bin/local/sample/embedded-postgres.ts';
import { LOG_STATEMENTS } from './statement-log.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address of the run's PostgreSQL, without a database. */
    postgresUrl: string;
    /** File with every statement that it was asked for. */
    postgresLog: string;
  }
}

/** One PostgreSQL for the whole run; every test file makes a database of its own in it. */
export default async function setup(project: TestProject) {
  const folder = mkdtempSync(join(tmpdir(), 'thread-cleanup-log-'));
  const log = join(folder, 'postgres.log');
  writeFileSync(log, '');
  const settings = {
    max_connections: '200',
    // Nobody needs this data after a power cut.
    fsync: 'off',
    full_page_writes: 'off',
    ...LOG_STATEMENTS,
  };
  const server = await startEmbeddedPostgres(settings, (words) => appendFileSync(log, words));
  project.provide('postgresUrl', server.url(''));
  project.provide('postgresLog', log);
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
