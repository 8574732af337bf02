import { es as job } from '../../../lambda/texts/es.ts';
import type { TerminalTexts } from './en.ts';
import { helpEs } from './help-es.ts';

const { number } = job;
const { threads, tokens, ranges } = job.widget;
const short = new Intl.NumberFormat(job.locale, { notation: 'compact', maximumFractionDigits: 1 });

/** Lo que dice la terminal en español, con las palabras del documento del job anterior. */
export const es: TerminalTexts = {
  job,
  help: helpEs,

  database: (host, port, database) => `Base de datos: ${database} en ${host}:${port} (DATABASE_URL)`,
  sampleDatabase: (contacts) =>
    `Base de datos: un PostgreSQL integrado con ${contacts} contactos de ejemplo (DATABASE_URL no está definida)`,
  onlyOwnDatabase: '(solo en su propia base de datos: los contactos de ejemplo son nuevos cada vez)',

  before: 'Antes de la limpieza',
  state: 'Estado actual',
  cleanup: 'Limpieza',
  after: 'Después de la limpieza',
  restore: 'Restauración',
  erasure: 'Eliminación',
  confirmErasure: '¿Eliminar a esta persona de todas las filas de auditoría? No se puede deshacer. [s/N]',
  yes: /^s[ií]?$/i,
  bandRanges: ranges,
  largestThreads: 'Top 10 threads con más tokens',
  noThreads: 'Todavía no hay threads activos.',
  lastCleanups: 'Últimas limpiezas',
  noCleanups: 'Todavía no hay limpiezas.',

  band: 'Estado',
  ofLimit: 'Porcentaje',
  threads: 'Threads',
  tokens: 'Tokens',
  phone: 'Teléfono',
  name: 'Nombre',
  thread: 'Thread',
  time: (timezone) => `Fecha y hora (${timezone})`,
  auditRow: 'Fila de auditoría',

  auditRowDone: (id, time, cleared, total) => `Fila de auditoría ${id}: ${time}, ${threads(cleared)}, ${tokens(total)}`,
  moreThreads: (more) => `y ${threads(more)} más`,
  moreAuditRows: (more) => `y ${number(more)} ${more === 1 ? 'fila' : 'filas'} de auditoría más`,
  exportedTo: (file) => `Filas completas: ${file}`,

  withoutThreadIds: 'registrada por el script anterior, sin threadId: no hay nada que restaurar',
  wholeRuns: 'Cada comando restaura una ejecución completa.',
  oneAuditRow: (command) =>
    `Para restaurar una sola fila de auditoría: ${command}\n(una limpieza grande escribe varias; la lista muestra la última)`,

  starting: 'Iniciando el PostgreSQL integrado …',
  cleaning: 'Limpiando …',
  progress: (batches, cleared, expected, total) =>
    `${number(cleared)} de ${threads(expected)}, ${number(batches)} ${batches === 1 ? 'lote' : 'lotes'}, ` +
    `${short.format(total)} tokens`,
  perSecond: (n) => `${number(n)}/s`,
  timeLeft: (n, unit) => `${n === 1 ? 'falta' : 'faltan'} ${number(n)} ${unit}`,
};
