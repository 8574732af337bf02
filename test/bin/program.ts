import { type ChildProcess, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);
const PROGRAM = fileURLToPath(new URL('bin/local.ts', ROOT));
/** Node keeps here what it has compiled: many programs are started, and most of their time is compiling. */
const COMPILE_CACHE = fileURLToPath(new URL('node_modules/.cache/node-compile-cache', ROOT));

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
  /** A terminal of 80 columns. */
  narrowTerminal: 'exec script -qec "stty cols 80; $*" /dev/null',
  /** Terminals of other widths. */
  columns60: 'exec script -qec "stty cols 60; $*" /dev/null',
  columns200: 'exec script -qec "stty cols 200; $*" /dev/null',
  /** No file may be larger than 512 bytes: the nearest to a full disk that needs no root. */
  fullDisk: 'ulimit -f 1; exec "$@"',
} as const;

/**
 * Runs `node bin/local.ts` to its end. Of the environment it has only PATH, what it is given, and a cache that shows
 * nowhere in what it does.
 */
export function runProgram(
  args: readonly string[],
  env: Environment = {},
  surroundings: keyof typeof SURROUNDINGS = 'pipes',
): Promise<Outcome> {
  return outcomeOf(startProgram(args, env, surroundings));
}

/**
 * Starts it in a process group of its own, as a shell does, so that a test can press Ctrl-C.
 *
 * @param input `pipe` where the test is going to type something
 */
export function startProgram(
  args: readonly string[],
  env: Environment = {},
  surroundings: keyof typeof SURROUNDINGS = 'pipes',
  input: 'ignore' | 'pipe' = 'ignore',
): ChildProcess {
  return spawn('sh', ['-c', SURROUNDINGS[surroundings], 'sh', process.execPath, PROGRAM, ...args], {
    env: { PATH: process.env['PATH'] ?? '', NODE_COMPILE_CACHE: COMPILE_CACHE, ...env },
    stdio: [input, 'pipe', 'pipe'],
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

/** What Ctrl-C does: the signal goes to the whole process group, or to nobody when all of it has ended. */
export function pressCtrlC({ pid = 0 }: ChildProcess): void {
  try {
    process.kill(-pid, 'SIGINT');
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}
