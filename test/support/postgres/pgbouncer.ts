import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { freePort } from '../../../bin/local/sample/free-port.ts';

/** The program, or undefined where it is not installed (Debian, Ubuntu: `apt-get install pgbouncer`). */
export const pgbouncerProgram = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin']
  .map((folder) => join(folder, 'pgbouncer'))
  .find((file) => existsSync(file));

export interface Pooler {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Starts a PgBouncer in transaction mode before the server of `url`. It has a single connection to each database, and
 * makes it forget after every transaction whatever a session has set or prepared.
 */
export async function startPgbouncer(url: string): Promise<Pooler> {
  if (pgbouncerProgram === undefined) throw new Error('pgbouncer is not installed.');
  const server = new URL(url);
  const port = await freePort();
  const folder = mkdtempSync(join(tmpdir(), 'thread-cleanup-pgbouncer-'));
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'users.txt'), `"${server.username}" "${server.password}"\n`);
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    [
      '[databases]',
      `* = host=${server.hostname} port=${server.port}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = plain',
      `auth_file = ${join(folder, 'users.txt')}`,
      'pool_mode = transaction',
      'default_pool_size = 1',
      'server_reset_query = DISCARD ALL',
      'server_reset_query_always = 1',
      // The name of a session at the server is then not the one that the job gave it.
      'application_name_add_host = 1',
    ].join('\n'),
  );
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? ['-u', 'postgres'] : [];
  const pooler = spawn(pgbouncerProgram, [...user, join(folder, 'pgbouncer.ini')], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const words: string[] = [];
  await new Promise<void>((resolve, reject) => {
    pooler.stderr.on('data', (data) => {
      words.push(String(data));
      if (words.join('').includes('process up')) resolve();
    });
    pooler.once('error', reject);
    pooler.once('exit', () => reject(new Error(`PgBouncer did not start:\n${words.join('')}`)));
  });
  return {
    port,
    stop: async () => {
      const exited = once(pooler, 'exit');
      pooler.kill('SIGTERM');
      await exited;
      rmSync(folder, { recursive: true });
    },
  };
}
