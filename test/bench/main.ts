// Measures what the project promises about speed and size: npm run bench -- [--json] [--quick] [--only ROW].
import { platform } from 'node:process';
import { parseArgs } from 'node:util';
import { type RowResult, report } from './report.ts';
import { type Row, verdictOf } from './row.ts';
import { bundleSize, importTime } from './rows/asset.ts';
import { assistantWrites } from './rows/assistant-writes.ts';
import { bareUpdateRow } from './rows/bare-update.ts';
import { checkAgainstBare } from './rows/check.ts';
import { lockTime } from './rows/lock-time.ts';
import { manyDatabases } from './rows/many-databases.ts';
import { memory } from './rows/memory.ts';
import { oldScript, oldScriptWithDelay } from './rows/old-script.ts';
import { onePercent } from './rows/one-percent.ts';
import { opening } from './rows/opening.ts';
import { serverMemory } from './rows/server-memory.ts';
import { tableSizes } from './rows/table-sizes.ts';
import { startBenchServer } from './support/bench-server.ts';
import { progressLine as line } from './support/progress.ts';

const ROWS: readonly Row[] = [
  opening,
  checkAgainstBare,
  onePercent,
  bareUpdateRow,
  oldScript,
  oldScriptWithDelay,
  tableSizes,
  lockTime,
  memory,
  // It looks into /proc.
  ...(platform === 'linux' ? [serverMemory] : []),
  importTime,
  bundleSize,
  assistantWrites,
  manyDatabases,
];

const HELP = `npm run bench -- [--json] [--quick] [--only ROW]

  --json      print the figures as JSON
  --quick     a tenth of the contacts: for changing the bench, not for figures
  --only ROW  one of ${ROWS.map(({ name }) => name).join(', ')}; may be repeated`;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    quick: { type: 'boolean', default: false },
    only: { type: 'string', multiple: true, default: [] },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help) console.log(HELP);
else if (values.only.every((name) => ROWS.some((row) => row.name === name))) process.exitCode = await run();
else {
  console.error(HELP);
  process.exitCode = 2;
}

/** @returns the exit status: 1 when a row does not reach what it must */
async function run(): Promise<number> {
  line.show('Starting the embedded PostgreSQL …');
  const server = await startBenchServer();
  const results: RowResult[] = [];
  try {
    for (const row of ROWS.filter(({ name }) => values.only.length === 0 || values.only.includes(name))) {
      const progress = (text: string) => line.show(`${row.what}: ${text}`);
      progress('preparing');
      results.push({ row, ...(await row.measure({ server, quick: values.quick, progress })) });
    }
  } finally {
    line.wipe();
    await server.stop();
  }
  const surroundings = { postgres: server.version, node: process.version, quick: values.quick };
  console.log(values.json ? JSON.stringify(figuresOf(results, surroundings), null, 2) : report(results, surroundings));
  return results.some(({ row, ...measured }) => verdictOf(row, measured) === 'NO') ? 1 : 0;
}

function figuresOf(results: readonly RowResult[], surroundings: object) {
  return {
    ...surroundings,
    rows: results.map(({ row, ...measured }) => ({
      name: row.name,
      what: row.what,
      against: row.against,
      bound: row.bound,
      value: measured.value,
      measured: measured.measured,
      reached: verdictOf(row, measured),
      figures: measured.figures,
    })),
  };
}
