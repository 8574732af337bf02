import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { awsEnvironment } from '../../support/aws/fake-aws.ts';
import { listen } from '../../support/network/listen.ts';

/** A proxy that opens no tunnel, and records where to it was asked. */
const asked: unknown[] = [];
const proxy = createServer().on('connect', ({ url }, socket) => {
  asked.push(url);
  socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
});
const port = await listen(proxy);
afterAll(() => proxy.close());

const { AWS_ENDPOINT_URL: _, ...credentials } = awsEnvironment('');

/** Calls a function in a process of its own: Node reads these variables when it starts. */
async function run(module: string, call: string, more: Readonly<Record<string, string>> = {}): Promise<void> {
  const code = `const m = await import('${import.meta.resolve(`../../../lambda/aws/${module}`)}'); await m.${call};`;
  const env = { ...credentials, NODE_USE_ENV_PROXY: '1', HTTPS_PROXY: `http://127.0.0.1:${port}`, ...more };
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], { env });
}

const READ = "readSecret('prod/db').catch(() => undefined)";
const CHECK = "runCheck('arn:aws:lambda:eu-west-1:111122223333:function:f:1')";

test.each([
  ['secret.ts', READ, 'secretsmanager.eu-west-1.amazonaws.com:443'],
  ['run-check.ts', CHECK, 'lambda.eu-west-1.amazonaws.com:443'],
])('a request to AWS takes the way through the proxy of the environment: %s', async (module, call, host) => {
  await run(module, call);
  expect(asked).toContain(host);
});

test('FIPS endpoints are used where the environment asks for them', async () => {
  await run('secret.ts', READ, { AWS_USE_FIPS_ENDPOINT: 'true', AWS_REGION: 'us-east-1' });
  expect(asked).toContain('secretsmanager-fips.us-east-1.amazonaws.com:443');
});
