import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { createDatabase } from '../../support/postgres/database.ts';

const database = await createDatabase();
const { sql } = database;

/** Of the caller's time the job keeps so much for closing. */
const CLOSING_TIME_MS = 5_000;

/**
 * Runs a statement that goes wrong for the first `failures` times, and says how it ended and how often it was tried. The
 * server counts, by a sequence: no failure takes its numbers back.
 *
 * @param timeMs what is left for the statement and its pauses; it does not pass, so that a slow machine has as much
 */
async function attempt(failures: number, goWrong: string, timeMs = 60_000) {
  let remaining = 60_000;
  const connection = await database.open({ remainingTimeMs: () => remaining });
  const sequence = `attempts_${randomUUID().replaceAll('-', '')}`;
  await sql.unsafe(`
    create sequence ${sequence};
    create function ${sequence}() returns text language plpgsql as $$ begin
      if nextval('${sequence}') <= ${failures} then ${goWrong}; end if;
      return 'done';
    end $$`);
  remaining = CLOSING_TIME_MS + timeMs;
  const outcome = await connection
    .run((query) => query<{ outcome: string }[]>`select ${query.unsafe(`${sequence}()`)} as outcome`)
    .then(
      ([row]) => row?.outcome,
      (error: unknown) => (error instanceof Error ? error.name : error),
    );
  await connection.close();
  const [count] = await sql.unsafe<{ attempts: number }[]>(`select last_value::int as attempts from ${sequence}`);
  return { outcome, attempts: count?.attempts };
}

const failWith = (code: string) => `raise exception 'refused' using errcode = '${code}'`;

describe.concurrent('a statement is tried again after', () => {
  test.each([
    ['a serialization failure', failWith('40001')],
    ['a deadlock', failWith('40P01')],
    ['a lock time-out of the role', failWith('55P03')],
    ['a server that is starting or in recovery', failWith('57P03')],
    ['a server without a free connection', failWith('53300')],
    ['a pooler without a free connection', "raise exception 'query_wait_timeout' using errcode = '08P01'"],
    ['a connection that the server broke', failWith('08006')],
    ['a session that was terminated', 'perform pg_terminate_backend(pg_backend_pid()), pg_sleep(5)'],
  ])('%s', async (_, goWrong) => {
    expect(await attempt(2, goWrong)).toEqual({ outcome: 'done', attempts: 3 });
  });
});

describe.concurrent('a statement is not tried again after', () => {
  test.each([
    ['a broken unique constraint', '23505', 'StatementFailed'],
    ['a missing privilege', '42501', 'PrivilegeMissing'],
    ['a full disk', '53100', 'StatementFailed'],
    ['a cancellation', '57014', 'StatementTimeout'],
    ['a value that does not fit', '22003', 'StatementFailed'],
    ['a table that is gone', '42P01', 'TableUnusable'],
  ])('%s', async (_, code, name) => {
    expect(await attempt(2, failWith(code))).toEqual({ outcome: name, attempts: 1 });
  });
});

test('what a read-only database refuses is tried once more, on another connection: after a failover its name leads elsewhere', async () => {
  expect(await attempt(1, failWith('25006'))).toEqual({ outcome: 'done', attempts: 2 });
  expect(await attempt(2, failWith('25006'))).toEqual({ outcome: 'StatementFailed', attempts: 2 });
});

test('a failure that does not pass in the time there is ends the run, after as many attempts as there was time for', async () => {
  // A pause of 200 ms fits, one of 500 ms does not.
  expect(await attempt(99, failWith('40001'), 450)).toEqual({ outcome: 'StatementFailed', attempts: 2 });
});

test('nobody waits for another attempt when there is no time for it', async () => {
  expect(await attempt(99, failWith('40001'), 190)).toEqual({ outcome: 'StatementFailed', attempts: 1 });
});

test('a session that was terminated costs one attempt, not a second one for the reconnection', async () => {
  // Pauses of 200 and 500 ms fit, one of 1 s does not.
  const goWrong = 'perform pg_terminate_backend(pg_backend_pid()), pg_sleep(5)';
  expect(await attempt(2, goWrong, 900)).toEqual({ outcome: 'done', attempts: 3 });
});
