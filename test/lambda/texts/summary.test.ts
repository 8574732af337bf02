import { expect, test } from 'vitest';
import { checkSummary, cleanupSummary, restoreSummary } from '../../../lambda/texts/summary.ts';
import { textsOf } from '../../../lambda/texts/texts-of.ts';
import { RESULT } from '../../support/aws/run-events.ts';
import { checkResult } from '../../support/browser/check-results.ts';

const en = textsOf('en');
const COMMANDS = { undo: 'the command that restores', resume: 'the command that resumes' };

test('a check says what a cleanup would do', () => {
  expect(checkSummary(checkResult(), en)).toBe(
    '12 active threads of 20 contacts, 7,234,567 tokens in all; the largest has 2,500,000.\n' +
      '1 thread at or over the limit of 1,000,000 tokens, 2 near it.\n' +
      'The next cleanup clears it.',
  );
});

test('a cleanup says what it left and that it can be undone', () => {
  expect(cleanupSummary({ ...RESULT, remainingCount: 1 }, en, COMMANDS)).toBe(
    'Cleared 12 threads with 14,203,993 tokens (limit 1,000,000), recorded in 1 audit row.\n' +
      '1 thread over the limit remains for the next run (locked or changed meanwhile).\n' +
      '0 threads near the limit.\n' +
      'To undo it: the command that restores',
  );
});

test('a paused cleanup says so, and how to resume', () => {
  const paused = { ...RESULT, cleanedCount: 0, auditCount: 0, remainingCount: 1, paused: true as const };
  expect(cleanupSummary(paused, en, COMMANDS)).toBe(
    'Cleanup is paused: nothing was cleared. To resume it: the command that resumes\n' +
      '1 thread over the limit remains for the next run.\n0 threads near the limit.',
  );
});

test('a restore says that the threads are over the limit still, and how to keep them', () => {
  const counts = { restoredCount: 1, skippedCount: 0, alreadyRestoredCount: 0 };
  const summary = restoreSummary({ mode: 'restore', auditId: 7, ...counts }, en);
  expect(summary).toMatch(/^Put 1 thread back\./);
  expect(summary).toMatch(
    /still over the limit would be cleared again by the next cleanup.*raise the token limit or pause/s,
  );
});
