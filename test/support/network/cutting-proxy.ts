import { connect } from 'node:net';
import { type AwkwardServer, startServer } from './awkward-servers.ts';

/** Pass what came on, cut the connection instead, or pass it on and then cut. */
export type Verdict = 'pass' | 'cut' | 'pass and cut';
/** Judges each piece that comes along one connection. */
export type Judge = (from: 'client' | 'server', data: Buffer) => Verdict;

/** Forwards to a port of this machine, and cuts a connection when its judge says so. */
export function startCuttingProxy(port: number, newJudge: () => Judge): Promise<AwkwardServer> {
  return startServer((client) => {
    const judge = newJudge();
    const server = connect(port, '127.0.0.1');
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
    const forward = (from: 'client' | 'server', data: Buffer) => {
      const verdict = cut ? 'cut' : judge(from, data);
      const target = from === 'client' ? server : client;
      if (cut || verdict === 'cut') hangUp();
      else target.write(data, () => verdict === 'pass and cut' && hangUp());
    };
    client.on('data', (data) => forward('client', data));
    server.on('data', (data) => forward('server', data));
  });
}

/** Moments in the life of a statement at which its connection may break. */
export const MOMENTS = ['before it', 'inside it', 'at its end', 'after it'] as const;
export type Moment = (typeof MOMENTS)[number];

/** A cut that is to come. */
export interface Cut {
  readonly newJudge: () => Judge;
  /** Whether it has come. */
  happened(): boolean;
}

/**
 * Cuts once, at a moment of the `nth` statement that contains `words`. "At its end" the server has committed, and the
 * client has not read it.
 */
export function cutOnce(moment: Moment, words: string, nth = 1): Cut {
  let done = false;
  let seen = 0;
  const once = (verdict: Verdict) => {
    done = true;
    return verdict;
  };
  const newJudge = (): Judge => {
    let sent = false;
    return (from, data) => {
      if (done) return 'pass';
      if (from === 'server') {
        if (!sent) return 'pass';
        if (moment === 'at its end') return once('cut');
        return moment === 'after it' ? once('pass and cut') : 'pass';
      }
      if (data.includes(words)) seen += 1;
      if (seen < nth) return 'pass';
      sent = true;
      if (moment === 'before it') return once('cut');
      return moment === 'inside it' ? once('pass and cut') : 'pass';
    };
  };
  return { newJudge, happened: () => done };
}

/** The same address, by way of a port of this machine. */
export function byWayOf(port: number, url: string): string {
  const address = new URL(url);
  address.hostname = '127.0.0.1';
  address.port = String(port);
  return address.href;
}
