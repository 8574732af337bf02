// A night over a thousand databases, each a real one: npm run test:fleet -- --databases 1000 --concurrency 10. The official
// runner plays AWS's durable execution, and the real function is invoked. Ends with a table, and with status 1 when anything
// is not as it must be.
import { parseArgs } from 'node:util';
import { startEmbeddedPostgres } from '../../bin/local/sample/embedded-postgres.ts';
import { freePort } from '../../bin/local/sample/free-port.ts';
import { MAX_DATABASES } from '../../lambda/fleet/limits.ts';
import { MAX_OPERATIONS } from '../../lambda/fleet/rounds.ts';
import { startFakeAws } from '../support/aws/fake-aws.ts';
import { capturingOutput } from '../support/fleet/captured-output.ts';
import { clearedIn, INVOCATIONS, isCleanedUp, wrongBooks } from '../support/fleet/expectations.ts';
import { holdTenants } from '../support/fleet/fleet-aws.ts';
import { startFunctionPool } from '../support/fleet/function-pool.ts';
import { fleetEnvironment, playNight } from '../support/fleet/night.ts';
import { type Condition, createTenants, lockOne, PERSONAL_DATA } from '../support/fleet/tenants.ts';
import { startSilentServer } from '../support/network/awkward-servers.ts';

const { values: given } = parseArgs({
  options: { databases: { type: 'string', default: '1000' }, concurrency: { type: 'string', default: '10' } },
});
const databases = Number(given.databases);
const concurrency = Number(given.concurrency);
if (!(databases >= 100 && databases <= MAX_DATABASES && concurrency >= 1 && concurrency <= 100)) {
  console.error('Usage: npm run test:fleet -- [--databases 100…1000] [--concurrency 1…100]');
  process.exit(2);
}

const PREFIX = 'prod/tenants/';
const BROKEN = ['wrong password', 'no table', 'no URL in the secret', 'server down', 'too many due'] as const;
const SPECIAL: readonly Condition[] = [
  ...Array.from({ length: 4 }, () => BROKEN).flat(),
  ...(['hangs', 'locked', 'large', 'removed', 'added'] as const),
];

/** The special ones among the others, in equal distances; the one that is added is not in the first list. */
function conditions(): Condition[] {
  const all: Condition[] = Array.from({ length: databases + 1 }, () => 'healthy');
  const distance = Math.floor(all.length / SPECIAL.length);
  for (const [index, condition] of SPECIAL.entries()) all[index * distance] = condition;
  return all;
}

const say = (text: string) => console.error(`${new Date().toISOString().slice(11, 19)} ${text}`);
const seconds = (since: number) => Math.round((performance.now() - since) / 1000);

say(`Creating ${databases + 1} databases on one PostgreSQL …`);
const begin = performance.now();
const server = await startEmbeddedPostgres({ max_connections: '200', fsync: 'off', full_page_writes: 'off' });
const silent = await startSilentServer();
const aws = await startFakeAws();
const places = { silentPort: silent.port, closedPort: await freePort() };
const tenants = await createTenants(server.url(''), PREFIX, conditions(), places);
const created = seconds(begin);
holdTenants(aws, tenants);
Object.assign(process.env, aws.environment, fleetEnvironment(PREFIX, { DATABASE_CONCURRENCY: String(concurrency) }));
const pool = startFunctionPool(concurrency, { ...aws.environment, DATABASE_SECRET_PREFIX: PREFIX });
const locked = tenants.find(({ condition }) => condition === 'locked');
const unlock = locked && (await lockOne(locked));

say('The night begins …');
const start = performance.now();
const large = tenants.find(({ condition }) => condition === 'large')?.secret;
const { result: night, lines: log } = await capturingOutput(() =>
  playNight({
    payload: { mode: 'cleanup', scheduled: true },
    invoke: pool.invoke,
    remainingMs: (secret, nth) => (nth === 1 && secret === large ? 20_000 : undefined),
  }),
);
const took = seconds(start);
say(`… and ends after ${took} s. Adding up …`);

const wrong = await wrongBooks(tenants);
const must = (what: string, holds: boolean) => {
  if (!holds) wrong.push(what);
};
const total = (of: (tenant: (typeof tenants)[number]) => number) => tenants.reduce((sum, each) => sum + of(each), 0);
const invoked = [...night.invocations.values()].reduce((sum, count) => sum + count, 0);
for (const { secret, condition } of tenants) {
  const count = night.invocations.get(secret) ?? 0;
  must(`${secret} (${condition}) was invoked ${count} times`, count === INVOCATIONS[condition]);
}
must(`The run ended as ${night.status}: ${night.error?.errorMessage}`, night.status === 'SUCCEEDED');
must(`${night.operations} operations are more than AWS allows`, night.operations <= MAX_OPERATIONS);
const expected = {
  databaseCount: databases - 1,
  removedCount: 1,
  failedCount: SPECIAL.length - 4,
  cleanedCount: total(clearedIn),
  cleanedDatabaseCount: tenants.filter(isCleanedUp).length,
  remainingCount: 1,
};
const result = new Map(Object.entries(night.result ?? {}));
for (const [key, value] of Object.entries(expected)) {
  must(`${key} is ${result.get(key)}, not ${value}`, result.get(key) === value);
}
const mails = aws.requests.filter(({ operation }) => operation === 'sns.Publish');
must(`${mails.length} e-mails`, mails.length === 1);
must('there is not one set of metrics', log.filter((line) => line.includes('"_aws"')).length === 1);
const everything = [night.history, JSON.stringify(mails), ...log, ...pool.log()];
must('personal data got out', !everything.some((text) => PERSONAL_DATA.test(text)));
await unlock?.();
await Promise.all([pool.end(), aws.close(), silent.close()]);
await server.stop();
console.table({
  databases: tenants.length - 1,
  'creating them (s)': created,
  'the night (s)': took,
  'invocations of the function': invoked,
  'durable operations': night.operations,
  'begun again': night.replays,
  'history (kB)': Math.round(night.history.length / 1000),
  'threads cleared': total(clearedIn),
});
for (const sentence of wrong) console.error(sentence);
process.exitCode = wrong.length > 0 ? 1 : 0;
