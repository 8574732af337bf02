import { randomUUID } from 'node:crypto';
import { afterAll } from 'vitest';
import type { TestDatabase } from './database.ts';

/** Makes a login role without any right; `url` connects as it. */
export async function createRole({ sql, url }: TestDatabase): Promise<{ readonly name: string; readonly url: string }> {
  const name = `role_${randomUUID().replaceAll('-', '')}`;
  await sql.unsafe(`create role ${name} login password 'role'`);
  afterAll(async () => {
    await sql.unsafe(`drop owned by ${name}`);
    await sql.unsafe(`drop role ${name}`);
  });
  const address = new URL(url);
  address.username = name;
  address.password = 'role';
  return { name, url: address.href };
}
