import { describe, expect, test } from 'vitest';
import type { Language } from '../../../lambda/input/values.ts';
import { JOB_ERROR_CODES } from '../../../lambda/model/job-error.ts';
import { FUNCTION_WORDS, refusalMessage } from '../../../lambda/model/refusal.ts';
import type { TokenLimitSource } from '../../../lambda/model/token-limit-source.ts';
import { noticeOf } from '../../../lambda/notify/notice.ts';
import { parseRunEvent } from '../../../lambda/notify/run-outcome.ts';
import { failureEvent, RESULT, successEvent } from '../../support/aws/run-events.ts';

const LANGUAGES: Language[] = ['en', 'es'];
const CONTEXT = {
  functionName: 'cleanup',
  region: 'eu-west-1',
  tableName: { schema: undefined, name: 'ClientView' },
  tokenLimitParameter: '/stack/token-limit',
  failureQueueUrl: 'https://sqs.example/failures',
  dashboardUrl: 'https://console.example/dashboard',
};

function noticeFor(event: unknown, language: Language = 'en', timezone = 'UTC') {
  return noticeOf(parseRunEvent(event), { ...CONTEXT, language, timezone });
}
const textFor = (...parameters: Parameters<typeof noticeFor>) => noticeFor(...parameters)?.text;

const COMMAND =
  'aws lambda invoke --region eu-west-1 --function-name cleanup --cli-read-timeout 0 --cli-binary-format raw-in-base64-out';
const QUEUE = '--region eu-west-1 --queue-url https://sqs.example/failures';
const READ_QUEUE =
  `while m=$(aws sqs receive-message ${QUEUE} --max-number-of-messages 10 --visibility-timeout 60 ` +
  '--wait-time-seconds 5 --message-attribute-names All) && [ "$m" ]; do echo "$m"; done';

test('a cleanup that cleared something gives the numbers, when, and how to restore it', () => {
  expect(noticeFor(successEvent({ ...RESULT, nearLimitCount: 14 }), 'en', 'America/Bogota')).toEqual({
    subject: 'Thread cleanup: 12 threads cleared, 14,203,993 tokens',
    text: `Threads cleared: 12
Tokens cleared: 14,203,993
Token limit: 1,000,000
Over the limit, not cleared: 0
Near the limit: 14
Audit rows: 1
Duration: 1.2 s

Ended: August 29, 2025 at 03:00 (America/Bogota)
Request id: run-1
Function: cleanup
Dashboard: https://console.example/dashboard

14 threads have 80% of the limit or more, and are not cleared before they reach it. The dashboard and a check list the largest.

To check the threads as they are now:

    ${COMMAND} --payload '{"mode":"check"}' /dev/stdout

To restore the 12 threads that this run cleared (a contact that has started a new thread keeps the new one):

    ${COMMAND} --payload '{"mode":"restore","requestId":"run-1"}' /dev/stdout
`,
  });
});

test('the same in Spanish', () => {
  expect(noticeFor(successEvent(), 'es', 'America/Bogota')).toEqual({
    subject: 'Limpieza de threads: 12 threads limpiados, 14.203.993 tokens',
    text: `Threads limpiados: 12
Tokens liberados: 14.203.993
Límite de tokens: 1.000.000
Por encima del límite, sin limpiar: 0
Cerca del límite: 0
Filas de auditoría: 1
Duración: 1,2 s

Finalizó: 29 de agosto de 2025 a las 3:00 (America/Bogota)
ID de la solicitud (request id): run-1
Función: cleanup
Dashboard: https://console.example/dashboard

Para verificar el estado actual de los threads:

    ${COMMAND} --payload '{"mode":"check"}' /dev/stdout

Para restaurar los 12 threads que limpió esta ejecución (un contacto que ya inició un thread nuevo conserva el nuevo):

    ${COMMAND} --payload '{"mode":"restore","requestId":"run-1"}' /dev/stdout
`,
  });
});

test.each([
  ['a cleanup that cleared nothing', { ...RESULT, cleanedCount: 0 }],
  ['one that cleared nothing with threads near the limit', { ...RESULT, cleanedCount: 0, nearLimitCount: 9 }],
  ['one that could clear nothing', { ...RESULT, cleanedCount: 0, remainingCount: 9, complete: false }],
  ['a paused cleanup', { ...RESULT, cleanedCount: 0, remainingCount: 9, paused: true }],
  ['a check', { mode: 'check', overLimitThreads: 9, topThreads: [{ phone: '573000000000' }] }],
  ['a restore', { mode: 'restore', requestId: 'run-0', restoredCount: 9 }],
  ['no result at all', null],
])('%s is no reason for an e-mail', (_, result) => {
  expect(noticeFor(successEvent(result))).toBeUndefined();
});

describe.each(LANGUAGES)('in "%s"', (language) => {
  const usual = textFor(successEvent(), language)?.split('\n\n') ?? [];
  test.each([
    ['time ran out for good', { complete: false }, {}, /queda para la próxima|left to the next run/],
    ['somebody paused the cleanup', { complete: false, paused: true }, {}, /se puso en pausa|was paused before/],
    ['threads remained', { remainingCount: 3 }, {}, /(Quedan )?3 threads/],
    ['an earlier attempt failed', {}, { approximateInvokeCount: 2 }, /intento anterior|earlier attempt/],
    ['threads are near the limit', { nearLimitCount: 1 }, {}, /^1 thread .*80%/],
  ])('a paragraph says when %s, and only then', (_, result, context, words) => {
    const paragraphs = textFor(successEvent({ ...RESULT, ...result }, context), language)?.split('\n\n') ?? [];
    const added = paragraphs.slice(1).filter((paragraph) => !usual.includes(paragraph));
    expect(added[0]).toMatch(words);
    // A command has a paragraph of its own, and so has each step.
    expect(added.slice(1).filter((paragraph) => !/^( {4}|\d\. )/.test(paragraph))).toEqual([]);
    expect(paragraphs).toHaveLength(usual.length + added.length);
  });

  test('the subject is what SNS takes, whatever went wrong and however much was cleared', () => {
    const events = [
      successEvent({ ...RESULT, cleanedCount: 999_999_999_999, totalTokensCleared: Number.MAX_SAFE_INTEGER }),
      ...[{ mode: 'cleanup' }, { mode: 'check' }, { mode: 'restore', auditId: 1 }, { mode: 'nonsense' }].map(
        (payload) => failureEvent({ errorType: 'E'.repeat(64), errorMessage: '' }, {}, payload),
      ),
    ];
    for (const event of events) expect(noticeFor(event, language)?.subject).toMatch(/^[!-~][ -~]{0,98}$/);
  });

  test.each([
    ['Sandbox.Timedout', { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 900.00 seconds' }, {}],
    ['Sandbox.Timedout', { errorMessage: '2025-08-29T08:00:06Z run-1 Task timed out after 900.00 seconds' }, {}],
    ['EventAgeExceeded', undefined, { condition: 'EventAgeExceeded' }],
    ['ZeroReservedConcurrency', null, { condition: 'ZeroReservedConcurrency' }],
    ['Runtime.ExitError', { errorType: 'Runtime.ExitError', errorMessage: 'signal: killed' }, {}],
    ['Runtime.OutOfMemory', { errorType: 'Runtime.OutOfMemory', errorMessage: '' }, {}],
  ])('names %s and explains it in a paragraph of its own', (name, error, context) => {
    const explanationOf = (text = '') => text.split('\n\n')[1];
    const text = textFor(failureEvent(error, context), language);
    expect(text?.split('\n\n')[0]).toMatch(new RegExp(`: ${name}\\.$`));
    const unknown = failureEvent({ errorType: 'TypeError', errorMessage: 'x is not a function' });
    expect(explanationOf(text)).not.toBe(explanationOf(textFor(unknown, language)));
  });
});

test('a cleanup that failed says what, what to do, and the next commands', () => {
  const error = { errorType: 'DatabaseLoginRefused', errorMessage: 'db refuses the password.', trace: ['at logIn'] };
  expect(noticeFor(failureEvent(error), 'es', 'America/Bogota')).toEqual({
    subject: 'La limpieza de threads fallo: DatabaseLoginRefused',
    text: `La limpieza de threads falló después de 3 intentos: DatabaseLoginRefused.

La base de datos rechazó el ingreso.

db refuses the password.

Los threads que la ejecución haya limpiado antes de este error están en la tabla de auditoría con el ID de solicitud run-1.

1. Cuando esté resuelto, verifique. Esto no modifica nada; si la respuesta trae «FunctionError», sigue fallando:

    ${COMMAND} --payload '{"mode":"check"}' /dev/stdout

2. Después ejecute la limpieza:

    ${COMMAND} --payload '{"mode":"cleanup"}' /dev/stdout

3. Lea los mensajes de la cola de mensajes fallidos, donde está esta solicitud. Si no sale nada, no hay ninguno.

    ${READ_QUEUE}

4. Cuando todos estén resueltos, bórrelos. La alarma que tiene RunFailed en su nombre termina unos minutos después:

    aws sqs purge-queue ${QUEUE}

Finalizó: 29 de agosto de 2025 a las 3:00 (America/Bogota)
ID de la solicitud (request id): run-1
Función: cleanup
Dashboard: https://console.example/dashboard
`,
  });
});

describe('a cleanup that the safety limit refused', () => {
  const refusal = { threads: 33_653, activeThreads: 37_192, share: 90.5, allowed: 50 };
  const refused = (tokenLimitFrom: TokenLimitSource) => {
    const errorMessage = refusalMessage({ ...refusal, tokenLimit: 1_000, tokenLimitFrom }, FUNCTION_WORDS);
    const payload = { mode: 'cleanup', ...(tokenLimitFrom === 'payload' && { tokenLimit: 1_000 }) };
    const event = failureEvent({ errorType: 'CleanupRefused', errorMessage }, {}, payload);
    const paragraphs = textFor(event)?.split('\n\n').slice(1, -5) ?? [];
    return paragraphs.filter((text) => !text.startsWith('Threads that the run cleared before this error'));
  };

  test('says so, then the limit and where it came from, then the cleanup with the right one, and last what clears them all the same', () => {
    expect(refused('parameter')).toEqual([
      'With a limit of 1,000 tokens (from the parameter) this run would clear 33,653 of 37,192 active threads (90.5%); a run ' +
        'may clear at most 50% of them (maxClearedShare). Nothing was changed. If the limit is wrong, set the parameter again, ' +
        'or delete it, and the deployed limit applies. If it is right, and all of them are meant to be cleared, run once with ' +
        '"force": true.',
      '1. See what a cleanup would do. This changes nothing:',
      `    ${COMMAND} --payload '{"mode":"check"}' /dev/stdout`,
      '2. See who set the parameter, when and to what:',
      "    aws ssm get-parameter-history --region eu-west-1 --name /stack/token-limit --query 'Parameters[].[LastModifiedDate,LastModifiedUser,Value]' --output text",
      '3. To check with another limit without setting it:',
      `    ${COMMAND} --payload '{"mode":"check","tokenLimit":1000000}' /dev/stdout`,
      '4. The limit of 1,000 tokens came from the parameter. If it is wrong, set it:',
      "    aws ssm put-parameter --region eu-west-1 --type String --overwrite --allowed-pattern '^[1-9][0-9]{0,15}$' --name /stack/token-limit --value LIMIT",
      '5. Or delete the parameter, and the deployed limit applies:',
      '    aws ssm delete-parameter --region eu-west-1 --name /stack/token-limit',
      '6. Check again. The summary must say "Nothing to clear", or "will clear" and a number that you expect:',
      `    ${COMMAND} --payload '{"mode":"check"}' /dev/stdout`,
      '7. Then run the cleanup:',
      `    ${COMMAND} --payload '{"mode":"cleanup"}' /dev/stdout`,
      '8. Only if the limit is right: this overrides the safety limit for one run and clears whatever is over the limit then ' +
        '(33,653 threads when the run was refused):',
      `    ${COMMAND} --payload '{"mode":"cleanup","force":true}' /dev/stdout`,
    ]);
  });

  test('names the deployment where nobody has set the parameter, and no parameter to look at or delete', () => {
    const text = refused('deployment').join('\n');
    expect(text).toMatch(/came from the deployment \(context key tokenLimit\)/);
    expect(text).not.toMatch(/get-parameter-history|delete-parameter/);
  });

  test('checks and clears with the limit of the payload where that was it', () => {
    const [, , check, limit, correct, , cleanUp, , force] = refused('payload');
    expect(check).toContain(`'{"mode":"check","tokenLimit":1000}'`);
    expect(limit).toMatch(/^2\. The limit of 1,000 tokens came from the payload/);
    expect(correct).toContain(`'{"mode":"check"}'`);
    expect(cleanUp).toContain(`'{"mode":"cleanup"}'`);
    expect(force).toContain(`'{"mode":"cleanup","tokenLimit":1000,"force":true}'`);
  });
});

describe('what an error says of changes is said to be true of the last attempt alone', () => {
  const error = { errorType: 'DatabaseUnreachable', errorMessage: 'It does not answer. No thread was changed.' };
  const next = {
    ...{ page: 7, end: 9, file: 1, requestId: 'run-0', tokenLimit: 1, tokenLimitFrom: 'deployment', firstAuditId: 1 },
    ...{ unreached: 1, activeCount: 0, nearLimitCount: 0, startedAt: '2025-08-29T08:00:00.000Z' },
  };
  const LAST = /\n\nThreads that the run cleared before this error, if any, are in .* under the request id run-0\.\n/;

  test('where others went before it under the same request id', () => {
    expect(textFor(failureEvent(error, { requestId: 'run-0' }))).toMatch(LAST);
  });

  test('where it was to continue a run, by the request id of that one', () => {
    const event = failureEvent(error, { approximateInvokeCount: 1 }, { mode: 'cleanup', next });
    expect(textFor(event)).toMatch(LAST);
  });

  test('and not where there was no other, or nothing to clear', () => {
    expect(textFor(failureEvent(error, { approximateInvokeCount: 1 }))).not.toContain('before this error');
    expect(textFor(failureEvent(error, {}, { mode: 'check' }))).not.toContain('before this error');
  });
});

test('a cleanup that left locked threads, and one that waited for a lock, come with the query that finds who locks', () => {
  const query = `relation = '"ClientView"'::regclass`;
  const left = textFor(successEvent({ ...RESULT, remainingCount: 3 }));
  expect(left).toContain(query);
  // The cleanup comes before it: mostly nothing is locked any more.
  expect(left).toMatch(
    /1\. Run the cleanup again.*'\{"mode":"cleanup"\}'.*2\. .*::regclass.*"idle in transaction".*\n4\. /s,
  );
  expect(textFor(successEvent({ ...RESULT, remainingCount: 3, complete: false }))).not.toContain(query);
  const late = { errorType: 'StatementTimeout', errorMessage: 'A statement did not end within 220 s.' };
  expect(textFor(failureEvent(late))).toContain(query);
});

describe('what finds the cause is the first step where', () => {
  const stepsOf = (errorType: string, errorMessage: string) =>
    textFor(failureEvent({ errorType, errorMessage }))?.match(/\n\n\d\. .*\n\n {4}.*/g) ?? [];
  const inSecret = (command: string) => new RegExp(`aws secretsmanager ${command} .*'prod/url'`);

  test.each(['no secret of that name exists in account 1, region r.', 'it is marked for deletion, or has no value.'])(
    'the secret is missing: %s',
    (reason) => {
      const [list, restore, create, check] = stepsOf(
        'SecretUnavailable',
        `The secret "prod/url" cannot be read: ${reason}`,
      );
      expect(list).toContain('aws secretsmanager list-secrets --region eu-west-1 --include-planned-deletion');
      expect(restore).toMatch(inSecret('restore-secret'));
      expect(create).toMatch(inSecret('create-secret'));
      expect(check).toContain('"mode":"check"');
    },
  );

  test('the login is refused', () => {
    const [read, correct, check] = stepsOf(
      'DatabaseLoginRefused',
      'db refuses it. Check both in the secret "prod/url".',
    );
    expect(read).toMatch(inSecret('get-secret-value'));
    expect(correct).toMatch(inSecret('put-secret-value'));
    expect(check).toContain('"mode":"check"');
  });

  test('and not where a secret is there and cannot be read', () => {
    expect(stepsOf('SecretUnavailable', 'The secret "prod/url" cannot be read: access denied.')[0]).toContain(
      '"mode":"check"',
    );
  });
});

test('what is quoted cannot end its line, turn it around, or send a code to a terminal', () => {
  const hostile = 'one\u001b[31m\r\ntwo\u202ethree\u0000\u2028four';
  const failed = textFor(failureEvent({ errorType: 'TableUnusable', errorMessage: hostile }));
  const cleared = textFor(successEvent({ ...RESULT, warnings: [hostile] }));
  for (const text of [failed, cleared]) expect(text).toContain('one [31m two three four\n');
});

test.each([
  [{ mode: 'cleanup' }, 'Thread cleanup failed'],
  [{ 'detail-type': 'Scheduled Event' }, 'Thread cleanup failed'],
  [{ mode: 'restore', requestId: 'run-0' }, 'Restoring threads failed'],
  [{ mode: 'check' }, 'Checking threads failed'],
  [{ mode: 'clean' }, 'Thread cleanup refused a request'],
])('a failure names what was asked for: %j', (requestPayload, title) => {
  const error = { errorType: 'DatabaseUnreachable', errorMessage: 'It does not answer.' };
  expect(noticeFor(failureEvent(error, {}, requestPayload))?.subject).toBe(`${title}: DatabaseUnreachable`);
});

test('a subject has its accents taken off, not its letters', () => {
  const error = { errorType: 'NotRestorable', errorMessage: 'There is no audit row 7.' };
  expect(noticeFor(failureEvent(error, {}, { mode: 'restore', auditId: 7 }), 'es')?.subject).toBe(
    'La restauracion de threads fallo: NotRestorable',
  );
});

test('an error is named even when its message is none', () => {
  const error = { errorType: 'TypeError', errorMessage: { phone: '573009998877' } };
  expect(noticeFor(failureEvent(error))?.subject).toBe('Thread cleanup failed: TypeError');
});

test('a request that never ran is not said to have been tried', () => {
  const dropped = failureEvent(undefined, { condition: 'EventAgeExceeded', approximateInvokeCount: 0 });
  expect(noticeFor(dropped)).toMatchObject({
    subject: 'Thread cleanup failed: EventAgeExceeded',
    text: expect.stringMatching(/^Thread cleanup failed before it could start: EventAgeExceeded\.\n/),
  });
  expect(noticeFor(dropped, 'es')?.text).toMatch(/^La limpieza no alcanzó a ejecutarse: EventAgeExceeded\.\n/);
});

test('every error of ours is explained in Spanish before its English message', () => {
  for (const code of JOB_ERROR_CODES) {
    const text = textFor(failureEvent({ errorType: code, errorMessage: 'The message.' }), 'es');
    expect(text?.split('\n\n').slice(1, 3), code).toEqual([expect.stringMatching(/^[A-Z].*\.$/), 'The message.']);
  }
});

test('what is quoted is one line, whatever was in it', () => {
  const dirty = 'The table "a\r\nSubject: b\u001b[2J\u2028" is\u0000missing.';
  const clean = 'The table "a Subject: b [2J " is missing.';
  const failure = failureEvent({ errorType: 'TableUnusable', errorMessage: dirty });
  for (const event of [failure, successEvent({ ...RESULT, warnings: [dirty] })]) {
    expect(textFor(event)).toContain(clean);
    expect(textFor(event)?.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
  }
});

test.each(LANGUAGES)(
  'only the function’s own messages are quoted, and names only when they are names (%s)',
  (language) => {
    const canary = '573009998877';
    const events = [
      failureEvent({
        errorType: 'PostgresError',
        errorMessage: `Key (phoneNumber)=(${canary}) exists`,
        trace: [canary],
      }),
      failureEvent({ errorType: `Error ${canary}`, errorMessage: canary }),
      failureEvent({ errorType: canary, errorMessage: canary }, { condition: canary }),
      failureEvent({ errorMessage: canary, errorType: 7 }),
      failureEvent([canary]),
      failureEvent(canary, {}, { mode: canary, phone: canary }),
      successEvent({
        ...RESULT,
        summary: canary,
        auditIds: [573009998877],
        topThreads: [{ phone: canary, name: canary }],
      }),
    ];
    for (const event of events) {
      const notice = noticeFor(event, language);
      expect(notice).toBeDefined();
      expect(JSON.stringify(notice)).not.toContain(canary);
    }
  },
);
