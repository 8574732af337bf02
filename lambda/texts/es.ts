import type { Texts } from './en.ts';

const number = new Intl.NumberFormat('es-CO', { useGrouping: 'always' });
const tenths = new Intl.NumberFormat('es-CO', {
  useGrouping: 'always',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});
const threads = (n: number) => `${number.format(n)} ${n === 1 ? 'thread' : 'threads'}`;
/** Se dice «dos millones de tokens», pero «dos millones cien tokens». */
const tokens = (n: number) =>
  `${number.format(n)} ${n > 0 && n % 1_000_000 === 0 ? 'de ' : ''}${n === 1 ? 'token' : 'tokens'}`;

/** Lo que dice la función en español, con las palabras del documento del job anterior. */
export const es: Texts = {
  locale: 'es-CO',
  number: (n) => number.format(n),
  percent: (n) => `${tenths.format(n)}%`,
  bands: { normal: 'Normal', caution: 'Precaución', warning: 'Advertencia', critical: 'Crítico' },
  active: (active, contacts, total, most) =>
    `${threads(active)} con tokens activos de ${number.format(contacts)} ${contacts === 1 ? 'contacto' : 'contactos'}, ` +
    `${tokens(total)} en total; el más grande tiene ${number.format(most)}.`,
  overLimit: (over, limit, near) =>
    `${threads(over)} en el límite de ${tokens(limit)} o por encima, ${number.format(near)} cerca del límite.`,
  wouldClear: (over) =>
    over === 0 ? 'Una limpieza no limpiaría nada.' : `La próxima limpieza ${over === 1 ? 'lo limpia' : 'los limpia'}.`,
  cleared: (cleared, total, limit, rows) =>
    `${cleared === 1 ? 'Se limpió' : 'Se limpiaron'} ${threads(cleared)} con ${tokens(total)} (límite ` +
    `${number.format(limit)}); quedó en ${number.format(rows)} ${rows === 1 ? 'registro' : 'registros'} de auditoría.`,
  nothingCleared: (limit) => `No se limpió nada con un límite de ${tokens(limit)}.`,
  remaining: (n, reached) => {
    const why = n === 1 ? 'estaba bloqueado o cambió' : 'estaban bloqueados o cambiaron';
    return (
      `${n === 1 ? 'Queda' : 'Quedan'} ${threads(n)} por encima del límite para la próxima ejecución` +
      `${reached ? ` (${why} mientras tanto)` : ''}.`
    );
  },
  incomplete: 'Se acabó el tiempo antes de llegar al final de la tabla; la próxima ejecución continúa.',
  nearLimit: (n) => `${threads(n)} cerca del límite.`,
  undo: (command) => `Para deshacerlo: ${command}`,
  paused: (command) => `La limpieza está en pausa: no se limpió nada. Para reanudarla: ${command}`,
  restored: (n) => `${n === 1 ? 'Se restauró' : 'Se restauraron'} ${threads(n)}.`,
  restoredBefore: (n) => `${threads(n)} ya ${n === 1 ? 'se había' : 'se habían'} restaurado antes.`,
  skipped: (n) =>
    `${n === 1 ? 'Se dejó' : 'Se dejaron'} ${threads(n)} sin cambios: el contacto tiene un thread más nuevo, ya no existe ` +
    'o está bloqueado en este momento, o no había threadId.',
  stillOverLimit:
    'La próxima limpieza limpiaría otra vez los que siguen por encima del límite. Para evitarlo, suba el límite de tokens ' +
    'o ponga la limpieza en pausa antes de que se ejecute.',

  notice: {
    clearedSubject: (cleared, total) =>
      `Limpieza de threads: ${threads(cleared)} ${cleared === 1 ? 'limpiado' : 'limpiados'}, ${tokens(total)}`,
    figure: (label, n) => `${label}: ${number.format(n)}`,
    threadsCleared: 'Threads limpiados',
    tokensCleared: 'Tokens liberados',
    tokenLimit: 'Límite de tokens',
    remaining: 'Por encima del límite y sin limpiar',
    nearLimit: 'Cerca del límite',
    auditRows: 'Registros de auditoría',
    duration: (seconds) => `Duración: ${tenths.format(seconds)} s`,
    endedAt: 'Finalizó',
    requestId: 'ID de la solicitud (request id)',
    function: 'Función',
    incomplete:
      'Se acabó el tiempo antes de llegar al final de la tabla. Las cifras de arriba son solo de esta ejecución; la que ' +
      'continúa envía su propio aviso cuando limpia algo.',
    earlierAttempts:
      'Un intento anterior de esta ejecución falló. Si alcanzó a limpiar threads, están en la tabla de auditoría con el ' +
      'mismo ID de solicitud, pero no en las cifras de arriba; el comando siguiente también los restaura.',
    nearLimitMeaning: (n) =>
      `${threads(n)} ${n === 1 ? 'tiene' : 'tienen'} el 80% del límite o más; ${n === 1 ? 'lo limpia' : 'los limpia'} la ` +
      `primera limpieza después de que ${n === 1 ? 'lo alcance' : 'lo alcancen'}. El dashboard y una verificación muestran ` +
      'los más grandes.',
    undo: 'Para restaurar estos threads (un contacto que ya inició un thread nuevo conserva el nuevo):',
    check: 'Para verificar el estado actual de los threads:',
    checkAfterFailure: 'Cuando la causa esté resuelta, este comando verifica si la función responde; no modifica nada:',
    failed: {
      cleanup: 'Error en la limpieza de threads',
      restore: 'Error en la restauración de threads',
      check: 'Error en la verificación de threads',
      unknown: 'Solicitud rechazada por la limpieza de threads',
    },
    failedAfter: (title, name, attempts) =>
      attempts === 0
        ? `${title} sin haberse ejecutado: ${name}.`
        : `${title} después de ${number.format(attempts)} ${attempts === 1 ? 'intento' : 'intentos'}: ${name}.`,
    explanations: {
      timedOut:
        'Lambda detuvo la función porque se le acabó el tiempo. Lo que está en la tabla de auditoría se limpió, nada más; ' +
        'la próxima ejecución continúa. Busque el ID de la solicitud en el log de la función para ver hasta dónde llegó.',
      tooOld:
        'La solicitud esperó más de lo permitido y se descartó. Lambda estaba limitada (throttling) o los intentos ' +
        'anteriores fallaron durante demasiado tiempo: revise la concurrencia de la cuenta y el log de la función. La ' +
        'próxima ejecución programada lo intenta de nuevo.',
      noConcurrency:
        'La concurrencia reservada de la función es 0, así que Lambda no la ejecuta. Quite esa configuración o súbala.',
      exited:
        'El proceso de la función terminó por sí solo, casi siempre por falta de memoria. Busque el ID de la solicitud en ' +
        'el log y asígnele más memoria. Lo que está en la tabla de auditoría se limpió, nada más.',
      unknown:
        'Este error no es de los que la función conoce, y su mensaje no se repite aquí porque puede contener datos ' +
        'personales. Busque el ID de la solicitud en el log de la función. Lo que está en la tabla de auditoría se limpió, ' +
        'nada más.',
    },
  },

  widget: {
    activeThreads: 'Threads activos',
    ofContacts: (n) => `de ${number.format(n)} ${n === 1 ? 'contacto' : 'contactos'}`,
    totalTokens: 'Tokens en total',
    average: (n) => `${number.format(n)} en promedio`,
    largestThread: 'Thread más grande',
    ofLimit: (percent) => `${percent} del límite`,
    nearLimit: 'Cerca del límite',
    from: (tokenCount) => `desde ${tokens(tokenCount)}`,
    overLimit: 'En el límite o más',
    byBand: 'Threads por estado',
    ranges: { normal: '< 50%', caution: '50–80%', warning: '80–100%', critical: '≥ 100%' },
    threads,
    tokens,
    topThreads: 'Threads con más tokens',
    limitMark: 'La línea marca el límite.',
    noThreads: 'Ningún thread tiene tokens.',
    noName: 'sin nombre',
    lastCleanups: 'Últimas limpiezas',
    noCleanups: 'Ninguna todavía.',
    asOf: (time, timezone) => `Datos del ${time} (${timezone}).`,
    limit: (limit) => `Límite de tokens: ${number.format(limit)}.`,
    failed: 'La verificación falló',
    documentation:
      '## Threads del asistente de WhatsApp\n' +
      'Ejecuta una verificación, que no modifica nada, y la dibuja: threads por estado, los diez más grandes (del teléfono ' +
      'solo se ven los últimos cuatro dígitos) y las últimas limpiezas. Un resultado se conserva 60 segundos.\n\n' +
      'No recibe parámetros. El idioma, la zona horaria y el límite de tokens son los del despliegue.',
  },
};
