import { execFile } from 'node:child_process';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import postgres from 'postgres';
import { startEmbeddedPostgres } from '../../../bin/local/sample/embedded-postgres.ts';

/** A PostgreSQL that can fall and come back with what it had committed. */
export interface RestartableServer {
  readonly port: number;
  url(database: string): string;
  /** Ends every session on the spot, as a crash does, and starts again, with recovery. */
  crashAndRestart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it, empty, on a free port that it keeps through every crash. */
export async function startRestartableServer(): Promise<RestartableServer> {
  // What is committed survives a crash of the server; the system under it does not crash here.
  const server = await startEmbeddedPostgres({ max_connections: '200', fsync: 'off' });
  const sql = postgres(server.url('postgres'), { max: 1, onnotice: () => undefined });
  const [row] = await sql<{ folder: string }[]>`select current_setting('data_directory') as folder`;
  await sql.end();
  const folder = row?.folder ?? '';
  const { uid, gid } = statSync(folder);
  // The first word of its command line is the path of its program, beside which the others are.
  const program = readFileSync(join(folder, 'postmaster.opts'), 'utf8').split(' "')[0] ?? '';
  const control = (command: string, ...more: string[]) =>
    promisify(execFile)(
      join(dirname(program), 'pg_ctl'),
      [command, '--pgdata', folder, '--mode', 'immediate', '--wait', ...more],
      { uid, gid, cwd: '/' },
    );
  return {
    port: server.port,
    url: server.url,
    crashAndRestart: async () => {
      await control('restart', '--log', join(folder, 'log'));
    },
    // The library that started it would wait for a process that is long gone.
    stop: async () => {
      await control('stop');
      rmSync(dirname(folder), { recursive: true, force: true });
    },
  };
}
