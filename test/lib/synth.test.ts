import { execFile } from 'node:child_process';
import { globSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { App, Stack } from 'aws-cdk-lib';
import { Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lambdaCode } from '../../lib/functions/code.ts';
import { variants } from './synthesise.ts';

const project = join(import.meta.dirname, '../..');

interface Finished {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

let folder: string;
let good: Finished;
let bad: Finished;

/** Runs Node.js for somebody who has neither credentials nor a region. */
function run(parameters: readonly string[]): Promise<Finished> {
  const env = { PATH: process.env['PATH'], HOME: folder, npm_config_update_notifier: 'false' };
  return new Promise((resolve) => {
    execFile(process.execPath, parameters, { cwd: project, env }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

const CLI = join(project, 'node_modules/aws-cdk/bin/cdk');
const EVERYTHING = Object.entries(variants['with everything']).flatMap(([key, value]) => ['-c', `${key}=${value}`]);

/** `npx cdk synth`, to which a warning is an error. */
function cdkSynth(name: string, option: string): Promise<Finished> {
  return run([CLI, 'synth', '--strict', '--quiet', '--output', join(folder, name), '-c', option]);
}

/** The folder of the asset of all functions. */
function assetIn(output: string): string {
  const [file] = globSync('asset.*/handler.mjs', { cwd: join(folder, output) });
  return dirname(file ?? 'no asset/');
}

/** Licences that ask for nothing but to be handed on, or not even that. */
const PERMISSIVE = ['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0', 'Unlicense'];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'synth-'));
  [good, bad] = await Promise.all([
    cdkSynth('good', 'databaseSecret=x'),
    cdkSynth('bad', 'databaseSecret=postgresql://app:hunter2@db.example.com/app'),
  ]);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

describe('cdk synth -c databaseSecret=x', () => {
  test('succeeds without credentials, account and region, and without a warning', () => {
    expect(good.stderr).not.toMatch(/warn|notice/i);
    expect(good.status).toBe(0);
  });

  test('bundles the functions, and nothing else but their licences', async () => {
    const modules = ['handler.mjs', 'notify.mjs', 'verify.mjs', 'widget.mjs'];
    const files = ['THIRD-PARTY-LICENSES.txt', 'chunks', ...modules, ...modules.map((module) => `${module}.map`)];
    const asset = join(folder, 'good', assetIn('good'));
    expect((await readdir(asset)).sort()).toEqual(files.sort());
    const chunks = await readdir(join(asset, 'chunks'));
    expect(chunks.filter((file) => !/\.mjs(\.map)?$/.test(file))).toEqual([]);
  });

  test.each(['handler', 'notify', 'verify', 'widget'])(
    'bundles a %s that needs nothing but Node.js',
    async (module) => {
      const file = join(folder, 'good', assetIn('good'), `${module}.mjs`);
      // There is no node_modules beside it, so that an import of a package fails.
      const load = `import(${JSON.stringify(pathToFileURL(file))}).then((m) => console.log(typeof m.handler))`;
      expect(await run(['--eval', load])).toMatchObject({ status: 0, stdout: 'function\n' });
    },
  );

  test('lists every package of which there is code in the functions, each under a permissive licence', async () => {
    const asset = join(folder, 'good', assetIn('good'));
    const files = (await readdir(asset, { recursive: true })).filter((file) => file.endsWith('.map'));
    const maps = await Promise.all(files.map((file) => readFile(join(asset, file), 'utf8')));
    const sources: string[] = maps.flatMap((map) => JSON.parse(map).sources);
    const bundled = sources.flatMap((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1] ?? []);
    const notice = await readFile(join(asset, 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    const listed = [...notice.matchAll(/^(\S+) \d+\.\d+\.\S+ \((.+)\)$/gm)];

    expect(bundled).toContain('postgres');
    expect([...new Set(listed.map(([, name]) => name))].sort()).toEqual([...new Set(bundled)].sort());
    expect(listed.filter(([, , license = '']) => !PERMISSIVE.includes(license))).toEqual([]);
  });

  test('bundles a source map that names the sources and does not contain them', async () => {
    const map = JSON.parse(await readFile(join(folder, 'good', assetIn('good'), 'handler.mjs.map'), 'utf8'));
    expect(map.sources).toContain('../lambda/handler.ts');
    expect(map.sourcesContent).toBeUndefined();
  });

  test('makes the same asset in whatever folder', async () => {
    const stack = new Stack(new App({ outdir: join(folder, 'elsewhere/deeper') }), 'Stack');
    new LambdaFunction(stack, 'Function', {
      code: lambdaCode(),
      handler: 'handler.handler',
      runtime: Runtime.NODEJS_24_X,
    });
    expect(assetIn('elsewhere/deeper')).toBe(assetIn('good'));
  });
});

describe('cdk synth -c databaseSecret=postgresql://…', () => {
  test('fails and says which key is wrong, once, without a stack trace and without the password', () => {
    expect(bad.status).toBe(1);
    const [, ...further] = bad.stderr.split('Context key databaseSecret must be the name or ARN of ');
    expect(further).toEqual([expect.stringMatching(/^.* \(got a value that is not shown, /)]);
    expect(bad.stderr).not.toMatch(/^\s+at /m);
    expect(bad.stderr).not.toContain('hunter2');
  });

  test('makes a stack of that name that cannot replace the deployed one, not even with --ignore-errors', async () => {
    const template = JSON.parse(await readFile(join(folder, 'bad/WhatsAppThreadCleanup.template.json'), 'utf8'));
    // CloudFormation takes neither a template without resources nor one with a parameter that nobody gives.
    expect(template).not.toHaveProperty('Resources');
    expect(template.Parameters.ValidConfiguration).not.toHaveProperty('Default');
    expect(JSON.stringify(template)).not.toContain('hunter2');
  });

  test.each([
    [['-c', 'schedule=daily', '-c', 'stackName=Prod'], 'Prod'],
    // Not the default name: `cdk destroy` would offer to delete another stack than was meant.
    [['-c', 'env=stagign'], 'InvalidStackName'],
  ])('cdk list %j works all the same, as do bootstrap, destroy and gc', async (parameters, name) => {
    expect(await run([CLI, 'list', '--output', join(folder, `list-${name}`), ...parameters])).toMatchObject({
      status: 0,
      stdout: `${name}\n`,
    });
  });
});

test('every file of every asset can be read by Lambda, whatever the umask of who deploys', async () => {
  const output = join(folder, 'umask');
  const synth = [
    process.execPath,
    CLI,
    'synth',
    '--quiet',
    '--output',
    output,
    '-c',
    'databaseSecret=x',
    ...EVERYTHING,
  ];
  await promisify(execFile)('sh', ['-c', 'umask 077 && exec "$@"', 'sh', ...synth], { cwd: project });
  const entries = await readdir(output, { withFileTypes: true, recursive: true });
  const assets = entries.filter(({ name, parentPath }) => /\/asset\./.test(join(parentPath, name)));
  const modes = assets.map(async (entry) => {
    const { mode } = await stat(join(entry.parentPath, entry.name));
    return [entry.isDirectory() ? 'folder' : 'file', (mode & 0o777).toString(8)].join(' ');
  });
  expect(assets.length).toBeGreaterThan(10);
  expect([...new Set(await Promise.all(modes))].sort()).toEqual(['file 644', 'folder 755']);
});
