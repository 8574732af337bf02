import { expect, test } from 'vitest';
import { textsOf } from '../../../lambda/texts/texts-of.ts';

const en = textsOf('en');
const es = textsOf('es');

test('the bands have the words of the old document', () => {
  expect(es.bands).toEqual({ normal: 'Normal', caution: 'Precaución', warning: 'Advertencia', critical: 'Crítico' });
});

test('numbers are written as each language writes them', () => {
  expect([en.number(1_203.5), es.number(1_203.5)]).toEqual(['1,203.5', '1.203,5']);
  expect([en.percent(100), es.percent(79.9)]).toEqual(['100.0%', '79,9%']);
});

test('in Spanish it is millions of tokens, but a million and one tokens', () => {
  expect([0, 1, 2_000, 1_000_000, 1_000_001, 20_000_000].map((n) => es.widget.tokens(n))).toEqual([
    '0 tokens',
    '1 token',
    '2.000 tokens',
    '1.000.000 de tokens',
    '1.000.001 tokens',
    '20.000.000 de tokens',
  ]);
});

test('one is singular', () => {
  expect(en.active(1, 1, 1, 1)).toBe('1 active thread of 1 contact, 1 token in total; largest: 1.');
  expect(es.active(1, 1, 1, 1)).toBe('1 thread activo de 1 contacto, 1 token en total; el más grande: 1.');
  expect(es.cleared(1, 2, 3, 1)).toBe(
    'Se limpió 1 thread con 2 tokens (límite: 3); quedó registrado en 1 fila de auditoría.',
  );
  expect(es.remaining(1, true)).toMatch(
    /^Queda 1 thread .* \(estaba bloqueado o cambió mientras tanto\): ejecute la limpieza otra vez\.$/,
  );
  expect(en.remaining(1, true)).toBe(
    '1 thread over the limit was not cleared (locked or changed meanwhile): run the cleanup again.',
  );
});

test('no text of one language is left over in the other', () => {
  const texts = (catalogue: object): string[] =>
    Object.entries(catalogue).flatMap(([key, value]) => {
      if (key === 'locale' || key === 'ranges') return [];
      if (typeof value === 'function') return [`${key}: ${value(2, 3, 4, 5)}`];
      return typeof value === 'string' ? [`${key}: ${value}`] : texts(value);
    });
  const inBoth = texts(en).filter((text) => texts(es).includes(text));
  // "Normal" is Spanish, too; figures, units and the words thread and token are the same.
  expect(inBoth).toEqual([
    'number: 2',
    'normal: Normal',
    'figure: 2: 3',
    'dashboard: Dashboard',
    'threads: 2 threads',
    'tokens: 2 tokens',
  ]);
});
