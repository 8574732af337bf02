import { describe, expect, test } from 'vitest';
import { parseOptions } from '../../bin/local/command-line.ts';

describe('The command line', () => {
  test('cleans up when no command is given, with the brake and without an export', () => {
    const command = { name: 'cleanup', tokenLimit: undefined, force: false, exportFolder: undefined };
    expect(parseOptions([])).toEqual({ command, json: false, help: false });
  });

  test('takes its options before and after the command, with "=" or a space', () => {
    const options = { command: { name: 'check', tokenLimit: 500_000 }, json: true, help: false };
    expect(parseOptions(['check', '--token-limit', '500000', '--json'])).toEqual(options);
    expect(parseOptions(['--json', '--token-limit=500000', 'check'])).toEqual(options);
    const command = { name: 'cleanup', tokenLimit: undefined, force: true, exportFolder: './-x' };
    expect(parseOptions(['--force', 'cleanup', '--export', './-x']).command).toEqual(command);
  });

  test('restores an audit row, a run, or lists what there is', () => {
    const target = (...args: string[]) => parseOptions(['restore', ...args]).command;
    expect(target('7')).toEqual({ name: 'restore', target: { auditId: 7 } });
    expect(target('--request-id', 'a-1_B')).toEqual({ name: 'restore', target: { requestId: 'a-1_B' } });
    expect(target()).toEqual({ name: 'restore', target: undefined });
  });

  test.each([
    [['clean'], 'The command is the text "clean"; allowed are cleanup, check and restore.'],
    [[''], 'The command is the text ""; allowed are cleanup, check and restore.'],
    [['check', 'cleanup'], 'After the command "check" comes the text "cleanup"; allowed is one command.'],
    [
      ['--dry-run'],
      '--dry-run is no option of cleanup; allowed are --token-limit N, --force, --export FOLDER, --json and --help.',
    ],
    [
      ['--__proto__'],
      '--__proto__ is no option of cleanup; allowed are --token-limit N, --force, --export FOLDER, --json and --help.',
    ],
    [['-x'], '-x is no option of cleanup; allowed are --token-limit N, --force, --export FOLDER, --json and --help.'],
    [['check', '--force'], '--force is no option of check; allowed are --token-limit N, --json and --help.'],
    [['check', '--export', 'x'], '--export is no option of check; allowed are'],
    [['--request-id', 'x'], '--request-id is no option of cleanup; allowed are'],
    [['restore', '--force'], '--force is no option of restore; allowed are --request-id X, --json and --help.'],
    [['restore', '--token-limit', '5'], '--token-limit is no option of restore; allowed are'],
    [['--force=no'], '--force takes no value.'],
    [['--export'], '--export is nothing; allowed is a folder, which is made when it is absent.'],
    [['--export', ''], '--export is the text ""; allowed is a folder'],
    [['--export', '--json'], '--export is the text "--json"; allowed is a folder'],
    ...['0', '-1', '1.5', '1,000', '1e3', '0x7', '', 'seven'].map((row): [string[], string] => [
      ['restore', '--', row],
      `The audit row is the text "${row}"; allowed is its number, a whole number from 1 on.`,
    ]),
    [['restore', '9007199254740993'], 'The audit row is a text of 16 characters; allowed is its number'],
    [['restore', '7', '8'], 'There is the text "8" too many; allowed is one audit row or one --request-id.'],
    [['restore', '7', '--request-id', 'x'], 'There is the text "7" too many; allowed is one audit row or one'],
    [
      ['restore', '--request-id'],
      '--request-id is nothing; allowed is the request id of a cleanup, a text of 1 to 128 characters.',
    ],
    [['restore', '--request-id', '--json'], '--request-id is the text "--json"; allowed is the request id'],
    [['--json=yes'], '--json takes no value.'],
    [['--token-limit'], '--token-limit is nothing; allowed is a whole number from 1 to 9007199254740991.'],
    [['--token-limit', '0'], '--token-limit is the text "0"; allowed is a whole number'],
    [['--token-limit', '-5'], '--token-limit is the text "-5"; allowed is a whole number'],
    [['--token-limit', '1.5'], '--token-limit is the text "1.5"; allowed is a whole number'],
    [['--token-limit', 'many'], '--token-limit is the text "many"; allowed is a whole number'],
    [['--token-limit', '9007199254740992'], '--token-limit is a text of 16 characters; allowed is a whole number'],
    [['--token-limit='], '--token-limit is the text ""; allowed is a whole number'],
  ])('refuses %j, saying what was given and what is allowed', (args, message) => {
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
