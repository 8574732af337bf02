import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** What an assistant is to write, and where. */
export interface AssistantWork {
  readonly url: string;
  readonly connections: number;
  /** Milliseconds from the beginning of a write to the next one of the same connection. */
  readonly everyMs: number;
  readonly phones: readonly string[];
}

export interface Assistant {
  /** Stops it and says how long each write took, in ms, and how long it worked. */
  stop(): Promise<AssistantReport>;
}

export interface AssistantReport {
  readonly writesMs: readonly number[];
  readonly workedMs: number;
}

/** Starts an assistant that writes all the time; a thread of its own, so that the cleanup's client does not delay it. */
export async function startAssistant(work: AssistantWork): Promise<Assistant> {
  const worker = new Worker(new URL('./assistant-worker.ts', import.meta.url), { workerData: work });
  await once(worker, 'message');
  return {
    stop: async () => {
      worker.postMessage('stop');
      const [report]: AssistantReport[] = await once(worker, 'message');
      if (report === undefined) throw new Error('The assistant ended without a report.');
      return report;
    },
  };
}
