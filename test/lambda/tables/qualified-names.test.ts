import { describe, expect, test } from 'vitest';
import { unqualifiedNames } from '../../support/postgres/unqualified-names.ts';

const FUNCTIONS = new Set(['count', 'unnest', 'width_bucket', 'text', 'pg_sleep']);

/** Every database that a test opens looks at the statements of the job with this; here is what it sees. */
describe('in a statement of the job', () => {
  test.each([
    ['select count(*) from t', 'count'],
    ['select count (*) from t', 'count'],
    ['select Count(*) from t', 'Count'],
    ['select public.count(*) from t', 'count'],
    ['select "pg".count(*) from t', 'count'],
    ['select pg_catalog.count(*) from rows from (pg_catalog.unnest($1), unnest($2)) u', 'unnest'],
    ["select 'it''s' , width_bucket(1, a)", 'width_bucket'],
    ['select pg_sleep(1)', 'pg_sleep'],
    ['select relname from pg_class', 'pg_class'],
    ['-- pg_catalog.\nselect count(*)', 'count'],
  ])('%s: a stranger may be meant by the name', (statement, name) => {
    expect(unqualifiedNames(statement, FUNCTIONS)).toEqual([name]);
  });

  test.each([
    'select pg_catalog.count(*) from pg_catalog.pg_class',
    'select pg_catalog . count(*)',
    "select 'count(*) from pg_class'",
    'insert into "count" (id) select coalesce(a, b) from "pg_class"',
    'select 1 -- count(*)',
    'select $1::text, /* count(*) */ (2)',
  ])('%s: the catalogue is meant, or no function at all', (statement) => {
    expect(unqualifiedNames(statement, FUNCTIONS)).toEqual([]);
  });
});
