import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { listen, type Place } from './listen.ts';

export interface AwkwardServer {
  readonly port: number;
  /** Connections taken so far. */
  taken(): number;
  /** Connections that are open now. */
  open(): number;
  /** Takes no further connections. */
  refuse(): void;
  /** Ends all connections that are open now. */
  hangUp(): void;
  close(): Promise<void>;
}

/** Takes connections and does with each what `treat` says; on a free port of 127.0.0.1, if nothing else is said. */
export async function startServer(treat: (socket: Socket) => void, place: Place = {}): Promise<AwkwardServer> {
  const sockets = new Set<Socket>();
  let taken = 0;
  const server = createServer({ noDelay: true }, (socket) => {
    taken += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.once('close', () => sockets.delete(socket));
    treat(socket);
  });
  const hangUp = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: await listen(server, place),
    taken: () => taken,
    open: () => sockets.size,
    refuse: () => void server.close(),
    hangUp,
    close: async () => {
      hangUp();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Takes connections, reads, and never answers. */
export const startSilentServer = (host = '127.0.0.1') => startServer((socket) => socket.resume(), { host });

/** Takes connections and hangs up at once, as a proxy does whose database is gone. */
export const startServerThatHangsUp = () => startServer((socket) => socket.destroy());

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
