import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { byWayOf } from '../../support/network/proxy.ts';

/** A long way to a server of this machine. */
export interface DelayingProxy {
  readonly url: string;
  /** Closes it, and says what went along it. */
  close(): Promise<Travel>;
}

/** A round trip is a time that the client spoke after it had listened, or for the first time. */
export interface Travel {
  readonly roundTrips: number;
  /** What the proxy itself took away from both sides for a round trip, on average. */
  readonly roundTripMs: number;
}

/** Starts a proxy that passes on everything 1 ms later in each direction; a thread of its own, so that nobody delays it. */
export async function startDelayingProxy(url: string): Promise<DelayingProxy> {
  const worker = new Worker(new URL('./delaying-proxy-worker.ts', import.meta.url), {
    workerData: { port: Number(new URL(url).port) },
  });
  const [port]: number[] = await once(worker, 'message');
  return {
    url: byWayOf(port ?? 0, url),
    close: async () => {
      worker.postMessage('close');
      const [travel]: Travel[] = await once(worker, 'message');
      await worker.terminate();
      return travel ?? { roundTrips: 0, roundTripMs: 0 };
    },
  };
}
