import type { Server } from 'node:net';

export interface Place {
  readonly host?: string;
  readonly port?: number;
}

/** Starts a server, on a free port of this machine if nothing else is said, and says on which. */
export function listen(server: Server, { host = '127.0.0.1', port = 0 }: Place = {}): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('The server has no port.'));
      else resolve(address.port);
    });
  });
}
