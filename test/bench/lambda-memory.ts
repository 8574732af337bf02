// How long the deployed function takes with the processor that Lambda gives for some memory: node test/bench/lambda-memory.ts
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { GET_SECRET_VALUE, secretText, startFakeAws } from '../support/aws/fake-aws.ts';
import { startBenchServer } from './support/bench-server.ts';
import { TOKEN_LIMIT } from './support/contacts.ts';
import { deployedHandler } from './support/deployed-asset.ts';
import { spreadOf } from './support/spread.ts';
import { count, figure } from './support/words.ts';

const ROUNDS = 3;
/** AWS Lambda Developer Guide, "Configure Lambda function memory": so much memory has the equivalent of one vCPU. */
const MB_PER_CORE = 1_769;
const MEMORY_MB = [128, 256, 512, 1_024, 1_769];
const PERIOD_MS = 100;
/** US East, arm64, July 2025: dollars a GB-second. */
const PRICE = 0.0000133334;

const WORK = [
  { title: 'check of 1,000,000', contacts: { count: 1_000_000, dueEvery: 100 }, event: { mode: 'check' } },
  {
    title: 'cleanup of 10,000 in 1,000,000',
    contacts: { count: 1_000_000, dueEvery: 100 },
    event: { mode: 'cleanup' },
  },
  {
    title: 'cleanup of 1,000 in 1,000',
    contacts: { count: 1_000, dueEvery: 1 },
    event: { mode: 'cleanup', force: true },
  },
];

/** Milliseconds of processor that a process has had, all threads together. */
function processorMs(pid: number): number {
  const tasks = readdirSync(`/proc/${pid}/task`);
  return (
    tasks.reduce(
      (sum, task) => sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, 'utf8').split(' ')[0]),
      0,
    ) / 1e6
  );
}

/** Gives a process a share of a processor as a container's quota does: what a period's work uses up, it stops. */
function throttle(child: ChildProcess, share: number): () => void {
  const pid = child.pid ?? 0;
  let allowed = processorMs(pid);
  let periodEnd = 0;
  let stopped = false;
  const look = setInterval(() => {
    const used = processorMs(pid);
    if (performance.now() >= periodEnd) {
      periodEnd = performance.now() + PERIOD_MS;
      // What was left of the last period is lost, what was too much is missing in this one.
      allowed = Math.min(allowed, used) + share * PERIOD_MS;
    }
    const over = used >= allowed;
    if (over !== stopped) child.kill(over ? 'SIGSTOP' : 'SIGCONT');
    stopped = over;
  }, 1);
  return () => {
    clearInterval(look);
    child.kill('SIGCONT');
  };
}

interface Invocation {
  readonly ms: number;
  readonly usedMs: number;
  readonly initMs: number;
  readonly peakMb: number;
}

/** A cold start and one invocation, with a share of a processor for the latter. */
async function invoke(
  file: string,
  environment: Readonly<Record<string, string>>,
  event: object,
  share: number,
): Promise<Invocation> {
  const runtime = join(import.meta.dirname, '../support/aws/runtime.ts');
  const child = spawn(process.execPath, ['--max-semi-space-size=2', runtime, file], {
    env: { ...environment, AWS_LAMBDA_FUNCTION_NAME: 'bench' },
    stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
  });
  const channel = child.stdio[3];
  if (!(channel instanceof Readable) || child.pid === undefined) throw new Error('The runtime did not start.');
  // Lambda loads the code before the invocation, with a processor of its own.
  for (let before = -1; processorMs(child.pid) > before; await pause(300)) before = processorMs(child.pid);
  const initMs = processorMs(child.pid);
  const release = share < 1 ? throttle(child, share) : () => undefined;
  const start = performance.now();
  child.stdin?.write(`${JSON.stringify({ requestId: 'bench', event })}\n`);
  const [line = '']: string[] = await once(createInterface({ input: channel }), 'line');
  const ms = performance.now() - start;
  release();
  const usedMs = processorMs(child.pid) - initMs;
  const peakMb = Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1_024;
  child.kill('SIGKILL');
  const { error } = JSON.parse(line);
  if (error) throw new Error(error.errorMessage);
  return { ms, usedMs, initMs, peakMb };
}

const server = await startBenchServer();
const aws = await startFakeAws();
try {
  const file = deployedHandler();
  for (const { title, contacts, event } of WORK) {
    for (const memory of MEMORY_MB) {
      const rounds: Invocation[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        const { url } = await server.fresh(contacts);
        aws.answer(GET_SECRET_VALUE, secretText(url));
        const environment = { ...aws.environment, DATABASE_SECRET_ID: 'bench', TOKEN_LIMIT: String(TOKEN_LIMIT) };
        rounds.push(await invoke(file, environment, event, memory / MB_PER_CORE));
      }
      const median = (key: keyof Invocation) => spreadOf(rounds.map((round) => round[key])).median;
      const dollars = (1e6 * PRICE * (memory / 1_024) * median('ms')) / 1_000;
      console.log(
        `${title}, ${memory} MB: ${count(median('ms'))} ms (${count(median('usedMs'))} ms of processor, before it ` +
          `${count(median('initMs'))} ms), ${figure(median('peakMb'))} MB resident; $ ${figure(dollars)} a million`,
      );
    }
  }
} finally {
  await aws.close();
  await server.stop();
}
