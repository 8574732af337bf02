import { expect, test } from 'vitest';
import { MAX_OPERATIONS, workThrough } from '../../../lambda/fleet/rounds.ts';
import { cleaned, failed, NEXT, scriptedEngine, secretsOf } from '../../support/fleet/scripted-engine.ts';

const CLEANUP = { mode: 'cleanup', concurrency: 10, jitter: () => 0.5 } as const;

test('every database has its turn, and the outcomes are in the order of the list', async () => {
  const secrets = secretsOf(25);
  const engine = scriptedEngine(({ secret }) => cleaned(Number(secret.slice('prod/tenants/t'.length))));
  const ended = await workThrough(engine, secrets, CLEANUP);
  expect(ended.map(({ secret }) => secret)).toEqual(secrets);
  expect(engine.rounds).toEqual([25]);
  expect(ended[7]).toMatchObject({ outcome: { cleanup: { cleanedCount: 7 } }, retried: false });
});

test('a database that is not complete is invoked again with what it handed out, and counts as one run', async () => {
  const engine = scriptedEngine((_, nth) =>
    nth < 3 ? cleaned(10, { complete: false, next: { ...NEXT, page: nth } }) : cleaned(25),
  );
  const [ended] = await workThrough(engine, secretsOf(1), CLEANUP);
  expect(engine.requests.map(({ next }) => next?.page)).toEqual([undefined, 1, 2]);
  expect(engine.pauses).toEqual([]);
  // The last result has the sums of the whole run.
  expect(ended).toMatchObject({ outcome: { cleanup: { cleanedCount: 25 } }, earlierCount: 0, earlierTokens: 0 });
});

test('a run that is paused in its middle says all that it cleared, and one that gives up only its last part', async () => {
  const engine = scriptedEngine(({ secret }, nth) => {
    if (nth === 1) return cleaned(10, { complete: false, next: NEXT });
    return secret.endsWith('t0') ? cleaned(14, { complete: false, paused: true }) : cleaned(4, { complete: false });
  });
  const [paused, givenUp] = await workThrough(engine, secretsOf(2), CLEANUP);
  expect(paused).toMatchObject({ outcome: { cleanup: { cleanedCount: 14 } }, earlierCount: 0 });
  expect(givenUp).toMatchObject({ outcome: { cleanup: { cleanedCount: 4 } }, earlierCount: 10 });
});

test('what passes is tried three times, after pauses that grow; what does not is tried once', async () => {
  const engine = scriptedEngine(({ secret }, nth) => {
    if (secret.endsWith('t0')) return failed(false);
    if (secret.endsWith('t1')) return failed(true);
    return secret.endsWith('t2') && nth < 3 ? failed(true) : cleaned(1);
  });
  const ended = await workThrough(engine, secretsOf(4), CLEANUP);
  expect(engine.rounds).toEqual([4, 2, 2]);
  expect(engine.pauses).toEqual([45, 180]);
  expect(ended.map(({ outcome, retried }) => [outcome.kind, retried])).toEqual([
    ['failed', false],
    ['failed', true],
    ['cleaned', true],
    ['cleaned', false],
  ]);
});

test('the pauses differ from one run to the next', async () => {
  const pausesWith = async (jitter: number) => {
    const engine = scriptedEngine((_, nth) => (nth === 1 ? failed(true) : cleaned()));
    await workThrough(engine, secretsOf(1), { ...CLEANUP, jitter: () => jitter });
    return engine.pauses;
  };
  expect([await pausesWith(0), await pausesWith(0.999)]).toEqual([[30], [60]]);
});

test('a failure in the middle of a run continues where the run was', async () => {
  const engine = scriptedEngine((_, nth) => {
    if (nth === 1) return cleaned(10, { complete: false, next: NEXT });
    return nth === 2 ? failed(true) : cleaned(12);
  });
  const [ended] = await workThrough(engine, secretsOf(1), CLEANUP);
  expect(engine.requests.map(({ next }) => next?.requestId)).toEqual([undefined, 'run-1', 'run-1']);
  expect(ended).toMatchObject({ outcome: { cleanup: { cleanedCount: 12 } }, earlierCount: 0 });
});

test.each([
  ['fails, and may not the next time', () => failed(true)],
  ['never comes to an end', (_: unknown, nth: number) => cleaned(1, { complete: false, next: { ...NEXT, page: nth } })],
])('with a thousand databases, each of which %s, AWS’s limit of operations is kept', async (_, answer) => {
  const engine = scriptedEngine(answer);
  const ended = await workThrough(engine, secretsOf(1_000), CLEANUP);
  expect(engine.operations()).toBeLessThanOrEqual(MAX_OPERATIONS - 50);
  expect(engine.operations()).toBeGreaterThan(MAX_OPERATIONS - 60);
  expect(ended).toHaveLength(1_000);
  expect(new Set(engine.requests.slice(0, 1_000).map(({ secret }) => secret)).size).toBe(1_000);
});

test('those that go on come before those that failed, when operations are short', async () => {
  const engine = scriptedEngine(({ secret }) =>
    secret.endsWith('0') ? cleaned(1, { complete: false, next: NEXT }) : failed(true),
  );
  await workThrough(engine, secretsOf(1_000), CLEANUP);
  const [, second = 0] = engine.rounds;
  const round = engine.requests.slice(1_000, 1_000 + second);
  expect(round.slice(0, 100).every(({ next }) => next !== undefined)).toBe(true);
  expect(round.slice(100).some(({ next }) => next !== undefined)).toBe(false);
});

test('a check asks each once, and has nothing that continues', async () => {
  const engine = scriptedEngine(() => ({ kind: 'removed', message: 'No secret of that name exists.' }));
  const ended = await workThrough(engine, secretsOf(3), { ...CLEANUP, mode: 'check' });
  expect(engine.requests).toEqual(secretsOf(3).map((secret) => ({ mode: 'check', secret })));
  expect(ended.map(({ outcome }) => outcome.kind)).toEqual(['removed', 'removed', 'removed']);
});
