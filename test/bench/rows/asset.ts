import { execFile } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Row } from '../row.ts';
import {
  bytesByPackage,
  deployedHandler,
  filesOnDemand,
  leastBundle,
  loadedFiles,
  sizeOf,
} from '../support/deployed-asset.ts';
import { compare, spreadOf } from '../support/spread.ts';
import { count, figure, spreadText } from '../support/words.ts';

const ROUNDS = 15;
/** Packages that are listed by name. */
const LISTED = 12;

/** How much of a cold start is this project's own. */
export const importTime: Row = {
  name: 'import-time',
  what: "import of the deployed asset's main handler, Node 24",
  against: 'a bundle of only `postgres` and the secrets client',
  bound: { is: 'at most', must: 1.3, aim: 1.1, unit: 'times' },
  async measure(bench) {
    const handler = deployedHandler();
    const least = await leastBundle();
    const bare: number[] = [];
    const { ratio, ...sides } = await compare(
      ROUNDS,
      async (round) => {
        bench.progress(`round ${round + 1} of ${ROUNDS}`);
        bare.push(await startTime());
        return (await startTime(handler)) - (bare.at(-1) ?? 0);
      },
      async () => (await startTime(least)) - spreadOf(bare).median,
      (ours, other) => ours / other,
    );
    return {
      value: ratio.median,
      measured: spreadText(ratio, 'times'),
      figures: { ratio, handlerMs: sides.ours, leastMs: sides.other, bareNodeMs: spreadOf(bare) },
      notes: [
        `handler ${figure(sides.ours.median)} ms, least bundle ${figure(sides.other.median)} ms, ` +
          `both without the start of Node itself (${figure(spreadOf(bare).median)} ms)`,
      ],
    };
  },
};

/** Milliseconds from the start of a process until it has imported a file, or nothing. */
async function startTime(file?: string): Promise<number> {
  const load = file === undefined ? '' : `await import(${JSON.stringify(pathToFileURL(file).href)});`;
  const code = `${load} console.log(performance.now()); process.exit();`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code]);
  return Number(stdout);
}

/** What Lambda has to fetch, read and compile at a cold start. */
export const bundleSize: Row = {
  name: 'bundle-size',
  what: 'size of that bundle, minified',
  against: '',
  bound: { is: 'at most', must: 640, aim: 560, unit: 'kB' },
  async measure() {
    const files = loadedFiles(deployedHandler());
    const bytes = sizeOf(files);
    const packages = bytesByPackage(files);
    const listed = packages.slice(0, LISTED);
    const rest = packages.slice(LISTED).reduce((sum, [, size]) => sum + size, 0);
    const onDemand = filesOnDemand(files).map((file) => {
      const loaded = loadedFiles(file).filter((each) => !files.includes(each));
      return { name: bytesByPackage(loaded)[0]?.[0] ?? file, bytes: sizeOf(loaded) };
    });
    return {
      value: bytes / 1_000,
      measured: `${count(bytes / 1_000)} kB`,
      figures: { bytes, files: files.length, packages: Object.fromEntries(packages), onDemand },
      notes: onDemand.map(({ name, bytes }) => `loaded only when needed: ${count(bytes / 1_000)} kB with ${name}`),
      curves: [
        {
          title: 'What takes the room',
          unit: 'kB',
          points: [...listed, ['all others', rest] as const].map(([label, size]) => ({ label, value: size / 1_000 })),
        },
      ],
    };
  },
};
