import { execFileSync, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';

type Environment = Readonly<Record<string, string>>;

/** What Lambda tells a function of its situation. */
export interface Situation {
  /** Milliseconds until Lambda stops it. @default 900,000 */
  readonly remainingMs?: number;
  /** By which alias it was invoked. @default none */
  readonly alias?: string;
}

export interface Invocation extends Situation {
  readonly requestId: string;
  /** Absent for an invocation without a payload. */
  readonly event?: unknown;
}

/** What Lambda reports of an invocation; `everything` is what a debugger would see. */
export type Outcome =
  | { readonly result: Readonly<Record<string, unknown>>; readonly error?: never }
  | {
      readonly result?: never;
      readonly error: {
        readonly errorType: string;
        readonly errorMessage: string;
        readonly trace: readonly string[];
        readonly everything: string;
      };
    };

/** A running instance of the function, that takes one event after another, as Lambda's do. */
export interface FunctionInstance {
  invoke(event?: unknown, situation?: Situation): Promise<Outcome & { readonly requestId: string }>;
  /** Lines of standard output and error so far, which is what Lambda writes to the function's log. */
  readonly log: readonly string[];
  /** Sends no more events, and waits until the process ends by itself. */
  end(): Promise<{ readonly exitCode: number | null }>;
}

/** The function as `cdk deploy` would upload it, with the environment that the template gives it. */
export interface DeployedFunction {
  /** The names of the parameters of Systems Manager that it reads. */
  readonly parameters: readonly string[];
  /** @param additions what Lambda would add, or a test wants */
  start(additions: Environment): FunctionInstance;
  remove(): void;
}

const PROJECT = join(import.meta.dirname, '../../..');

interface Template {
  readonly Resources: Readonly<Record<string, { readonly Type: string; readonly Properties: Properties }>>;
}

/** Of a function. */
interface Properties {
  readonly Handler?: string;
  readonly Code?: { readonly S3Key: string };
  readonly Environment?: { readonly Variables: Environment };
}

/**
 * Synthesises the app as `cdk deploy` does, and takes the function from the result.
 *
 * @param context what would be given with `-c`
 */
export function synthesiseFunction(context: Environment): DeployedFunction {
  const folder = mkdtempSync(join(tmpdir(), 'thread-cleanup-synth-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const { context: flags } = JSON.parse(readFileSync(join(PROJECT, 'cdk.json'), 'utf8'));
  execFileSync(process.execPath, ['bin/app.ts'], {
    cwd: PROJECT,
    env: {
      ...process.env,
      CDK_OUTDIR: folder,
      CDK_CONTEXT_JSON: JSON.stringify({ ...flags, ...context }),
      // It takes seconds to load the CDK's own rules, which change nothing of the template.
      CDK_VALIDATION: 'false',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const template: Template = JSON.parse(readFileSync(join(folder, 'WhatsAppThreadCleanup.template.json'), 'utf8'));
  const resources = Object.values(template.Resources);
  const found = resources.find(
    ({ Type, Properties }) => Type === 'AWS::Lambda::Function' && Properties.Handler === 'handler.handler',
  );
  const asset = found?.Properties.Code?.S3Key.replace('.zip', '');
  const environment = found?.Properties.Environment?.Variables;
  if (asset === undefined || environment === undefined) {
    throw new Error('The template has no function with the handler "handler.handler".');
  }
  const file = join(folder, `asset.${asset}`, 'handler.mjs');
  const { TOKEN_LIMIT_PARAMETER: tokenLimit = '', STATE_PARAMETER: state = '' } = environment;
  return {
    parameters: [tokenLimit, state],
    start: (additions) => startInstance(file, { ...environment, ...additions }),
    remove,
  };
}

/** What Lambda sets for a function with JSON logs. */
const LAMBDA_ENVIRONMENT = {
  AWS_LAMBDA_FUNCTION_NAME: 'thread-cleanup',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
  AWS_LAMBDA_LOG_FORMAT: 'JSON',
  TZ: ':UTC',
};

/**
 * Starts a function as Lambda does.
 *
 * @param file the module with the handler: of the asset, or a source
 */
export function startInstance(file: string, environment: Environment): FunctionInstance {
  const runtime = spawn(process.execPath, [join(import.meta.dirname, 'runtime.ts'), file], {
    env: { ...LAMBDA_ENVIRONMENT, ...environment },
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  for (const input of [runtime.stdout, runtime.stderr]) {
    createInterface({ input }).on('line', (line) => log.push(line));
  }
  const channel = runtime.stdio[3];
  if (!(channel instanceof Readable)) throw new Error('The runtime has no channel for outcomes.');
  const outcomes = createInterface({ input: channel })[Symbol.asyncIterator]();
  return {
    log,
    invoke: async (event, situation = {}) => {
      const requestId = randomUUID();
      runtime.stdin.write(`${JSON.stringify({ requestId, event, ...situation })}\n`);
      const { value, done } = await outcomes.next();
      if (done) throw new Error(`The function's process ended:\n${log.join('\n')}`);
      const outcome: Outcome = JSON.parse(value);
      return { ...outcome, requestId };
    },
    end: async () => {
      const exited = once(runtime, 'close');
      const tooLong = setTimeout(() => runtime.kill('SIGKILL'), 5_000);
      runtime.stdin.end();
      await exited;
      clearTimeout(tooLong);
      return { exitCode: runtime.exitCode };
    },
  };
}
