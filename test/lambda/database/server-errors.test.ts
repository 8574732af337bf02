import postgres from 'postgres';
import { expect, test } from 'vitest';
import { type Place, serverError } from '../../../lambda/database/server-errors.ts';

const PLACE: Place = {
  host: 'db.example.com',
  port: 5432,
  database: 'assistant',
  user: 'the "job"',
  source: 'DATABASE_URL',
  deployed: false,
  sent: 'nothing',
};

function translated(code: string, words = 'words of the server', place: Partial<Place> = {}) {
  const error = Object.assign(new postgres.PostgresError(words), { code, message: words, table_name: 'ClientView' });
  return serverError(error, { ...PLACE, ...place });
}

test.each([
  [
    '08P01',
    'FATAL: no such database: x',
    'DatabaseLoginRefused',
    'The pooler at db.example.com, port 5432 knows no database "assistant" (08P01).',
  ],
  ['08P01', 'password authentication failed', 'DatabaseLoginRefused', 'Check both in DATABASE_URL and in the pooler.'],
  ['08P01', 'server login has been failing', 'DatabaseUnreachable', 'cannot reach the database (08P01).'],
  ['25006', '', 'StatementFailed', 'The database is read-only (25006).'],
  ['28000', '', 'DatabaseLoginRefused', 'db.example.com, port 5432 refuses this login (28000).'],
  ['28P01', '', 'DatabaseLoginRefused', 'refuses the user or the password (28P01). Check both in DATABASE_URL;'],
  ['3D000', '', 'DatabaseLoginRefused', 'There is no database "assistant" at db.example.com, port 5432 (3D000).'],
  [
    '42501',
    'permission denied for database x',
    'PrivilegeMissing',
    'GRANT CONNECT ON DATABASE "assistant" TO "the ""job""";',
  ],
  [
    '42501',
    'permission denied for table x',
    'PrivilegeMissing',
    'The database role lacks a privilege (42501, ClientView).',
  ],
  ['42P01', '', 'TableUnusable', 'A table was dropped during this run (42P01).'],
  ['53100', '', 'StatementFailed', "The database's disk is full (53100)."],
  ['53300', '', 'DatabaseUnreachable', 'db.example.com, port 5432 has no free connection (53300).'],
  [
    '55000',
    'database "x" is not currently accepting connections',
    'DatabaseLoginRefused',
    'accepts no connections (55000).',
  ],
  ['55000', 'object not in prerequisite state', 'StatementFailed', 'refused a statement (SQLSTATE 55000, ClientView).'],
  ['55P03', '', 'StatementTimeout', 'The server ended a statement (55P03):'],
  ['57014', '', 'StatementTimeout', 'The server ended a statement (57014):'],
  ['57P01', '', 'DatabaseUnreachable', 'db.example.com, port 5432 ended the connection (57P01):'],
  ['57P03', '', 'DatabaseUnreachable', 'is starting up or shutting down (57P03).'],
  ['XX000', '', 'StatementFailed', 'The database refused a statement (SQLSTATE XX000, ClientView).'],
])('SQLSTATE %s (%j) is %s, with what to do and without the words of the server', (code, words, name, text) => {
  const failure = translated(code, words || undefined);
  expect(failure.code).toBe(name);
  expect(failure.message).toContain(text);
  expect(failure.message).toMatch(/^[^{}]+ Nothing was changed\.$/);
  expect(failure.message).not.toContain(words || 'words of the server');
});

test('once something was sent, a message says what was cleared', () => {
  expect(translated('57P03', 'x', { sent: 'changes' }).message).toMatch(
    / Only the threads recorded in the audit table were cleared\.$/,
  );
});
