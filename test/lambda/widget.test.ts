import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import {
  awsFailure,
  GET_PARAMETERS,
  GET_SECRET_VALUE,
  parameterValues,
  secretText,
  startFakeAws,
} from '../support/aws/fake-aws.ts';
import { lambdaContext } from '../support/aws/lambda-context.ts';
import { catchLog } from '../support/aws/logged.ts';
import { contactsByPhone, createDatabase, emptyTables, insertContacts } from '../support/postgres/database.ts';
import { createRole } from '../support/postgres/roles.ts';

const CANARY = '573009998877';
const database = await createDatabase();
/** May read two tables and nothing else. */
const reader = await createRole(database);
const aws = await startFakeAws();
afterAll(() => aws.close());

let log: readonly string[] = [];
beforeEach(async () => {
  await emptyTables(database);
  await database.sql.unsafe(`grant select on "ClientView" to ${reader.name}`);
  await insertContacts(database, [
    { phone: CANARY, tokens: 1_500_000, name: null },
    { phone: '573001111111', tokens: 600_000, name: 'Ana' },
  ]);
  aws.answer(GET_SECRET_VALUE, secretText(reader.url));
  for (const [name, value] of Object.entries({ ...aws.environment, DATABASE_SECRET_ID: 'secret', LANGUAGE: 'es' })) {
    vi.stubEnv(name, value);
  }
  log = catchLog();
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** A function that has not been asked yet. */
async function newWidget() {
  vi.resetModules();
  const { handler } = await import('../../lambda/widget.ts');
  return (event: unknown = { widgetContext: { theme: 'light' } }) => handler(event, lambdaContext());
}
/** Each check reads the secret once. */
const checks = () => aws.requests.filter(({ operation }) => operation === GET_SECRET_VALUE).length;
async function checksDuring(act: () => Promise<unknown>): Promise<number> {
  const before = checks();
  await act();
  return checks() - before;
}

test('draws a check of the real table, with the rights of a reader, in the configured language', async () => {
  const draw = await newWidget();
  const widget = await draw();
  expect(widget).toContain('<bdi>Ana</bdi>');
  expect(widget).toContain('…8877');
  expect(widget).toContain('Crítico');
  expect(widget + log.join()).not.toContain(CANARY);
});

test.each([
  { mode: 'cleanup' },
  { mode: 'cleanup', force: true, tokenLimit: 1 },
  { mode: 'restore', requestId: 'run-1' },
  { 'detail-type': 'Scheduled Event' },
  { widgetContext: { params: { mode: 'cleanup' }, forms: { all: { mode: 'cleanup' } } } },
  'cleanup',
  null,
])('does nothing but check, whatever it is asked: %j', async (event) => {
  aws.answer(GET_SECRET_VALUE, secretText(database.url));
  const before = await contactsByPhone(database);
  const draw = await newWidget();
  expect(await draw(event)).toContain('<bdi>Ana</bdi>');
  expect(await contactsByPhone(database)).toEqual(before);
  expect(await database.sql`select to_regclass('"ThreadCleanupLog"') as log`).toEqual([{ log: null }]);
});

test('a result is kept for 60 seconds, whatever the theme', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const draw = await newWidget();
  const first = await draw();
  await insertContacts(database, [{ phone: '3', tokens: 2_000_000, name: 'Zoe' }]);
  const { length } = first;
  vi.setSystemTime(Date.now() + 59_000);
  const inTheDark = await draw({ widgetContext: { theme: 'dark' } });
  expect(inTheDark).not.toContain('Zoe');
  expect([inTheDark.length, inTheDark === first]).toEqual([length, false]);
  vi.setSystemTime(Date.now() + 2_000);
  expect(await checksDuring(async () => expect(await draw()).toContain('Zoe'))).toBe(1);
});

test('refreshes at the same time share one check', async () => {
  const draw = await newWidget();
  expect(await checksDuring(() => Promise.all([draw(), draw(), draw()]))).toBe(1);
});

test('a failure is shown and logged instead of thrown, and not kept', async () => {
  const draw = await newWidget();
  aws.answer(GET_SECRET_VALUE, awsFailure('AccessDeniedException'));
  const widget = await draw();
  expect(widget).toMatch(
    /La verificación falló: SecretUnavailable.*The secret &quot;secret&quot; cannot be read: access/s,
  );
  expect(JSON.parse(log.at(-1) ?? '')).toMatchObject({ level: 'ERROR', errorName: 'SecretUnavailable' });
  aws.answer(GET_SECRET_VALUE, secretText(reader.url));
  expect(await draw()).toContain('<bdi>Ana</bdi>');
});

test('the rights that it lacks are named', async () => {
  await database.sql.unsafe(`revoke select on "ClientView" from ${reader.name}`);
  const draw = await newWidget();
  expect(await draw()).toContain('GRANT SELECT');
});

test('settings that are missing are named', async () => {
  vi.stubEnv('DATABASE_SECRET_ID', '');
  const draw = await newWidget();
  expect(await draw()).toContain(
    'DATABASE_SECRET_ID must be the name or ARN of a secret in Secrets Manager (got nothing)',
  );
});

test('says what the next cleanup will do, with the token limit, the state and the safety limit of now', async () => {
  vi.stubEnv('TOKEN_LIMIT_PARAMETER', '/stack/token-limit');
  vi.stubEnv('STATE_PARAMETER', '/stack/state');
  vi.stubEnv('TOKEN_LIMIT', '7');
  aws.answer(GET_PARAMETERS, parameterValues({ '/stack/token-limit': '500000', '/stack/state': 'paused' }));
  const before = aws.requests.length;
  const draw = await newWidget();
  const paused = await draw();
  expect(paused).toContain('Límite de tokens: 500.000.');
  expect(paused).toContain('La limpieza está en pausa: no se borrarán 2 threads por encima del límite.');
  expect(aws.requests.slice(before)).toContainEqual(
    expect.objectContaining({ operation: GET_PARAMETERS, input: { Names: ['/stack/token-limit', '/stack/state'] } }),
  );
  aws.answer(GET_PARAMETERS, parameterValues({ '/stack/token-limit': '500000', '/stack/state': 'enabled' }));
  expect(await (await newWidget())()).toContain('Los borrará la próxima limpieza.');
  vi.stubEnv('MAX_CLEARED_SHARE', '1');
  await insertContacts(
    database,
    Array.from({ length: 19 }, (_, index) => ({ phone: `over ${index}`, tokens: 500_000 })),
  );
  expect(await (await newWidget())()).toContain(
    'detendrá la próxima limpieza: el 100% de los activos, y se permite el 1%. ¿Es correcto el límite de 500.000 tokens (del parámetro)?',
  );
});

test('describes itself in Markdown, without a check', async () => {
  const draw = await newWidget();
  let documentation = '';
  const asked = async () => {
    documentation = await draw({ describe: true });
  };
  expect(await checksDuring(asked)).toBe(0);
  expect(documentation).toMatch(/^## Threads del asistente de WhatsApp\n/);
});
