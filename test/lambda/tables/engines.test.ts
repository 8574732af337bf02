import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { engineWithoutPlaces } from '../../../lambda/tables/engines.ts';
import { checkOn, cleanUpOn } from '../../support/job/run.ts';
import { contactsByPhone, createDatabase, emptyTables, insertContacts } from '../../support/postgres/database.ts';

const database = await createDatabase();
const { sql } = database;

beforeEach(async () => {
  await emptyTables(database);
  await insertContacts(database, [{ phone: '1', tokens: 1_000_000 }]);
});

describe('an engine without usable places is recognised', () => {
  test.each([
    ['CockroachDB CCL v24.1.0 (x86_64-pc-linux-gnu, built 2024/05/15 21:28:29, go1.22.2)', 'CockroachDB'],
    ['PostgreSQL 11.2-YB-2.20.1.0-b0 on x86_64-pc-linux-gnu, compiled by clang version 16.0.6, 64-bit', 'YugabyteDB'],
    ['PostgreSQL 15.2-YB-2.25.1.0-b0 on aarch64-unknown-linux-gnu', 'YugabyteDB'],
    ['PostgreSQL 18.4 on x86_64-pc-linux-gnu, compiled by gcc-YB-1', undefined],
    ['PostgreSQL 17.5 (Ubuntu 17.5-1.pgdg24.04+1) on x86_64-pc-linux-gnu', undefined],
  ])('by its version: %s', (version, engine) => {
    expect(engineWithoutPlaces({ version, markers: [] })).toBe(engine);
  });

  test.each([
    ['sys', 'iam_pg_role_mappings', 'Aurora DSQL'],
    ['rds_aurora', 'limitless_tables', 'Aurora PostgreSQL Limitless Database'],
  ])('by a table that only it has, %s.%s, and refused by name', async (schema, table, engine) => {
    await sql.unsafe(`create schema ${schema}; create table ${schema}.${table} ()`);
    onTestFinished(async () => void (await sql.unsafe(`drop schema ${schema} cascade`)));
    const job = await database.open();
    const refused = { code: 'TableUnusable', message: expect.stringContaining(`(got ${engine})`) };
    await expect(checkOn(job)).rejects.toMatchObject(refused);
    await expect(cleanUpOn(job)).rejects.toMatchObject(refused);
    expect((await contactsByPhone(database)).get('1')?.threadTokenCount).toBe(1_000_000);
  });
});

describe('where Citus is installed', () => {
  const distribute = async (tables: string) => {
    await sql.begin(async (begun) => {
      await begun`set local allow_system_table_mods = on`;
      await begun.unsafe(`create table pg_catalog.pg_dist_partition (logicalrelid regclass);
        insert into pg_catalog.pg_dist_partition values ${tables}`);
    });
    onTestFinished(async () => {
      await sql.begin(async (begun) => {
        await begun`set local allow_system_table_mods = on`;
        await begun`drop table pg_catalog.pg_dist_partition`;
      });
    });
  };

  test('a distributed table is refused by name', async () => {
    await distribute(`('"ClientView"'::regclass)`);
    await expect(cleanUpOn(await database.open())).rejects.toMatchObject({
      code: 'TableUnusable',
      message: expect.stringContaining('(got Citus)'),
    });
  });

  test('a table of PostgreSQL itself is cleaned up as everywhere', async () => {
    await distribute(`('pg_class'::regclass)`);
    expect(await cleanUpOn(await database.open())).toMatchObject({ cleanedCount: 1 });
  });
});
