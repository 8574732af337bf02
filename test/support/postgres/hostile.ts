import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestDatabase } from './database.ts';

const LAMBDA = join(import.meta.dirname, '../../../lambda');

/** Whatever the source of the job calls; the server knows which of it are functions of its own. */
function namesCalled(): string[] {
  const source = globSync('{tables,database}/*.ts', { cwd: LAMBDA }).map((file) =>
    readFileSync(join(LAMBDA, file), 'utf8'),
  );
  return [...new Set([...source.join().matchAll(/([a-z_]\w*)\(/g)].map(([, name = '']) => name))];
}

const OPERATORS = '= <> < <= > >= + - * / % || -> ->> ~~ ~ @> @?'.split(' ');
const TYPES =
  'smallint,integer,bigint,numeric,float8,text,varchar,bpchar,name,"char",boolean,json,jsonb,timestamp,timestamptz,' +
  'interval,tid,xid,oid,regclass,text[],bigint[]';
/** Of these, every pair is the arguments of a function. */
const ARGUMENT_TYPES = 'integer,bigint,numeric,text,varchar,name,jsonb,timestamptz,oid,bigint[]';
/** Lists of arguments of other kinds and lengths. */
const MORE_ARGUMENTS = [
  'anyelement',
  'anyarray',
  'record',
  'anycompatible, anycompatible',
  'anycompatible, anycompatiblearray',
  'anyarray, anyelement',
  'anyelement, variadic anyarray',
  'variadic anyarray',
  'text, anyelement, anyelement',
  'text, variadic anyarray',
  'oid, smallint, text',
  'tid[], xid[]',
];

/**
 * Puts into the schema public what somebody who may create there can put into it, and what runs in place of the
 * catalogue's own wherever that does not fit exactly: operators for every pair of types, and overloads of every function
 * that the job calls. To run one is an error, and so is to use its result: its type is `stranger`, which nothing takes.
 */
export async function addStrangers({ sql }: TestDatabase): Promise<void> {
  await sql.unsafe(`create type public.stranger as enum ('was here')`);
  await sql.unsafe(`
    set local search_path = pg_catalog;
    do $do$
    declare
      types regtype[] := array(select t::regtype from unnest(string_to_array('${TYPES}', ',')) t);
      argument_types text[] := string_to_array('${ARGUMENT_TYPES}', ',');
      name text; arguments text; l regtype; r regtype;
      body text := 'returns public.stranger language plpgsql as $$ begin raise exception ''A stranger''''s code was run''; end $$';
    begin
      foreach l in array types loop foreach r in array types loop
        execute format('create function public.stranger(%s, %s) %s', l, r, body);
        for name in select o from unnest('{${OPERATORS.map((name) => `"${name}"`).join()}}'::text[]) o
                     where not exists (select from pg_operator where oprname = o and oprleft = l and oprright = r) loop
          execute format('create operator public.%s (function = public.stranger, leftarg = %s, rightarg = %s)', name, l, r);
        end loop;
      end loop; end loop;
      for name in select distinct proname from pg_proc where proname = any ('{${namesCalled().join()}}'::text[])
                     and pronamespace = 'pg_catalog'::regnamespace loop
        for arguments in
          select t::text from unnest(types) t
          union all select a || ', ' || b from unnest(argument_types) a, unnest(argument_types) b
          union all select unnest('{${MORE_ARGUMENTS.map((types) => `"${types}"`).join()}}'::text[])
          -- the catalogue's own forms: "days => 1" fits one, and they would come first in a search path of "public, pg_catalog"
          union select pg_get_function_arguments(p.oid) from pg_proc p
                 where p.proname = name and p.pronamespace = 'pg_catalog'::regnamespace
                   and pg_get_function_arguments(p.oid) !~ '"any"|internal|OUT|ORDER BY'
        loop
          begin
            execute format('create function public.%I(%s) %s', name, arguments, body);
          exception when duplicate_function or ambiguous_function then null;
          end;
        end loop;
      end loop;
    end $do$`);
}
