import { connect } from 'node:net';
import { type AwkwardServer, startServer } from './awkward-servers.ts';

/** Pass what came on, keep it, cut the connection instead, or pass it on and then cut. */
export type Verdict = 'pass' | 'keep' | 'cut' | 'pass and cut';
/** Judges each piece that comes along one connection; while it thinks, the piece waits. */
export type Judge = (from: 'client' | 'server', data: Buffer) => Verdict | Promise<Verdict>;

/**
 * Forwards to a port of this machine as the judges say: each connection has one of its own, and a caller who gets none
 * is hung up on.
 *
 * @param ownPort where it listens; 0 takes a free port
 */
export function startProxy(port: number, newJudge: () => Judge | undefined, ownPort = 0): Promise<AwkwardServer> {
  return startServer(
    (client) => {
      const judge = newJudge();
      if (judge === undefined) {
        client.destroy();
        return;
      }
      const server = connect({ port, host: '127.0.0.1', noDelay: true });
      let cut = false;
      const hangUp = () => {
        cut = true;
        client.resetAndDestroy();
        // Not destroyed: that would take back what the server has not read yet.
        server.end();
      };
      server.on('error', () => client.destroy());
      server.on('close', () => client.destroy());
      client.on('close', () => server.end());
      const forward = async (from: 'client' | 'server', data: Buffer) => {
        const verdict = cut ? 'cut' : await judge(from, data);
        const target = from === 'client' ? server : client;
        if (cut || verdict === 'cut') hangUp();
        else if (verdict !== 'keep') target.write(data, () => verdict === 'pass and cut' && hangUp());
      };
      client.on('data', (data) => forward('client', data));
      server.on('data', (data) => forward('server', data));
    },
    { port: ownPort },
  );
}

/** The same address, by way of a port of this machine. */
export function byWayOf(port: number, url: string): string {
  const address = new URL(url);
  address.hostname = '127.0.0.1';
  address.port = String(port);
  return address.href;
}
