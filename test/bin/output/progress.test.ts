import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { cleanupProgress, passingLine, progressText } from '../../../bin/local/output/progress.ts';
import { localTime } from '../../../bin/local/output/time.ts';
import { en } from '../../../bin/local/texts/en.ts';
import { createDatabase, insertDueContacts } from '../../support/postgres/database.ts';
import { runProgram } from '../program.ts';

const ERASE = '\r\u001b[K';
const database = await createDatabase();
const { url, sql } = database;

describe('The progress', () => {
  test('tells how far a cleanup is and when it will be done', () => {
    const text = (cleanedCount: number, seconds: number) => {
      const progress = { cleanedCount, totalTokensCleared: 3_000_000, expectedCount: 10_000, durationMs: 1e9 };
      return progressText(progress, 1, seconds * 1000, en);
    };
    expect(text(2_000, 0.5)).toBe('2,000 of 10,000 threads, 1 batch, 3M tokens, 4,000/s, 2 s left');
    expect(text(2_000, 60)).toContain(', 33/s, 4 min left');
    expect(text(2_000, 3_600)).toContain(', 4 h left');
    expect(text(0, 3)).toBe('0 of 10,000 threads, 1 batch, 3M tokens, 0/s');
    expect(text(12_000, 3)).toContain(', 0 s left');
  });

  test('counts batches and, for the rate, only the time since the opening count', () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const shown: string[] = [];
    const progress = cleanupProgress({ show: (text) => shown.push(text), erase: () => undefined }, en);
    const batchAfter = (ms: number, cleanedCount: number) => {
      vi.advanceTimersByTime(ms);
      progress.onBatch({ cleanedCount, totalTokensCleared: 1, expectedCount: 200, durationMs: 1_000 });
    };
    vi.advanceTimersByTime(1_000);
    progress.onCounted();
    batchAfter(100, 100);
    batchAfter(199, 150);
    batchAfter(1, 180);
    progress.end();
    expect(shown).toEqual([
      'Counting the threads …',
      expect.stringMatching(/^100 of 200 threads, 1 batch, .*, 1,000\/s, /),
      expect.stringMatching(/^180 of 200 threads, 3 batches, .*, 600\/s, /),
    ]);
  });

  test('shows how many seconds the count has taken, until it is there', () => {
    vi.useFakeTimers({ toFake: ['performance', 'setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const shown: string[] = [];
    const progress = cleanupProgress({ show: (text) => shown.push(text), erase: () => undefined }, en);
    vi.advanceTimersByTime(2_500);
    progress.onCounted();
    vi.advanceTimersByTime(5_000);
    expect(shown).toEqual(['Counting the threads …', 'Counting the threads … 1 s', 'Counting the threads … 2 s']);
  });

  test.runIf(process.platform === 'linux')('passes by on the terminal of a cleanup that takes its time', async () => {
    await insertDueContacts(database, 4_001);
    // However fast the machine is, a batch takes longer than the pause between two looks.
    await sql.unsafe(`
      create function slowly() returns trigger language plpgsql as $$ begin
        perform pg_sleep(0.25);
        return null;
      end $$;
      create trigger slowly before update on "ClientView" for each statement execute function slowly()`);
    const env = { DATABASE_URL: url, TERM: 'xterm' };
    const { status, stdout } = await runProgram(['cleanup', '--force', '--yes'], env, 'narrowTerminal');
    expect(status).toBe(0);
    expect(stdout).toContain(`${ERASE}2,000 of 4,001 threads, 1 batch, 2B tokens, `);
    expect(stdout).toContain(`${ERASE}4,000 of 4,001 threads, 2 batches, 4B tokens, `);
    expect(stdout.lastIndexOf(ERASE)).toBeGreaterThan(stdout.lastIndexOf('of 4,001 threads'));
    expect(stdout.lastIndexOf(ERASE)).toBeLessThan(stdout.indexOf('4,001 threads cleared'));
  });
});

/** Standard error, as it would be if it were a terminal of 20 columns, or none. */
function standardError(isTTY: boolean) {
  const written: string[] = [];
  const different: Readonly<Record<string | symbol, unknown>> = {
    isTTY,
    columns: 20,
    write: (text: string) => written.push(text) > 0,
  };
  const get = (stream: object, key: string | symbol) => (key in different ? different[key] : Reflect.get(stream, key));
  return { written, stream: new Proxy<typeof process.stderr>(process.stderr, { get }) };
}

describe('A passing line', () => {
  test('is overwritten by the next, cut to the width of the terminal, and erased once', () => {
    const { written, stream } = standardError(true);
    const line = passingLine(stream);
    line.erase();
    expect(written).toEqual([]);
    line.show('short');
    line.show('longer than twenty columns');
    line.erase();
    line.erase();
    expect(written).toEqual([`${ERASE}short`, `${ERASE}longer than twenty…`, ERASE]);
  });

  test('is not written where there is no terminal, and neither is what would erase it', () => {
    const { written, stream } = standardError(false);
    const line = passingLine(stream);
    line.show('short');
    line.erase();
    expect(written).toEqual([]);
  });
});

describe('A time', () => {
  test('is shown in the zone that is wanted, and a dash where the old script left none', () => {
    expect(localTime('2026-01-02T03:00:00.123Z', 'America/Bogota')).toBe('2026-01-01 22:00');
    expect(localTime('2026-07-02T23:30:00Z', 'Europe/Madrid')).toBe('2026-07-03 01:30');
    expect(localTime(null, 'UTC')).toBe('–');
  });
});
