import { describe, expect, test } from 'vitest';
import { parseOptions } from '../../bin/local/command-line.ts';

describe('The command line', () => {
  test('cleans up when no command is given, with the safety limit and without an export', () => {
    const command = {
      name: 'cleanup',
      tokenLimit: undefined,
      quietMinutes: undefined,
      force: false,
      exportFolder: undefined,
    };
    expect(parseOptions([])).toEqual({ command, json: false, help: false });
  });

  test('takes its options before and after the command, with "=" or a space', () => {
    const options = {
      command: { name: 'check', tokenLimit: 500_000, quietMinutes: undefined },
      json: true,
      help: false,
    };
    expect(parseOptions(['check', '--token-limit', '500000', '--json'])).toEqual(options);
    expect(parseOptions(['--json', '--token-limit=500000', 'check'])).toEqual(options);
    const command = {
      name: 'cleanup',
      tokenLimit: undefined,
      quietMinutes: undefined,
      force: true,
      exportFolder: './-x',
    };
    expect(parseOptions(['--force', 'cleanup', '--export', './-x']).command).toEqual(command);
  });

  test('restores an audit row, a run, or lists what there is', () => {
    const target = (...args: string[]) => parseOptions(['restore', ...args]).command;
    expect(target('7')).toEqual({ name: 'restore', target: { auditId: 7 } });
    expect(target('--request-id', 'a-1_B')).toEqual({ name: 'restore', target: { requestId: 'a-1_B' } });
    expect(target()).toEqual({ name: 'restore', target: undefined });
    expect(target('--phone', '+57 300')).toEqual({ name: 'restore', target: { phone: '+57 300' } });
  });

  test('erases one person, whose phone number is quoted in no error', () => {
    expect(parseOptions(['erase', '+57 300']).command).toEqual({ name: 'erase', phone: '+57 300', yes: false });
    expect(parseOptions(['erase', '--yes', '57']).command).toEqual({ name: 'erase', phone: '57', yes: true });
    for (const args of [
      ['erase'],
      ['erase', ''],
      ['erase', '57', '300'],
      ['restore', '--phone'],
      ['restore', '--phone='],
    ]) {
      expect(() => parseOptions(args)).toThrow(/^(?!.*300).*phone number.* Nothing was changed\.$/);
    }
    expect(() => parseOptions(['restore', '--phone', '57', '--request-id', 'x'])).toThrow(
      'Unexpected argument --phone.',
    );
  });

  test('takes whole minutes of quiet, up to a week', () => {
    const quiet = (...args: string[]) => parseOptions(['check', '--quiet-minutes', ...args]).command;
    expect(quiet('0')).toMatchObject({ quietMinutes: 0 });
    expect(quiet('10080')).toMatchObject({ quietMinutes: 10_080 });
    for (const minutes of ['10081', '1.5', '01', 'an hour', '']) {
      expect(() => quiet(minutes)).toThrow('--quiet-minutes must be a whole number of minutes from 0 to 10,080 (got');
    }
    expect(() => quiet('--json')).toThrow('--quiet-minutes');
  });

  test.each([
    [
      ['clean'],
      'Unknown command "clean". Commands: cleanup, check, restore, erase. With npm, put options after --: npm start -- --help.',
    ],
    [[''], 'Unknown command "". Commands: cleanup, check, restore, erase.'],
    [['check', 'cleanup'], 'Unexpected argument "cleanup". With npm, put options after --: npm start -- --help.'],
    [
      ['--dry-run'],
      'cleanup has no option --dry-run. Options: --token-limit N, --quiet-minutes N, --force, --export FOLDER, --json, --help.',
    ],
    [
      ['--__proto__'],
      'cleanup has no option --__proto__. Options: --token-limit N, --quiet-minutes N, --force, --export FOLDER, --json, --help.',
    ],
    [
      ['-x'],
      'cleanup has no option -x. Options: --token-limit N, --quiet-minutes N, --force, --export FOLDER, --json, --help.',
    ],
    [['check', '--force'], 'check has no option --force. Options: --token-limit N, --quiet-minutes N, --json, --help.'],
    [['check', '--export', 'x'], 'check has no option --export. Options: '],
    [['--request-id', 'x'], 'cleanup has no option --request-id. Options: '],
    [['restore', '--force'], 'restore has no option --force. Options: --request-id X, --phone PHONE, --json, --help.'],
    [['restore', '--token-limit', '5'], 'restore has no option --token-limit. Options: '],
    [['--force=no'], '--force takes no value.'],
    [['--export'], '--export needs a folder.'],
    [['--export', ''], '--export must be a folder, which is created if missing (got "").'],
    [['--export', '--json'], '--export must be a folder, which is created if missing (got "--json").'],
    ...['0', '-1', '1.5', '1,000', '1e3', '0x7', '', 'seven'].map((row): [string[], string] => [
      ['restore', '--', row],
      `The audit row must be a positive whole number, such as 7 (got "${row}").`,
    ]),
    [
      ['restore', '9007199254740993'],
      'The audit row must be a positive whole number, such as 7 (got a text of 16 characters).',
    ],
    [['restore', '7', '8'], 'Unexpected argument "8". Give one audit row, one --request-id or one --phone.'],
    [
      ['restore', '7', '--request-id', 'x'],
      'Unexpected argument "7". Give one audit row, one --request-id or one --phone.',
    ],
    [['restore', '--request-id'], '--request-id needs the request id of a cleanup.'],
    [
      ['restore', '--request-id', '--json'],
      '--request-id must be the request id of a cleanup: 1 to 128 letters, digits, "-" or "_" (got "--json").',
    ],
    [['--json=yes'], '--json takes no value.'],
    [['--token-limit'], '--token-limit needs a number, such as 500000.'],
    [['--token-limit', '0'], '--token-limit must be a positive whole number, such as 500000 (got "0").'],
    [['--token-limit', '-5'], '--token-limit must be a positive whole number, such as 500000 (got "-5").'],
    [['--token-limit', '1.5'], '--token-limit must be a positive whole number, such as 500000 (got "1.5").'],
    [['--token-limit', 'many'], '--token-limit must be a positive whole number, such as 500000 (got "many").'],
    [
      ['--token-limit', '9007199254740992'],
      '--token-limit must be a positive whole number, such as 500000 (got a text of 16 characters).',
    ],
    [['--token-limit='], '--token-limit must be a positive whole number, such as 500000 (got "").'],
  ])('refuses %j, saying what must be given and what was', (args, message) => {
    expect(() => parseOptions(args)).toThrow(message);
  });

  test('does not repeat a database URL that ended up in it', () => {
    const url = 'postgres://user:pa55word@host/db';
    for (const args of [
      [url],
      ['check', url],
      [`--${url}`],
      ['--token-limit', url],
      ['restore', url],
      ['restore', '--request-id', url],
    ]) {
      expect(() => parseOptions(args)).toThrow(/^(?!.*pa55)/s);
    }
  });
});
