import { describe, expect, test } from 'vitest';
import { parseOptions } from '../../bin/local/options.ts';

describe('The command line', () => {
  test('cleans up when no command is given', () => {
    expect(parseOptions([])).toEqual({ command: 'cleanup', tokenLimit: undefined, json: false, help: false });
  });

  test('takes its options before and after the command, with "=" or a space', () => {
    const options = { command: 'check', tokenLimit: 500_000, json: true, help: false };
    expect(parseOptions(['check', '--token-limit', '500000', '--json'])).toEqual(options);
    expect(parseOptions(['--json', '--token-limit=500000', 'check'])).toEqual(options);
  });

  test.each([
    [['clean'], 'The command is the text "clean"; allowed are cleanup and check.'],
    [[''], 'The command is the text ""; allowed are cleanup and check.'],
    [['check', 'cleanup'], 'After the command "check" comes the text "cleanup"; allowed is one command.'],
    [['--dry-run'], '--dry-run is no option; allowed are --token-limit N, --json and --help.'],
    [['--__proto__'], '--__proto__ is no option; allowed are --token-limit N, --json and --help.'],
    [['-x'], '-x is no option; allowed are --token-limit N, --json and --help.'],
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
    for (const args of [[url], ['check', url], [`--${url}`], ['--token-limit', url]]) {
      expect(() => parseOptions(args)).toThrow(/^(?!.*pa55)/s);
    }
  });
});
