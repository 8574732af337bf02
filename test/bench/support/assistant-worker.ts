// The thread of an assistant: posts a message when it begins, and its report when it is told to stop.
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import postgres from 'postgres';
import type { AssistantReport, AssistantWork } from './assistant.ts';

const { url, connections, everyMs, phones }: AssistantWork = workerData;

const writesMs: number[] = [];
let stopped = false;

async function write(connection: number): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => undefined, connection: { application_name: 'assistant' } });
  for (let n = connection; !stopped; n += connections) {
    const start = performance.now();
    await sql`
      update "ClientView"
         set "threadTokenCount" = coalesce("threadTokenCount", 0) + 1, "lastActivity" = now()
       where "phoneNumber" = ${phones[n % phones.length] ?? ''}`;
    const ms = performance.now() - start;
    writesMs.push(ms);
    await pause(Math.max(0, everyMs - ms));
  }
  await sql.end();
}

const stop = parentPort ? once(parentPort, 'message') : Promise.resolve();
const start = performance.now();
const writing = Array.from({ length: connections }, (_, connection) => write(connection));
parentPort?.postMessage('begun');
await stop;
stopped = true;
const workedMs = performance.now() - start;
await Promise.all(writing);
const report: AssistantReport = { writesMs, workedMs };
parentPort?.postMessage(report);
parentPort?.close();
