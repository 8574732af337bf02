/**
 * The program that runs the sample database's server, in a process group of its own: Ctrl-C in a terminal reaches a
 * whole process group, and would otherwise end the server under the statement that is about to be cancelled. It stops
 * the server and removes its folder as soon as the process that forked it disconnects, however that one ended.
 */
import { startEmbeddedPostgres } from './embedded-postgres.ts';

/** What this program tells the one that forked it. */
export type SampleServerMessage = { readonly url: string } | { readonly problem: string };

const disconnected = new Promise<void>((resolve) => {
  process.once('disconnect', resolve);
});

try {
  // Nobody needs this data after a power cut.
  const server = await startEmbeddedPostgres({ fsync: 'off', full_page_writes: 'off' });
  tell({ url: server.url('postgres') });
  await disconnected;
  await server.stop();
} catch (error) {
  tell({ problem: error instanceof Error ? error.message : String(error) });
  if (process.connected) process.disconnect();
}

function tell(message: SampleServerMessage): void {
  if (process.connected) process.send?.(message);
}
