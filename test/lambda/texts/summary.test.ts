import { expect, test } from 'vitest';
import type { Language } from '../../../lambda/input/values.ts';
import type { CheckResult } from '../../../lambda/model/results.ts';
import { checkSummary, cleanupSummary, eraseSummary, restoreSummary } from '../../../lambda/texts/summary.ts';
import { textsOf } from '../../../lambda/texts/texts-of.ts';
import { RESULT } from '../../support/aws/run-events.ts';
import { checkResult } from '../../support/browser/check-results.ts';

const en = textsOf('en');
const COMMANDS = {
  restore: 'the command that restores',
  resume: 'the command that resumes',
  cleanUp: 'the command that cleans up',
  correctLimit: 'the command that corrects the limit',
  force: 'the command that clears them',
};

const summaryOf = (changes: Partial<CheckResult> = {}, language: Language = 'en') =>
  checkSummary(checkResult(changes), textsOf(language), COMMANDS);
/** The lines after the first, in which the figures are. */
const forecastIn = (...given: Parameters<typeof summaryOf>) =>
  summaryOf(...given)
    .split('\n')
    .slice(1);
const REFUSED = { next: 'refused', threads: 33_653, share: 90.5, allowed: 50 } as const;

test('a check says what the next cleanup will do', () => {
  expect(summaryOf()).toBe(
    '12 active threads of 20 contacts, 7,234,567 tokens in total; largest: 2,500,000.\n' +
      'The next cleanup will clear 1 thread (1,000,000 tokens or more). 2 more are near the limit.',
  );
  expect(summaryOf({ nearLimitThreads: 0 })).toMatch(/ \(1,000,000 tokens or more\)\.$/);
  expect(forecastIn({ forecast: { next: 'nothing' } })).toEqual([
    'Nothing to clear: no thread has reached 1,000,000 tokens. 2 threads are near the limit.',
  ]);
});

test('a check says when the next cleanup will clear nothing, and the command that changes that', () => {
  expect(forecastIn({ forecast: REFUSED })).toEqual([
    'The next cleanup will be refused (safety limit): it would clear 33,653 threads, 90.5% of the active threads, 50% ' +
      'allowed. 2 more are near the limit.',
    'If the limit of 1,000,000 tokens is wrong, set another: the command that corrects the limit',
    'Then check again, and run the cleanup: the command that cleans up',
    'Only if the limit is right, and these 33,653 threads are meant to be cleared: the command that clears them',
  ]);
  expect(forecastIn({ forecast: REFUSED, tokenLimit: 1_000, tokenLimitFrom: 'payload' })[1]).toBe(
    'If the limit of 1,000 tokens is wrong, leave it out, and the configured limit applies: the command that corrects the limit',
  );
  expect(forecastIn({ forecast: { next: 'paused' }, overLimitThreads: 8, activeCount: 0 })).toEqual([
    'The cleanup is paused: 8 threads over the limit will not be cleared. 2 threads are near the limit.',
    'To resume it: the command that resumes',
    'The next scheduled cleanup clears them then. To clear them at once: the command that cleans up',
  ]);
  expect(forecastIn({ forecast: { next: 'paused' }, overLimitThreads: 0 })).toEqual([
    'The cleanup is paused: the next one will clear nothing. 2 threads are near the limit.',
    'To resume it: the command that resumes',
  ]);
});

test.each([
  [{ next: 'clears', threads: 8 }, /^With a limit of 1,000 a cleanup would clear 8 threads\. 2 more/],
  [REFUSED, /^With a limit of 1,000 a cleanup would be refused .* 33,653 threads, 90\.5% of .*, 50% allowed\. 2 more/],
  [
    { next: 'paused' },
    /^With a limit of 1,000 a cleanup would clear nothing, because the cleanup is paused\. 2 threads/,
  ],
  [{ next: 'nothing' }, /^With a limit of 1,000 a cleanup would clear nothing\. 2 threads/],
] as const)('with a limit of its own it says what a cleanup with that one would do: %j', (forecast, words) => {
  expect(forecastIn({ tokenLimitFrom: 'payload', tokenLimit: 1_000, forecast })[0]).toMatch(words);
});

test('the same in Spanish', () => {
  expect(forecastIn({ forecast: { next: 'clears', threads: 8 }, nearLimitThreads: 14 }, 'es')).toEqual([
    'La próxima limpieza borrará 8 threads (llegaron a 1.000.000). Otros 14 están cerca del límite.',
  ]);
  expect(forecastIn({ forecast: { next: 'nothing' }, nearLimitThreads: 14 }, 'es')).toEqual([
    'No hay nada que limpiar: ningún thread llegó a 1.000.000 de tokens. 14 threads están cerca del límite.',
  ]);
  expect(forecastIn({ forecast: REFUSED }, 'es')).toEqual([
    'El límite de seguridad detendrá la próxima limpieza: borraría 33.653 threads, el 90,5% de los activos, y se permite el ' +
      '50%. Otros 2 están cerca del límite.',
    'Si el límite de 1.000.000 de tokens está mal, defina otro: the command that corrects the limit',
    'Después verifique otra vez y ejecute la limpieza: the command that cleans up',
    'Solo si el límite es correcto y de verdad hay que borrar esos 33.653 threads: the command that clears them',
  ]);
  expect(forecastIn({ tokenLimitFrom: 'payload', forecast: { next: 'paused' } }, 'es')[0]).toMatch(
    /^Con un límite de 1\.000\.000, una limpieza no borraría nada, porque la limpieza está en pausa\./,
  );
});

test('a cleanup says what it left and that it can be restored', () => {
  expect(cleanupSummary({ ...RESULT, remainingCount: 1 }, en, COMMANDS)).toBe(
    'Cleared 12 threads with 14,203,993 tokens (token limit: 1,000,000), recorded in 1 audit row.\n' +
      '1 thread over the limit was not cleared (locked or changed meanwhile): run the cleanup again.\n' +
      '0 threads are near the limit.\n' +
      'To restore: the command that restores',
  );
});

test('a paused cleanup says so, and how to resume', () => {
  const paused = { ...RESULT, cleanedCount: 0, auditCount: 0, remainingCount: 1, paused: true as const };
  expect(cleanupSummary(paused, en, COMMANDS)).toBe(
    'The cleanup is paused: nothing was cleared. To resume it: the command that resumes\n' +
      '1 thread over the limit remains for the next run.\n0 threads are near the limit.',
  );
});

test('a cleanup that was paused on its way says what it cleared, and not that nothing was cleared or that time ran out', () => {
  const paused = { ...RESULT, complete: false, remainingCount: 1, paused: true as const };
  const summary = cleanupSummary(paused, en, COMMANDS);
  expect(summary).toMatch(
    /^The cleanup was paused before it reached the end of the table\. To resume it: the command that resumes\nCleared /,
  );
  expect(summary).not.toMatch(/Time ran out|nothing was cleared/);
});

test('a cleanup that cleared nothing says so, and that nothing was due only when that is true', () => {
  const nothing = { ...RESULT, cleanedCount: 0, auditCount: 0 };
  expect(cleanupSummary(nothing, en, COMMANDS)).toMatch(/^Nothing to clear: no thread has reached 1,000,000 tokens\./);
  for (const result of [
    { ...nothing, remainingCount: 1 },
    { ...nothing, complete: false },
  ]) {
    expect(cleanupSummary(result, en, COMMANDS)).toMatch(/^Nothing was cleared \(token limit: 1,000,000\)\./);
  }
});

test('a restore says that the threads are over the limit still, and how to keep them', () => {
  const counts = { restoredCount: 1, skippedCount: 0, alreadyRestoredCount: 0 };
  const summary = restoreSummary({ mode: 'restore', startedAt: '2025-08-29T08:00:05.000Z', auditId: 7, ...counts }, en);
  expect(summary).toMatch(/^Restored 1 thread\./);
  expect(summary).toContain(
    'Threads still over the limit will be cleared again by the next run unless you raise the limit or pause the cleanup.',
  );
});

test('what keeps threads from being cleared is said before how to restore', () => {
  const warnings = ['2 threads were not cleared, because of a trigger.'];
  expect(cleanupSummary({ ...RESULT, warnings }, en, COMMANDS)).toMatch(
    /\nWarning: 2 threads were not cleared, because of a trigger\.\nTo restore: /,
  );
  expect(summaryOf({ warnings }, 'es')).toMatch(/\nAdvertencia: 2 threads were not cleared/);
});

test('threads that are left in the middle of a conversation are told apart from what is due', () => {
  const some = { overLimitThreads: 5, activeCount: 3, forecast: { next: 'clears', threads: 2 } as const };
  expect(summaryOf(some)).toMatch(
    /\nThe next cleanup will clear 2 threads .*\n3 threads over the limit are left while the conversation is active/,
  );
  expect(summaryOf({ overLimitThreads: 5, activeCount: 5, forecast: { next: 'nothing' } }, 'es')).toMatch(
    /\nPor ahora no hay nada que limpiar\. .*\n5 threads por encima del límite no se limpian mientras/,
  );
  expect(cleanupSummary({ ...RESULT, activeCount: 1 }, en, COMMANDS)).toContain(
    '\n1 thread over the limit is left while the conversation is active (quietMinutes).\n',
  );
  const nothing = { ...RESULT, cleanedCount: 0, auditCount: 0, activeCount: 1 };
  expect(cleanupSummary(nothing, en, COMMANDS)).toMatch(/^Nothing was cleared/);
});

test('a restore of thread_ ids says in one line that OpenAI no longer answers to them', () => {
  const counts = { restoredCount: 2, skippedCount: 0, alreadyRestoredCount: 0, assistantsCount: 1 };
  const result = { mode: 'restore' as const, startedAt: '2025-08-29T08:00:05.000Z', auditId: 7, ...counts };
  expect(restoreSummary(result, en)).toMatch(
    /\n1 thread restored has a thread_… id: OpenAI no longer answers .*2027-03-31\)\.\n/,
  );
  expect(restoreSummary(result, textsOf('es'))).toMatch(/\n1 thread restaurado tiene un ID thread_….*2027-03-31\)\.\n/);
  expect(restoreSummary({ ...result, assistantsCount: 0 }, en)).not.toContain('thread_');
});

test('an erasure says what is erased and what is left to delete, and names nobody', () => {
  const result = {
    ...{ mode: 'erase' as const, startedAt: '2025-08-29T08:00:05.000Z', erasedRows: 2, complete: false },
    ...{ exports: ['s3://bucket/canary'], threadIds: ['conv_canary'] },
  };
  const summary = eraseSummary(result, en);
  expect(summary).toMatch(/^Erased the person from 2 audit rows\.\nDelete 1 thread at the AI provider/);
  expect(summary).toContain('\n1 exported file holds the person until it expires');
  expect(summary).toContain('\nNot complete: keep this receipt and run the same again');
  expect(summary).not.toContain('canary');
  expect(eraseSummary({ ...result, erasedRows: 0 }, textsOf('es'))).toMatch(/^Ninguna fila de auditoría menciona/);
});
