import { describe, expect, test } from 'vitest';
import { parseOptions as parseOptionsOf, restoreCommand } from '../../bin/local/command-line.ts';
import { fromCheckout } from '../../bin/local/program/from-checkout.ts';
import { installed } from '../../bin/local/program/installed.ts';

const parseOptions = (args: readonly string[]) => parseOptionsOf(args, fromCheckout);

describe('The command line', () => {
  test('is the demonstration when no command is given: nobody clears a database by leaving something out', () => {
    const demo = { name: 'demo', tokenLimit: undefined, force: false };
    expect(parseOptions([])).toEqual({ command: demo, json: false });
    expect(parseOptions(['demo'])).toEqual({ command: demo, json: false });
    expect(parseOptions(['--token-limit', '5', '--force', '--json'])).toEqual({
      command: { ...demo, tokenLimit: 5, force: true },
      json: true,
    });
  });

  test('cleans up with the safety limit, without an export, and not without asking', () => {
    const command = {
      name: 'cleanup',
      tokenLimit: undefined,
      quietMinutes: undefined,
      force: false,
      yes: false,
      exportFolder: undefined,
    };
    expect(parseOptions(['cleanup'])).toEqual({ command, json: false });
    expect(parseOptions(['cleanup', '-y']).command).toEqual({ ...command, yes: true });
  });

  test('takes its options before and after the command, with "=" or a space', () => {
    const options = {
      command: { name: 'check', tokenLimit: 500_000, quietMinutes: undefined, csv: false },
      json: true,
    };
    expect(parseOptions(['check', '--token-limit', '500000', '--json'])).toEqual(options);
    expect(parseOptions(['--json', '--token-limit=500k', 'check'])).toEqual(options);
    const command = {
      name: 'cleanup',
      tokenLimit: undefined,
      quietMinutes: undefined,
      force: true,
      yes: false,
      exportFolder: './-x',
    };
    expect(parseOptions(['--force', 'cleanup', '--export', './-x']).command).toEqual(command);
  });

  test.each([
    [['cleanup', '--dry-run']],
    [['--dry-run']],
    [['cleanup', '--dry-run', '--force', '--export', 'x', '--yes']],
  ])('takes a cleanup that is a dry run for a check: %j', (args) =>
    expect(parseOptions(args).command).toEqual({
      name: 'check',
      tokenLimit: undefined,
      quietMinutes: undefined,
      csv: false,
    }),
  );

  test('restores an audit row, the rows of a run, a run, or lists what there is', () => {
    const target = (...args: string[]) => parseOptions(['restore', ...args]).command;
    expect(target('7')).toEqual({ name: 'restore', target: { auditId: 7 } });
    expect(target('1-19')).toEqual({ name: 'restore', target: { first: 1, last: 19 } });
    expect(target('1–19')).toEqual({ name: 'restore', target: { first: 1, last: 19 } });
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
    [['help']],
    [['--help']],
    [['-h']],
    [['check', '--help']],
    [['nonsense', '--help']],
    [['help', 'restore']],
  ])('helps whoever asks for it: %j', (args) => expect(parseOptions(args).command).toEqual({ name: 'help' }));

  test('tells its version, lists threads as CSV and writes a schedule', () => {
    expect(parseOptions(['--version']).command).toEqual({ name: 'version' });
    expect(parseOptions(['check', '--csv']).command).toEqual({
      name: 'check',
      tokenLimit: undefined,
      quietMinutes: undefined,
      csv: true,
    });
    expect(parseOptions(['schedule']).command).toEqual({ name: 'schedule', cron: false });
    expect(parseOptions(['schedule', '--cron']).command).toEqual({ name: 'schedule', cron: true });
  });

  test.each([
    ['chekc', 'check'],
    ['clean', 'cleanup'],
    ['Restore', 'restore'],
    ['shedule', 'schedule'],
  ])('asks whether %j was meant to be %j', (typed, meant) => {
    expect(() => parseOptions([typed])).toThrow(`Unknown command "${typed}". Did you mean ${meant}? Commands: `);
  });

  test.each([
    [
      ['clean'],
      'Unknown command "clean". Did you mean cleanup? Commands: demo, cleanup, check, restore, erase, schedule. With npm, put options after --: npm run cleanup -- --help.',
    ],
    [[''], 'Unknown command "". Commands: demo, cleanup, check, restore, erase, schedule.'],
    [['delete'], 'Unknown command "delete". Commands: demo, '],
    [['check', 'cleanup'], 'Unexpected argument "cleanup". With npm, put options after --: npm run cleanup -- --help.'],
    [
      ['cleanup', '--dryrun'],
      'cleanup has no option --dryrun. Did you mean --dry-run? Options: --token-limit N, --quiet-minutes N, --force, --export FOLDER, --dry-run, --yes, --json, --help.',
    ],
    [
      ['cleanup', '--__proto__'],
      'cleanup has no option --__proto__. Options: --token-limit N, --quiet-minutes N, --force, --export FOLDER, --dry-run, --yes, --json, --help.',
    ],
    [
      ['cleanup', '-x'],
      'cleanup has no option -x. Options: --token-limit N, --quiet-minutes N, --force, --export FOLDER, --dry-run, --yes, --json, --help.',
    ],
    [
      ['--export', 'x'],
      'demo has no option --export. Options: --token-limit N, --force, --json, --help. To clean up DATABASE_URL: npm run cleanup.',
    ],
    [['--yes'], 'demo has no option --yes. Options: '],
    [
      ['check', '--force'],
      'check has no option --force. Options: --token-limit N, --quiet-minutes N, --csv, --json, --help.',
    ],
    [['check', '--export', 'x'], 'check has no option --export. Options: '],
    [['cleanup', '--request-id', 'x'], 'cleanup has no option --request-id. Options: '],
    [['restore', '--force'], 'restore has no option --force. Options: --request-id X, --phone PHONE, --json, --help.'],
    [['restore', '--token-limit', '5'], 'restore has no option --token-limit. Options: '],
    [['cleanup', '--force=no'], '--force takes no value.'],
    [['cleanup', '--export'], '--export needs a folder.'],
    [['cleanup', '--export', ''], '--export must be a folder, which is created if missing (got "").'],
    [['cleanup', '--export', '--json'], '--export must be a folder, which is created if missing (got "--json").'],
    ...['0', '-1', '1.5', '1,000', '1e3', '0x7', '', 'seven', '7-', '7-7', '9-7', '1-2-3'].map(
      (row): [string[], string] => [
        ['restore', '--', row],
        `The audit row must be a positive whole number, such as 7, or the rows of a run, such as 1-19 (got "${row}").`,
      ],
    ),
    [
      ['restore', '9007199254740993'],
      'The audit row must be a positive whole number, such as 7, or the rows of a run, such as 1-19 (got a text of 16 characters).',
    ],
    [
      ['restore', '7', '8'],
      'Unexpected argument "8". Give one audit row, the rows of a run, one --request-id or one --phone.',
    ],
    [
      ['restore', '7', '--request-id', 'x'],
      'Unexpected argument "7". Give one audit row, the rows of a run, one --request-id or one --phone.',
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

describe('The command line of the installed package', () => {
  test.each([[[]], [['--json']], [['--force']]])(
    'needs a command: there is no demonstration that %j could be',
    (args) => {
      expect(() => parseOptionsOf(args, installed)).toThrow(
        'A command is needed. Commands: cleanup, check, restore, erase, schedule. Help: thread-cleanup --help. Nothing was changed.',
      );
    },
  );

  test('takes the same commands and options', () => {
    for (const args of [['cleanup', '--json'], ['--dry-run'], ['restore', '1-19'], ['--help'], ['--version']]) {
      expect(parseOptionsOf(args, installed)).toEqual(parseOptions(args));
    }
  });

  test.each([
    [
      ['clean'],
      'Unknown command "clean". Did you mean cleanup? Commands: cleanup, check, restore, erase, schedule. Help: ',
    ],
    [['check', 'cleanup'], 'Unexpected argument "cleanup". Help: thread-cleanup --help.'],
  ])('speaks of itself and not of npm: %j', (args, message) => {
    expect(() => parseOptionsOf(args, installed)).toThrow(message);
  });

  test('restores by commands that can be typed', () => {
    expect(restoreCommand({ auditId: 7 }, installed.typed)).toBe('thread-cleanup restore 7');
    expect(restoreCommand({ first: 1, last: 19 }, installed.typed)).toBe('thread-cleanup restore 1-19');
    expect(restoreCommand({ requestId: 'x' }, installed.typed)).toBe('thread-cleanup restore --request-id x');
    expect(restoreCommand({ requestId: 'x' }, fromCheckout.typed)).toBe('npm run restore -- --request-id x');
  });
});
