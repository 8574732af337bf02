import type { Texts } from './en.ts';

const number = new Intl.NumberFormat('es', { useGrouping: 'always' });
const threads = (n: number) => `${number.format(n)} ${n === 1 ? 'thread' : 'threads'}`;

/** Lo que dice la función en español, con las palabras del documento del job anterior. */
export const es: Texts = {
  locale: 'es',
  bands: { normal: 'Normal', caution: 'Precaución', warning: 'Advertencia', critical: 'Crítico' },
  active: (active, contacts, tokens, most) =>
    `${threads(active)} con tokens activos de ${number.format(contacts)} contactos, ${number.format(tokens)} tokens en ` +
    `total; el más grande tiene ${number.format(most)}.`,
  overLimit: (over, limit, near) =>
    `${threads(over)} en el límite de ${number.format(limit)} tokens o por encima, ${number.format(near)} cerca de él.`,
  wouldClear: (over) =>
    over === 0 ? 'Una limpieza no borraría nada.' : `La próxima limpieza ${over === 1 ? 'lo limpia' : 'los limpia'}.`,
  cleared: (cleared, tokens, limit, rows) =>
    `${cleared === 1 ? 'Se limpió' : 'Se limpiaron'} ${threads(cleared)} con ${number.format(tokens)} tokens (límite ` +
    `${number.format(limit)}), en ${number.format(rows)} ${rows === 1 ? 'registro' : 'registros'} de auditoría.`,
  nothingCleared: (limit) => `No se limpió nada con un límite de ${number.format(limit)} tokens.`,
  remaining: (n) =>
    `${n === 1 ? 'Queda' : 'Quedan'} ${threads(n)} por encima del límite para la próxima ejecución (bloqueados o ` +
    'modificados mientras tanto).',
  incomplete: 'Se acabó el tiempo antes de llegar al final de la tabla; la próxima ejecución continúa.',
  nearLimit: (n) => `${threads(n)} cerca del límite.`,
  undo: (command) => `Para deshacerlo: ${command}`,
  paused: (command) => `La limpieza está en pausa: no se limpió nada. Para reanudarla: ${command}`,
  restored: (n) => `${n === 1 ? 'Se restauró' : 'Se restauraron'} ${threads(n)}.`,
  restoredBefore: (n) => `${threads(n)} ya ${n === 1 ? 'había vuelto' : 'habían vuelto'} antes.`,
  skipped: (n) =>
    `${n === 1 ? 'Se dejó' : 'Se dejaron'} ${threads(n)} sin cambios: el contacto tiene un thread más nuevo, ya no existe ` +
    'o está bloqueado en este momento, o no había threadId.',
  stillOverLimit:
    'Siguen por encima del límite: la próxima limpieza los limpiaría otra vez. Para evitarlo, suba el límite de tokens o ' +
    'ponga la limpieza en pausa antes de que se ejecute.',
};
