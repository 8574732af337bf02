import { Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** The network side of one postgres.js client: its `socket` option, and what the driver itself does not do. */
export interface Sockets {
  open(): Promise<Socket>;
  /** Whether anybody at all took a connection. */
  reached(): boolean;
  /** Whether a connection is open now. */
  connected(): boolean;
  /** Ends every connection at once, also to a server that answers nothing any more, and opens no further one. */
  destroy(): void;
}

/** Between attempts at a server that hangs up: the driver itself tries again at once, for ever, with a core of its own. */
const RETRY_PAUSE_MS = 500;

/**
 * Makes the sockets of one client. postgres.js 3.4.9 leaves a socket open, and the process alive, when it is ended while
 * it connects or while the server is silent; and it cuts an IPv6 address at its first colon.
 */
export function socketsTo(host: string, port: number): Sockets {
  const opened = new Set<Socket>();
  let lastAttempt = Number.NEGATIVE_INFINITY;
  let reached = false;
  let destroyed = false;
  return {
    open: async () => {
      // Beside an open connection it is a cancellation, which must not wait.
      const wait = opened.size > 0 ? 0 : lastAttempt + RETRY_PAUSE_MS - performance.now();
      // Waits at the first attempt too: the driver listens for errors only when this function has returned, and an
      // address that cannot be reached at all emits one in the tick in which it is tried.
      await pause(Math.max(0, wait));
      if (destroyed) throw new Error('The client has been closed.');
      lastAttempt = performance.now();
      const socket = new Socket();
      opened.add(socket);
      socket.once('close', () => opened.delete(socket));
      socket.once('connect', () => {
        reached = true;
      });
      socket.connect(port, host);
      // The driver reads the server's name for TLS from here.
      return Object.assign(socket, { host, port });
    },
    reached: () => reached,
    connected: () => opened.size > 0,
    destroy: () => {
      destroyed = true;
      for (const socket of opened) socket.destroy();
    },
  };
}
