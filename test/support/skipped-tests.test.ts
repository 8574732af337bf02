import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const PROJECT = join(import.meta.dirname, '../..');

/** Runs a test file of its own with the reporters of this project. */
async function runTests(source: string, env: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'thread-cleanup-skipped-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'some.test.ts'), source);
  writeFileSync(
    join(folder, 'vitest.config.ts'),
    `import { skippedTests } from '${join(import.meta.dirname, 'skipped-tests.ts')}';
     export default { test: { globals: true, reporters: ['default', skippedTests] } };`,
  );
  const vitest = join(PROJECT, 'node_modules/vitest/vitest.mjs');
  return new Promise<{ status: unknown; lastLine: string | undefined }>((resolve) => {
    execFile(
      process.execPath,
      [vitest, 'run', '--root', folder],
      { env: { NO_COLOR: '1', ...env } },
      (error, stdout) => {
        resolve({ status: error?.code ?? 0, lastLine: stdout.trimEnd().split('\n').at(-1) });
      },
    );
  });
}

const SOME_SKIPPED = `
  test('runs', () => {});
  test.skip('does not run', () => {});
  describe.skipIf(true)('not here', () => { test('nor does this', () => {}); });`;
const SAID = 'Skipped tests: 2 (2 in some.test.ts)';

test('the last line of a run says which tests were skipped', async () => {
  expect(await runTests(SOME_SKIPPED, {})).toEqual({ status: 0, lastLine: SAID });
});

test('a skipped test fails the run in CI', async () => {
  const lastLine = `${SAID}. In CI that is a failure.`;
  expect(await runTests(SOME_SKIPPED, { CI: 'true' })).toEqual({ status: 1, lastLine });
});

test('a run in which nothing was skipped passes in CI', async () => {
  const { status, lastLine } = await runTests(`test('runs', () => {});`, { CI: 'true' });
  expect(status).toBe(0);
  expect(lastLine).not.toContain('kipped');
});
