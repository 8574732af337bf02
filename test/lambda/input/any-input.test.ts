import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDatabaseAddress } from '../../../lambda/database/address.ts';
import { parseEvent } from '../../../lambda/input/event.ts';
import { loadFunctionSettings } from '../../../lambda/input/settings.ts';
import { JobError } from '../../../lambda/model/job-error.ts';
import { everythingIn } from '../../support/failure.ts';
import { nameLikeText, payload, secretText, textsIn, tries } from '../../support/shapes.ts';

/** What comes out: a value, or an error for people with that code. Any other error fails the test. */
function outcomeOf<T>(code: string, act: () => T): { readonly value: T } | { readonly error: JobError } {
  try {
    return { value: act() };
  } catch (error) {
    expect(error).toBeInstanceOf(JobError);
    if (!(error instanceof JobError)) throw error;
    expect(error.code).toBe(code);
    return { error };
  }
}

const isSecret = (text: string) => text.length > 20 || text.includes('://') || /\d{8}/.test(text);

test('a payload of any shape is a command or refused, and nothing long, URL-like or like a phone number is echoed', () => {
  let commands = 0;
  fc.assert(
    fc.property(payload, (event) => {
      const outcome = outcomeOf('InvalidPayload', () => parseEvent(event));
      if ('value' in outcome) {
        commands += 1;
        expect(['check', 'cleanup', 'restore']).toContain(outcome.value.mode);
        return;
      }
      const everything = everythingIn(outcome.error);
      for (const text of textsIn(event).filter(isSecret)) expect(everything.includes(text), text).toBe(false);
    }),
    tries(2_000),
  );
  expect(commands).toBeGreaterThan(100);
});

test('a payload of any shape clears or restores something only if it says so in so many words', () => {
  fc.assert(
    fc.property(payload, (event) => {
      const outcome = outcomeOf('InvalidPayload', () => parseEvent(event));
      if ('error' in outcome || outcome.value.mode === 'check') return;
      // As JSON says it: what is inherited is nobody's word.
      const said = new Map(Object.entries(event ?? {}));
      const words = outcome.value.mode === 'cleanup' ? ['cleanup', 'Scheduled Event'] : ['restore'];
      expect(words).toContain(said.get('mode') ?? said.get('detail-type'));
      expect(said.get('tokenLimit') ?? undefined).toBe(
        'tokenLimit' in outcome.value ? outcome.value.tokenLimit : undefined,
      );
    }),
    tries(2_000),
  );
});

/** Letters that occur in no message, and all that has a meaning in a URL or in JSON. */
const password = fc.string({
  unit: fc.constantFrom(...'QXZJKVW47QXZJKVW47@:/?#%&=+ "\'\\{}[]$é\n'),
  minLength: 8,
  maxLength: 30,
});

const secretAround = (text: string) =>
  fc.oneof(
    fc.constantFrom(
      `postgres://user:${text}@host:5432/database`,
      `postgres://${text}@host/database`,
      `postgres://user:x@${text}/database`,
      `postgres://user:x@host/${text}`,
      `postgres://user:x@host:${text}/database`,
      `postgres://user:x@host/database?sslmode=${text}`,
      `postgres://user:x@host/database?sslrootcert=system&x=${text}`,
      `mysql://user:${text}@host/database`,
      `${text}://user:x@host/database`,
      `{"url":"postgres://user:${text}@host/database"}`,
      `{"username":"user","password":"${text}","host":"host","port":"${text}","dbname":"database"}`,
      JSON.stringify({ username: 'user', password: text, host: 'host', port: text, dbname: 'database' }),
      JSON.stringify({ username: 'user', password: text }),
      JSON.stringify({ url: text }),
      JSON.stringify({ [text]: text }),
      text,
    ),
    fc.tuple(fc.string(), fc.string()).map(([before, after]) => before + text + after),
  );

/** Pieces of six characters that can have come only from the password. */
const piecesOf = (text: string) =>
  Array.from({ length: text.length - 5 }, (_, start) => text.slice(start, start + 6)).filter(
    (piece) => piece.replace(/[^QXZJKVW]/g, '').length >= 3,
  );

test('a secret of any shape is an address or refused, and no six characters of a password are in the error', () => {
  let refused = 0;
  const secretWithPassword = password.chain((text) => fc.tuple(fc.constant(text), secretAround(text)));
  fc.assert(
    fc.property(secretWithPassword, ([text, secret]) => {
      const outcome = outcomeOf('InvalidSecret', () => parseDatabaseAddress(secret, 'the secret "prod/db"'));
      if (!('error' in outcome)) return;
      refused += 1;
      const everything = everythingIn(outcome.error);
      expect(piecesOf(text).filter((piece) => everything.includes(piece))).toEqual([]);
      expect(outcome.error.cause).toBeUndefined();
    }),
    tries(1_500),
  );
  expect(refused).toBeGreaterThan(300);
});

test('any password arrives as it is, percent-encoded in a URL or as it is in the JSON of RDS', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 50 }), (text) => {
      const url = `postgres://user:${encodeURIComponent(text)}@host/database`;
      expect(parseDatabaseAddress(url, 'x').password).toBe(text);
      const rds = JSON.stringify({ username: 'user', password: text, host: 'host', dbname: 'database' });
      expect(parseDatabaseAddress(rds, 'x').password).toBe(text);
    }),
    tries(1_000),
  );
});

test('an environment of any shape is settings or refused, by the name of the variable, without echoing a secret', () => {
  const anyText = fc.oneof(nameLikeText, secretText, fc.constantFrom('', '0', '1000', '1e3', '50', 'secret'));
  const variables = [
    'DATABASE_SECRET_ID',
    'TOKEN_LIMIT',
    'MAX_CLEARED_SHARE',
    'TABLE_NAME',
    'AUDIT_TABLE_NAME',
  ] as const;
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...variables), anyText), (env) => {
      const outcome = outcomeOf('InvalidSettings', () =>
        loadFunctionSettings({ DATABASE_SECRET_ID: 'secret', ...env }),
      );
      if (!('error' in outcome)) return;
      expect(outcome.error.message).toMatch(new RegExp(`^(${variables.join('|')}) must be .* \\(got .*\\)`));
      const everything = everythingIn(outcome.error);
      for (const text of Object.values(env).filter(isSecret)) expect(everything.includes(text), text).toBe(false);
    }),
    tries(2_000),
  );
});
