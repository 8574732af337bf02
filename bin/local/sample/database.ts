import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseDatabaseAddress } from '../../../lambda/database/address.ts';
import { type Database, openDatabase } from '../../../lambda/database/database.ts';
import { JobError } from '../../../lambda/model/job-error.ts';
import type { SampleDatabase } from '../program/program.ts';
import { sampleContacts } from './contacts.ts';
import type { SampleServerMessage } from './server.ts';

const SERVER = fileURLToPath(new URL('./server.ts', import.meta.url));
const CREATE_CLIENT_VIEW = readFileSync(new URL('./client-view.sql', import.meta.url), 'utf8');

/**
 * Starts an embedded PostgreSQL and fills it with the sample contacts.
 *
 * @param signal gives up, leaving nothing behind
 * @throws JobError DatabaseUnreachable when the server does not start, Interrupted
 */
export async function createSampleDatabase(signal: AbortSignal): Promise<SampleDatabase> {
  const server = fork(SERVER, { detached: true, stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  const ended = once(server, 'exit');
  const remove = async () => {
    if (server.connected) server.disconnect();
    await ended;
  };
  try {
    const address = parseDatabaseAddress(await urlOf(server, signal), 'the embedded PostgreSQL');
    const database = await openDatabase(address, { signal });
    try {
      await fill(database);
    } finally {
      await database.close();
    }
    return { address, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function urlOf(server: ChildProcess, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    const failed = (problem: string) =>
      reject(
        new JobError('DatabaseUnreachable', `${problem} Set DATABASE_URL to work on a database of your own instead.`),
      );
    server.once('message', (message: SampleServerMessage) =>
      'url' in message ? resolve(message.url) : failed(message.problem),
    );
    server.once('error', () => failed('The embedded PostgreSQL could not be started.'));
    server.once('exit', () => failed('The embedded PostgreSQL ended before it was ready.'));
    const interrupt = () => reject(new JobError('Interrupted', 'Interrupted. Nothing was changed.'));
    signal.addEventListener('abort', interrupt, { once: true });
    if (signal.aborted) interrupt();
  });
}

async function fill(database: Database): Promise<void> {
  await database.run((sql) => sql.unsafe(CREATE_CLIENT_VIEW));
  await database.run((sql) => sql`insert into "ClientView" ${sql(sampleContacts())}`);
}
