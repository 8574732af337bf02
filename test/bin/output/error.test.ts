import { describe, expect, test } from 'vitest';
import { drawError } from '../../../bin/local/output/error.ts';
import type { Page } from '../../../bin/local/output/page.ts';
import { installed } from '../../../bin/local/program/installed.ts';
import { terminalTextsOf } from '../../../bin/local/texts/texts-of.ts';
import type { Language } from '../../../lambda/input/values.ts';
import { JobError } from '../../../lambda/model/job-error.ts';

const page = (language: Language, columns: number): Page => ({
  columns,
  paint: (colour, text) => `<${colour}>${text}</>`,
  texts: terminalTextsOf(language),
  timezone: 'UTC',
  typed: installed.typed,
});
const ERROR = new JobError(
  'DatabaseUnreachable',
  'db.internal, port 5432\ndoes not answer\u001b[2J. Nothing was changed.',
);
const NAME = '<red><bold>DatabaseUnreachable</></>';

describe('An error', () => {
  test('is one line for a program, and no terminal obeys it', () => {
    expect(drawError(ERROR, page('en', 40), false)).toBe(
      `${NAME}: db.internal, port 5432 does not answer\\u{1b}[2J. Nothing was changed.\n`,
    );
  });

  test('fits the width of a terminal', () => {
    expect(drawError(ERROR, page('en', 44), true)).toBe(
      `${NAME}: db.internal, port\n  5432 does not answer\\u{1b}[2J. Nothing was\n  changed.\n`,
    );
  });

  test('says in Spanish what is the matter, before its message', () => {
    expect(drawError(ERROR, page('es', 200), true)).toBe(
      `${NAME}: No hay conexión con la base de datos. db.internal, port 5432 does not answer\\u{1b}[2J. Nothing was changed.\n`,
    );
  });

  test('that nobody expected comes with the places it came through, and without its words', () => {
    const drawn = drawError(new TypeError('secret'), page('en', 200), true);
    expect(drawn).toMatch(/^<red><bold>UnexpectedError<\/><\/>: Unexpected error \(TypeError\)\.[^\n]+\n +at /);
    expect(drawn).not.toContain('secret');
  });
});
