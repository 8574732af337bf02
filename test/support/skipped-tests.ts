import type { Reporter } from 'vitest/node';

/** Says in the last line of a run which tests were skipped. Where `CI` is set that fails the run. */
export const skippedTests: Reporter = {
  onTestRunEnd(modules) {
    const files = modules
      .map(({ children, relativeModuleId }) => ({ relativeModuleId, count: [...children.allTests('skipped')].length }))
      .filter(({ count }) => count > 0);
    if (files.length === 0) return;
    const total = files.reduce((sum, { count }) => sum + count, 0);
    const inCi = Boolean(process.env['CI']);
    const places = files.map(({ relativeModuleId, count }) => `${count} in ${relativeModuleId}`).join(', ');
    console.log(`Skipped tests: ${total} (${places})${inCi ? '. In CI that is a failure.' : ''}`);
    if (inCi) process.exitCode = 1;
  },
};
