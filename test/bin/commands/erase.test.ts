import { beforeEach, describe, expect, test } from 'vitest';
import { createDatabase, emptyTables, insertContacts } from '../../support/postgres/database.ts';
import { outcomeOf, runProgram, startProgram } from '../program.ts';

const database = await createDatabase();
const env = { DATABASE_URL: database.url };
const PHONE = '+57 300 000';

beforeEach(async () => {
  await emptyTables(database);
  await insertContacts(database, [{ phone: PHONE, tokens: 1_500_000, threadId: 'conv_canary' }]);
  await runProgram(['cleanup', '--force'], env);
});

const isNamed = async () => {
  const [row] = await database.sql`select details::text as text from "ThreadCleanupLog"`;
  return row?.['text'].includes(PHONE);
};

describe('npm run erase', () => {
  test('erases with --yes, and prints the receipt', async () => {
    const { status, stdout, stderr } = await runProgram(['erase', PHONE, '--yes'], env);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain('Erasure\n  Erased the person from 1 audit row.');
    expect(stdout).toContain('threadIds\n  conv_canary\n');
    expect(stdout).not.toContain(PHONE);
    expect(await isNamed()).toBe(false);
  });

  test('--json prints the receipt and nothing else', async () => {
    const { status, stdout } = await runProgram(['erase', PHONE, '--yes', '--json'], env);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      mode: 'erase',
      erasedRows: 1,
      threadIds: ['conv_canary'],
      complete: true,
    });
  });

  test('without --yes, and without a terminal to ask in, erases nobody', async () => {
    const { status, stderr } = await runProgram(['erase', PHONE], env);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(/^InvalidSettings: .*Add --yes\. [^\n]+\n$/),
    });
    expect(await isNamed()).toBe(true);
  });

  test.runIf(process.platform === 'linux').for([
    ['en', 'y', false],
    ['en', 'yes', false],
    ['en', '', true],
    ['en', 'no', true],
    ['es', 'sí', false],
    ['es', 'n', true],
  ] as const)('asks in a terminal first, in %s: the answer %j', async ([LANGUAGE, answer, stays]) => {
    const program = startProgram(['erase', `'${PHONE}'`], { ...env, LANGUAGE, TERM: 'xterm' }, 'terminal', 'pipe');
    program.stdin?.end(`${answer}\n`);
    const { status, stdout } = await outcomeOf(program);
    expect(stdout).toMatch(LANGUAGE === 'en' ? /cannot be undone\. \[y\/N\]/ : /No se puede deshacer\. \[s\/N\]/);
    expect(status).toBe(stays ? 1 : 0);
    expect(await isNamed()).toBe(stays);
  });

  test('has nobody to erase without DATABASE_URL', async () => {
    const { status, stderr } = await runProgram(['erase', PHONE, '--yes']);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('DATABASE_URL is not set') });
  });
});

test('npm run restore -- --phone restores one contact', async () => {
  const { status, stdout } = await runProgram(['restore', '--phone', PHONE], env);
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('↩ 1 thread restored') });
  expect(stdout).not.toContain(PHONE);
});
