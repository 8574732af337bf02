import postgres, { type PendingQuery, type Row, type Sql } from 'postgres';
import type { DatabaseAddress } from './address.ts';
import { socketsTo } from './sockets.ts';
import { type EarlyEnds, runWithin } from './statement-timeout.ts';
import type { TlsOption } from './tls.ts';

/** The driver with one connection, and with another one after that was lost. */
export interface Client {
  /**
   * Runs a statement within `ms` milliseconds.
   *
   * @param ends the errors for a statement that took longer, and for one that was interrupted
   * @throws what `runWithin` throws
   */
  run<T extends readonly object[]>(statement: (sql: Sql) => PendingQuery<T>, ms: number, ends: EarlyEnds): Promise<T>;
  /** Takes another connection for the next statement where this one is lost, unless the client has been closed. */
  renewIfLost(): void;
  /** Takes another connection for the next statement, unless the client has been closed. */
  renew(): void;
  /** Logs in with the next form of the password from now on, where there is one: see `passwordForms`. */
  tryNextPassword(): boolean;
  /** Whether anybody at all took a connection. */
  reached(): boolean;
  /** Closes in an orderly way, if the server lets it. */
  close(): Promise<void>;
  /** Closes at once. */
  hangUp(): Promise<void>;
}

/** What every session of this program is called at the server. */
const APPLICATION_NAME = 'thread-cleanup';
/** For a connection to close in an orderly way. */
const GOODBYE_MS = 3_000;

/**
 * Makes a client; it connects when it has something to run.
 *
 * @param tls as `tlsOption` gives it for the address
 * @param passwords forms of the address's password, the first one to begin with; or what makes one for each connection
 * @param connectTimeoutMs milliseconds that connecting and logging in may take
 * @param signal ends the statement that runs and refuses further ones
 */
export function startClient(
  address: DatabaseAddress,
  tls: TlsOption,
  passwords: readonly DatabaseAddress['password'][],
  connectTimeoutMs: number,
  signal: AbortSignal | undefined,
): Client {
  const left = [...passwords];
  const start = () => {
    const [given = ''] = left;
    let password = '';
    const sockets = socketsTo(address.host, address.port);
    // An error of what makes the password is one of opening: the driver waits for nobody when the server asks for it.
    const open = async () => {
      password = typeof given === 'string' ? given : await given();
      return sockets.open();
    };
    const options = driverOptions(address, tls, () => password, connectTimeoutMs, open);
    // The driver takes it from the environment, and no value of the option says "nothing".
    delete process.env['PGTARGETSESSIONATTRS'];
    return { sockets, sql: postgres(options) };
  };
  let { sockets, sql } = start();
  let closed = false;
  const close = async (goodbyeMs: number) => {
    closed = true;
    // A connection that broke under a statement still counts as busy, and the driver would wait for it in vain.
    await sql.end({ timeout: sockets.connected() ? goodbyeMs / 1000 : 0 });
    sockets.destroy();
  };
  const renew = () => {
    if (closed) return;
    void sql.end({ timeout: 0 });
    sockets.destroy();
    ({ sockets, sql } = start());
  };
  return {
    run: (statement, ms, ends) =>
      runWithin(inOneRoundTrip(statement(sql)), { ms, ...ends, signal, hangUp: () => void close(0) }),
    // The driver's connection keeps what it had when it was lost: postgres.js 3.4.9 fails the next statement on it with
    // the error of the last one, and may send what was left to send in front of the next greeting.
    renewIfLost: () => {
      if (!sockets.connected()) renew();
    },
    renew,
    tryNextPassword: () => {
      if (left.length < 2) return false;
      left.shift();
      renew();
      return true;
    },
    reached: () => sockets.reached(),
    close: () => close(GOODBYE_MS),
    hangUp: () => close(0),
  };
}

/** All that the driver would otherwise take from the environment (`PGPASSWORD`, `PGSSLNEGOTIATION`, `PGDEBUG`, …) is said. */
function driverOptions(
  address: DatabaseAddress,
  tls: TlsOption,
  password: () => string,
  connectTimeoutMs: number,
  socket: () => Promise<unknown>,
) {
  return {
    // The typings do not know it, the driver does: it opens no connection by itself.
    socket,
    host: address.host,
    port: address.port,
    user: address.user,
    // An empty text would be one that is not said.
    password,
    database: address.database,
    ssl: tls,
    max: 1,
    connect_timeout: (connectTimeoutMs + GOODBYE_MS) / 1000,
    idle_timeout: 0,
    max_lifetime: 0,
    max_pipeline: 100,
    keep_alive: 60,
    debug: false,
    // A prepared statement outlives its transaction: a pooler would run it on a server that never heard of it.
    prepare: false,
    // Saves a round trip; array parameters are passed as text and cast by the statement.
    fetch_types: false,
    // The only start-up parameter that every pooler takes.
    connection: { application_name: APPLICATION_NAME },
    // postgres.js prints notices otherwise.
    onnotice: () => undefined,
  };
}

/**
 * Sends a statement together with its parameters. postgres.js 3.4.9 asks the server for their types first when it must
 * not prepare, and waits for the answer; here each is a text or a number that the statement casts.
 */
function inOneRoundTrip<T extends readonly Row[]>(query: PendingQuery<T>): PendingQuery<T> {
  return Object.defineProperty(query, 'describeFirst', { get: () => false, set: () => undefined });
}
