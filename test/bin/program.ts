import { type ChildProcess, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/local.ts', import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

type Environment = Readonly<Record<string, string>>;

/** Ways to start it other than with pipes that somebody reads; `"$@"` is the program. */
const SURROUNDINGS = {
  pipes: 'exec "$@"',
  /** A pseudo terminal, by the `script` of util-linux. */
  terminal: 'exec script -qec "$*" /dev/null',
  /** The reader of its output is gone before it says anything, as after `| head -1`; the status goes to stderr. */
  nobody: '{ "$@"; echo "status $?" >&2; } | true',
} as const;

/** Runs `node bin/local.ts` to its end. Of the environment it has only PATH and what it is given. */
export function runProgram(
  args: readonly string[],
  env: Environment = {},
  surroundings: keyof typeof SURROUNDINGS = 'pipes',
): Promise<Outcome> {
  return outcomeOf(startProgram(args, env, surroundings));
}

/** Starts it in a process group of its own, as a shell does, so that a test can press Ctrl-C. */
export function startProgram(
  args: readonly string[],
  env: Environment = {},
  surroundings: keyof typeof SURROUNDINGS = 'pipes',
): ChildProcess {
  return spawn('sh', ['-c', SURROUNDINGS[surroundings], 'sh', process.execPath, PROGRAM, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
}

export async function outcomeOf(program: ChildProcess): Promise<Outcome> {
  const ended = new Promise<number | null>((resolve) => program.once('close', resolve));
  const [stdout, stderr, status] = await Promise.all([read(program.stdout), read(program.stderr), ended]);
  return { status, stdout, stderr };
}

async function read(stream: ChildProcess['stdout']): Promise<string> {
  return stream === null ? '' : text(stream);
}

/** Waits until `condition` holds. */
export async function until(condition: () => boolean | Promise<boolean>, seconds = 10): Promise<void> {
  const end = Date.now() + seconds * 1000;
  while (!(await condition())) {
    if (Date.now() > end) throw new Error(`It did not come true within ${seconds} s: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
