import { beforeAll, describe, expect, test } from 'vitest';
import { createDatabase, insertContacts } from '../support/postgres/database.ts';
import { runProgram } from './program.ts';

const database = await createDatabase();
const env = { DATABASE_URL: database.url };
const spanish = { ...env, LANGUAGE: 'es', TIMEZONE: 'America/Bogota' };

beforeAll(async () => {
  await insertContacts(database, [
    { phone: '5700001', tokens: 1_500_000 },
    { phone: '5700002', tokens: 850_000 },
    { phone: '5700003', tokens: 600_000 },
    { phone: '5700004', tokens: 12_345 },
  ]);
  await database.sql`create table "ThreadCleanupLog" (id serial primary key, cleaned_count integer,
    total_tokens_cleared bigint, execution_time timestamp, details jsonb)`;
  await database.sql`insert into "ThreadCleanupLog" values (default, 5, 5300000, '2025-08-29 03:00', '{"threads":[]}')`;
});

describe('With LANGUAGE=es, the terminal', () => {
  test('cleans up and restores in the words of the old document, with its numbers and the zone of TIMEZONE', async () => {
    const { status, stdout, stderr } = await runProgram(['cleanup'], spanish);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    for (const text of [
      'Base de datos: ',
      'Antes de la limpieza\n  4 threads activos de 4 contactos, 2.962.345 tokens en total',
      'Top 10 threads con más tokens',
      'Después de la limpieza\n',
      'Últimas limpiezas (America/Bogota)\n  Fecha y hora  ',
      '2025-08-28 22:00  ',
    ]) {
      expect(stdout).toContain(text);
    }
    for (const band of [/Normal +< 50%/, /Precaución +50–80%/, /Advertencia +80–100%/, /Crítico +≥ 100%/]) {
      expect(stdout).toMatch(band);
    }
    expect(stdout).toMatch(/150,0% {2}Crítico +1\.500\.000 {2}5700001/);
    const [row] = await database.sql<{ local: string }[]>`
      select to_char(execution_time at time zone 'UTC' at time zone 'America/Bogota', 'YYYY-MM-DD HH24:MI') as local
        from "ThreadCleanupLog" where id = 2`;
    const heading = `Fila de auditoría 2: ${row?.local} America/Bogota, 1 thread, 1.500.000 tokens`;
    expect(stdout).toContain(heading);
    expect(stdout).not.toMatch(/\b(threads? with|Cleanup|Tokens? of|Warning|Phone|Name|UTC)\b/);

    expect(stdout).toMatch(/\n✓ 1 thread limpiado · 1,5\sM tokens · \d+,\d s · deshacer: npm run restore -- 2\n$/);

    const list = (await runProgram(['restore'], spanish)).stdout;
    expect(list).toMatch(new RegExp(`\n  ${row?.local} +1 +1\\.500\\.000  2\n`));
    expect(list).toMatch(/\n {2}2025-08-28 22:00 +5 +5\.300\.000 {2}1 +sin threadId\n/);
    expect(list).toMatch(/\nPara restaurar una ejecución, indique sus filas de auditoría: npm run restore -- 2\n$/);
    const { stdout: restored } = await runProgram(['restore', '2'], spanish);
    expect(restored).toMatch(/\n {2}La próxima ejecución volverá a limpiar [^↩]+\n↩ 1 thread restaurado · \d+,\d s\n$/);
  });

  test('says in Spanish what an error is, in front of its message in English, which is looked up', async () => {
    expect((await runProgram(['limpiar'], spanish)).stderr).toMatch(
      /^InvalidSettings: La configuración no es válida\. Unknown command "limpiar"[^\n]+\n$/,
    );
  });
});

describe('The terminal', () => {
  test.for([
    ['en', 'Commands (npm'],
    ['es_CO:es', 'Comandos (npm'],
  ])('explains commands, options, variables and examples in 80 columns: %s', async ([LANGUAGE = '', title]) => {
    const { status, stdout, stderr } = await runProgram(['--help'], { DATABASE_URL: 'nonsense', LANGUAGE });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(`\n${title}`);
    const words =
      'cleanup check restore erase schedule --token-limit --quiet-minutes --phone --force --export --request-id --json --csv --yes --dry-run --cron --version DATABASE_URL ' +
      'TABLE_NAME LANGUAGE TIMEZONE';
    for (const word of [...words.split(' '), 'npm start', 'npm run restore']) expect(stdout).toContain(word);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test('explains itself to people with a wrong variable, too', async () => {
    const { status, stdout } = await runProgram(['--help'], { TOKEN_LIMIT: 'x' });
    expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringContaining('TOKEN_LIMIT') });
  });

  test.for(['', 'de_DE:de'])('speaks English with LANGUAGE=%j, in UTC', async (language) => {
    const { stdout } = await runProgram(['check'], { ...env, LANGUAGE: language });
    expect(stdout).toMatch(/State of the threads\n {2}\d active threads of 4 contacts, /);
    expect(stdout).toContain('Last cleanups (UTC)');
    expect(stdout).toContain('  2025-08-29 03:00  ');
  });
});
