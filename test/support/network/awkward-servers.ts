import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { listen } from './listen.ts';

export interface AwkwardServer {
  readonly port: number;
  /** Connections taken so far. */
  taken(): number;
  /** Connections that are open now. */
  open(): number;
  /** Takes no further connections. */
  refuse(): void;
  close(): Promise<void>;
}

/** Takes connections and does with each what `treat` says. */
export async function startServer(treat: (socket: Socket) => void, host?: string): Promise<AwkwardServer> {
  const sockets = new Set<Socket>();
  let taken = 0;
  const server = createServer((socket) => {
    taken += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    treat(socket);
  });
  return {
    port: await listen(server, host),
    taken: () => taken,
    open: () => sockets.size,
    refuse: () => void server.close(),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Takes connections, reads, and never answers. */
export const startSilentServer = (host?: string) => startServer((socket) => socket.resume(), host);

/** Takes connections and hangs up at once, as a proxy does whose database is gone. */
export const startServerThatHangsUp = () => startServer((socket) => socket.destroy());

export interface Proxy extends AwkwardServer {
  /** From now on nothing gets through, and nothing is closed. */
  freeze(): void;
  /** Hangs up on the next caller, and on no other. */
  dropNext(): void;
  /** Hangs up, and from now on at once on everybody who calls. */
  hangUp(): void;
}

/** Forwards to a port of this machine, until it is told otherwise. */
export async function startProxy(port: number): Promise<Proxy> {
  const all: Socket[] = [];
  let frozen = false;
  let hungUp = false;
  let drops = 0;
  const proxy = await startServer((client) => {
    if (hungUp || drops-- > 0) {
      client.destroy();
      return;
    }
    if (frozen) {
      // Swallows what comes, so that it sees the client hang up.
      client.resume();
      return;
    }
    const server = connect(port, '127.0.0.1');
    all.push(client, server);
    server.on('error', () => client.destroy());
    server.on('close', () => client.destroy());
    client.on('close', () => server.destroy());
    client.on('data', (data) => frozen || server.write(data));
    server.on('data', (data) => frozen || client.write(data));
  });
  return {
    ...proxy,
    freeze: () => {
      frozen = true;
    },
    dropNext: () => {
      drops = 1;
    },
    hangUp: () => {
      hungUp = true;
      for (const socket of all) socket.destroy();
    },
    close: async () => {
      for (const socket of all) socket.destroy();
      await proxy.close();
    },
  };
}

const LISTENER = `
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port));`;

/**
 * A port that answers nothing at all, as in a private subnet without a route: a process that listens, is stopped, and
 * whose queue of connections is full, so that the system drops whatever comes next.
 */
export async function startBlackHole(): Promise<{ readonly port: number; close(): void }> {
  const listener = spawn(process.execPath, ['-e', LISTENER], { stdio: ['ignore', 'pipe', 'inherit'], env: {} });
  const [line] = await once(listener.stdout, 'data');
  const port = Number(line);
  listener.kill('SIGSTOP');
  const fillers: Socket[] = [];
  for (let waiting = false; !waiting && fillers.length < 20; ) {
    const filler = connect(port, '127.0.0.1').on('error', () => undefined);
    fillers.push(filler);
    waiting = !(await Promise.race([once(filler, 'connect').then(() => true), pause(300, false)]));
  }
  return {
    port,
    close: () => {
      for (const filler of fillers) filler.destroy();
      listener.kill('SIGKILL');
    },
  };
}
