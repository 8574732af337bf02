import { beforeAll, describe, expect, test } from 'vitest';
import { contactsByPhone, createDatabase, insertContacts } from '../support/postgres/database.ts';
import { runProgram } from './program.ts';

const database = await createDatabase();
const env = { DATABASE_URL: database.url };
const UNCHANGED = new Map([['5700001', { threadId: 'conv_5700001', threadTokenCount: 1_500_000 }]]);

beforeAll(() => insertContacts(database, [{ phone: '5700001', tokens: 1_500_000 }]));

/** The same server, with something else in the URL. */
function urlWith(change: (url: URL) => void): string {
  const url = new URL(database.url);
  change(url);
  return url.href;
}

describe('The terminal', () => {
  const role = (url: URL) => Object.assign(url, { username: 'someone', password: 'pa55word' });
  test.concurrent.each<[string, string, Record<string, string>, string[]]>([
    [
      'an unknown command',
      'InvalidSettings: Unknown command "clean". Did you mean cleanup? Commands: ',
      env,
      ['clean'],
    ],
    [
      'an unknown option',
      'InvalidSettings: cleanup has no option --dryrun. Did you mean --dry-run? Options: ',
      env,
      ['cleanup', '--dryrun'],
    ],
    ['a bad limit', 'InvalidSettings: --token-limit must be ', env, ['check', '--token-limit', '0']],
    ['a bad audit row', 'InvalidSettings: The audit row must be ', env, ['restore', 'x']],
    ['an unknown audit row', 'NotRestorable: There is no audit row 7.', env, ['restore', '7']],
    ['an unknown run', 'NotRestorable: There is no audit row with that', env, ['restore', '--request-id', 'x']],
    ['a bad TIMEZONE', 'InvalidSettings: TIMEZONE must be ', { ...env, TIMEZONE: 'Mars' }, ['cleanup']],
    ['a bad TOKEN_LIMIT', 'InvalidSettings: TOKEN_LIMIT must be ', { ...env, TOKEN_LIMIT: 'x' }, ['cleanup']],
    ['a bad TABLE_NAME', 'InvalidSettings: TABLE_NAME must be ', { ...env, TABLE_NAME: '.' }, ['cleanup']],
    ['an absent table', 'TableUnusable: There is no table "Nope"', { ...env, TABLE_NAME: 'Nope' }, ['cleanup']],
    ['no DATABASE_URL at a cleanup', 'InvalidSettings: DATABASE_URL is not set. Set it to ', {}, ['cleanup']],
    ['no DATABASE_URL at a check', 'InvalidSettings: DATABASE_URL is not set. Set it to ', {}, ['check']],
    ['an empty DATABASE_URL', 'InvalidSettings: DATABASE_URL is empty. Set it to ', { DATABASE_URL: '' }, ['cleanup']],
    ['an unknown run of audit rows', 'NotRestorable: No run has the audit rows 1 to 7.', env, ['restore', '1-7']],
    ['a wrong password', 'DatabaseLoginRefused: ', { DATABASE_URL: urlWith(role) }, ['cleanup']],
    [
      'an unknown host',
      'DatabaseUnreachable: The host nowhere.invalid is unknown',
      { DATABASE_URL: 'postgres://someone:pa55word@nowhere.invalid/x?sslmode=disable' },
      ['cleanup'],
    ],
    [
      'a refused port',
      'DatabaseUnreachable: 127.0.0.1, port 1 refuses the connection',
      { DATABASE_URL: 'postgres://someone:pa55word@127.0.0.1:1/x' },
      ['cleanup'],
    ],
    [
      'what is no URL',
      'InvalidSecret: DATABASE_URL must be a postgres://',
      { DATABASE_URL: 'mysql://a:pa55word@b/c' },
      ['cleanup'],
    ],
    [
      'a raw "#" in the password',
      'InvalidSecret: DATABASE_URL cannot be parsed as a URL; in a user or password write "/" as %2F',
      { DATABASE_URL: 'postgres://someone:pa55#word@127.0.0.1/x' },
      ['cleanup'],
    ],
  ])('answers %s in one line, with exit status 1', async (_, line, variables, args) => {
    const { status, stdout, stderr } = await runProgram(args, variables);
    expect(stderr).toMatch(/^[^\n]+\n$/);
    expect(stderr.startsWith(line)).toBe(true);
    expect(status).toBe(1);
    expect(stdout + stderr).not.toMatch(/pa55|word@|embedded/);
    expect(await contactsByPhone(database)).toEqual(UNCHANGED);
  });
});
