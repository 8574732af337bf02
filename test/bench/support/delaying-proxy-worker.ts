// The thread of a delaying proxy: takes the port to forward to, posts its own, and what went along it when told to close.
import { connect, createServer, type Socket } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';
import { listen } from '../../support/network/listen.ts';

const DELAY_MS = 1;

let roundTrips = 0;
let pieces = 0;
let delayedMs = 0;

const proxy = createServer({ noDelay: true }, (client) => {
  const server = connect({ port: workerData.port, host: '127.0.0.1', noDelay: true });
  let clientListened = true;
  forward(client, server, () => {
    if (clientListened) roundTrips += 1;
    clientListened = false;
  });
  forward(server, client, () => {
    clientListened = true;
  });
});

/** Passes everything on a while later, the end too. */
function forward(from: Socket, to: Socket, onPiece: () => void): void {
  from.on('data', (data) => {
    onPiece();
    const came = performance.now();
    setTimeout(() => {
      delayedMs += performance.now() - came;
      pieces += 1;
      to.write(data);
    }, DELAY_MS);
  });
  from.on('end', () => setTimeout(() => to.end(), DELAY_MS));
  from.on('error', () => to.destroy());
}

parentPort?.on('message', () => {
  parentPort?.postMessage({ roundTrips, roundTripMs: pieces === 0 ? 0 : (2 * delayedMs) / pieces });
});
parentPort?.postMessage(await listen(proxy));
