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

  database: (host, port, database) =>
    `Base de datos: host ${host}, puerto ${port}, base de datos ${database} (de DATABASE_URL)`,
  sampleDatabase: (contacts) =>
    `Base de datos: un PostgreSQL integrado con ${contacts} contactos de ejemplo (DATABASE_URL no está definida)`,
  onlyOwnDatabase: '(en una base de datos propia: los contactos de ejemplo son nuevos cada vez)',

  before: 'Antes de la limpieza',
  state: 'Estado actual',
  cleanup: 'Limpieza',
  after: 'Después de la limpieza',
  restore: 'Restauración',
  bandRanges: ranges,
  largestThreads: 'Top 10 threads con más tokens',
  noThreads: 'ningún thread tiene tokens',
  lastCleanups: 'Últimas limpiezas',
  noCleanups: 'ninguna todavía',

  band: 'Estado',
  ofLimit: 'Porcentaje',
  threads: 'Threads',
  tokens: 'Tokens',
  phone: 'Teléfono',
  name: 'Nombre',
  thread: 'Thread',
  time: (timezone) => `Fecha y hora (${timezone})`,
  auditRow: 'Registro',

  auditRowDone: (id, time, cleared, total) =>
    `Registro de auditoría ${id}: ${time}, ${threads(cleared)}, ${tokens(total)}`,
  moreThreads: (more) => `y ${threads(more)} más`,
  moreAuditRows: (more) => `y ${number(more)} ${more === 1 ? 'registro' : 'registros'} de auditoría más`,
  exportedTo: (file) => `Filas completas: ${file}`,

  withoutThreadIds: 'registrado por el script anterior, sin threadId: no hay nada que restaurar',
  wholeRuns: 'Cada comando restaura una ejecución completa.',
  oneAuditRow: (command) =>
    `Un solo registro de auditoría, por su número: ${command}\n` +
    '(una limpieza grande escribe varios; la lista muestra el último)',

  starting: 'Iniciando el PostgreSQL integrado …',
  cleaning: 'Limpiando …',
  progress: (batches, cleared, expected, total) =>
    `${number(cleared)} de ${threads(expected)}, ${number(batches)} ${batches === 1 ? 'lote' : 'lotes'}, ` +
    `${short.format(total)} tokens`,
  perSecond: (n) => `${number(n)}/s`,
  timeLeft: (n, unit) => `${n === 1 ? 'falta' : 'faltan'} ${number(n)} ${unit}`,
};
