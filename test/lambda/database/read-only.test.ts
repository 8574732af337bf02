import { expect, onTestFinished, test } from 'vitest';
import { sqlText } from '../../../lambda/database/sql-text.ts';
import { failureOfAsync } from '../../support/failure.ts';
import { createDatabase } from '../../support/postgres/database.ts';
import { createRole } from '../../support/postgres/roles.ts';

const database = await createDatabase();
const role = await createRole(database);
const name = new URL(database.url).pathname.slice(1);
await database.sql.unsafe(`create table written (); grant insert on written to ${role.name}`);

/** How a change fails, as that role. */
async function write() {
  const connection = await database.open({ url: role.url });
  const statement = sqlText`insert into public.written default values`;
  return failureOfAsync(connection.change({ statement }, (sql) => sql`select where false`));
}

test.each([
  [
    `role ${role.name}`,
    'the role has default_transaction_read_only = on. Its owner can run: ALTER ROLE … RESET default_transaction_read_only;',
  ],
  [
    `database ${name}`,
    'the database has default_transaction_read_only = on, as hosters set it where the disk is full. Free some space, or run: ALTER DATABASE …',
  ],
])('a database that takes no writes says who told it so: %s', async (whose, why) => {
  await database.sql.unsafe(`alter ${whose} set default_transaction_read_only = on`);
  onTestFinished(async () => {
    await database.sql.begin('read write', (sql) => sql.unsafe(`alter ${whose} reset default_transaction_read_only`));
  });
  const failure = await write();
  expect(failure.code).toBe('StatementFailed');
  expect(failure.message).toContain(`The database is read-only (25006): ${why}`);
});
