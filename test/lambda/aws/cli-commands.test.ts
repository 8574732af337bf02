import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { invokeCommand, queueCommands, secretCommands } from '../../../lambda/aws/cli-commands.ts';
import { deleteCommand, historyCommand, setCommand } from '../../../lambda/input/live-settings.ts';

/** A folder with an `aws` that does what this shell script says. */
function fakeCli(script: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'thread-cleanup-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'aws'), `#!/bin/sh\n${script}`);
  chmodSync(join(folder, 'aws'), 0o755);
  return folder;
}

test.each(['sh', 'bash'])('reading the queue prints every message, ten at a time, and ends (%s)', (shell) => {
  // SQS hands out ten, ten, five and none; the CLI prints nothing at all for none.
  const folder = fakeCli(`
    n=$(cat "$0.count" 2>/dev/null || echo 0); echo $((n + 1)) > "$0.count"
    [ "$n" -lt 3 ] && echo "batch $n: $*" || true`);
  const { read } = queueCommands({ region: 'eu-west-1' }, 'https://sqs.example/q');
  const output = execFileSync(shell, ['-c', read], {
    env: { PATH: `${folder}${delimiter}${process.env['PATH']}` },
    encoding: 'utf8',
  });
  const asked =
    'sqs receive-message --region eu-west-1 --queue-url https://sqs.example/q --max-number-of-messages 10 ' +
    '--visibility-timeout 60 --wait-time-seconds 5 --message-attribute-names All';
  expect(output).toBe([0, 1, 2].map((n) => `batch ${n}: ${asked}\n`).join(''));
});

test('reading the queue ends when it is refused', () => {
  const folder = fakeCli('echo AccessDenied >&2; exit 254');
  const { read } = queueCommands({ region: undefined }, 'https://sqs.example/q');
  const env = { PATH: `${folder}${delimiter}${process.env['PATH']}` };
  expect(execFileSync('sh', ['-c', `${read} 2>/dev/null || true`], { env, encoding: 'utf8' })).toBe('');
});

test('every command names the region where it is known', () => {
  const here = { functionName: 'cleanup', region: 'eu-west-1' };
  const elsewhere = { functionName: 'cleanup', region: undefined };
  expect(invokeCommand(here, {})).toContain('aws lambda invoke --region eu-west-1 --function-name cleanup ');
  expect(invokeCommand(elsewhere, {})).toContain('aws lambda invoke --function-name cleanup ');
  expect(setCommand('/stack/state', 'state', 'enabled', 'eu-west-1')).toContain('--region eu-west-1 ');
  for (const command of [historyCommand, deleteCommand]) {
    expect(command('/stack/state', 'eu-west-1')).toContain('--region eu-west-1 --name /stack/state');
  }
  for (const command of Object.values(secretCommands('prod/url', 'eu-west-1'))) {
    expect(command).toContain('--region eu-west-1 ');
  }
});

test('a secret that is named by its ARN is looked for in the region of that, and no shell reads its name', () => {
  const arn = 'arn:aws:secretsmanager:us-west-2:123456789012:secret:rds!db-1';
  const { read, restore, create } = secretCommands(arn, 'eu-west-1');
  for (const command of [read, restore]) expect(command).toContain(`--region us-west-2 --secret-id '${arn}'`);
  expect(create).toContain("--region us-west-2 --name 'NAME' ");
});
