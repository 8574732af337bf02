// The thread of a delaying proxy: takes the port to forward to, posts its own, and what went along it when told to close.
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { type Judge, startProxy, type Verdict } from '../../support/network/proxy.ts';

const DELAY_MS = 1;

let roundTrips = 0;
let pieces = 0;
let delayedMs = 0;

/** Passes everything on a while later, and counts how often the client speaks after it has listened. */
function passLater(): Judge {
  let clientListened = true;
  return async (from): Promise<Verdict> => {
    if (from === 'client' && clientListened) roundTrips += 1;
    clientListened = from === 'server';
    const came = performance.now();
    await pause(DELAY_MS);
    delayedMs += performance.now() - came;
    pieces += 1;
    return 'pass';
  };
}

const { port } = await startProxy(workerData.port, passLater);
parentPort?.on('message', () => {
  parentPort?.postMessage({ roundTrips, roundTripMs: pieces === 0 ? 0 : (2 * delayedMs) / pieces });
});
parentPort?.postMessage(port);
