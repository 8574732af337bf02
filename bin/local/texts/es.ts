import { es as job } from '../../../lambda/texts/es.ts';
import type { TerminalTexts } from './en.ts';
import { helpEs } from './help-es.ts';

const { number } = job;
const { threads, tokens, ranges } = job.widget;
const compact = new Intl.NumberFormat(job.locale, { notation: 'compact', maximumFractionDigits: 1 });
const tenths = new Intl.NumberFormat(job.locale, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const short = (n: number) => compact.format(n);
const elapsed = (seconds: number) => (seconds === 0 ? '' : ` ${number(seconds)} s`);

/** Lo que dice la terminal en español, con las palabras del documento del job anterior. */
export const es: TerminalTexts = {
  job,
  help: helpEs,

  database: (host, port, database) => `Base de datos: ${database} en ${host}:${port} (DATABASE_URL)`,
  sampleDatabase: (contacts) => `Base de datos: un PostgreSQL integrado con ${contacts} contactos de ejemplo`,
  notYourDatabase:
    'DATABASE_URL está definida, pero esta demostración no la toca. Para usarla: npm run check, npm run cleanup.',
  confirm: (over, active, database, host) =>
    `¿Limpiar ${number(over)} de ${threads(active)} en ${database} (${host})? [s/N]`,

  before: 'Antes de la limpieza',
  state: 'Estado actual',
  after: 'Después de la limpieza',
  erasure: 'Eliminación',
  confirmErasure: '¿Eliminar a esta persona de todas las filas de auditoría? No se puede deshacer. [s/N]',
  bandRanges: ranges,
  largestThreads: 'Top 10 threads con más tokens',
  noThreads: 'Todavía no hay threads activos.',
  lastCleanups: (timezone) => `Últimas limpiezas (${timezone})`,
  noCleanups: 'Todavía no hay limpiezas.',

  band: 'Estado',
  ofLimit: 'Porcentaje',
  threads: 'Threads',
  tokens: 'Tokens',
  phone: 'Teléfono',
  name: 'Nombre',
  thread: 'Thread',
  time: 'Fecha y hora',
  auditRows: 'Auditoría',
  restoredColumn: 'Restaurados',
  restoredOf: (restored, cleared) => (restored >= cleared ? 'todos' : `${number(restored)} de ${number(cleared)}`),
  notRestorable: 'sin threadId',
  toRestore: (command) => `Para restaurar una ejecución, indique sus filas de auditoría: ${command}`,
  nothingToRestore: 'No queda nada que restaurar.',

  // Como los lee y los escribe Excel en Colombia.
  csv: { separator: ';', decimal: ',' },

  cleared: (n) => `${threads(n)} ${n === 1 ? 'limpiado' : 'limpiados'}`,
  restored: (n) => `${threads(n)} ${n === 1 ? 'restaurado' : 'restaurados'}`,
  short,
  shortTokens: (n) => `${short(n)} ${n === 1 ? 'token' : 'tokens'}`,
  seconds: (n) => `${tenths.format(n)} s`,
  undo: (command) => `deshacer: ${command}`,
  nothingToClear: (limit) => `No hay nada que limpiar: ningún thread llegó a ${tokens(limit)}`,
  nothingCleared: 'No se limpió nada',

  auditRowDone: (id, time, cleared, total) => `Fila de auditoría ${id}: ${time}, ${threads(cleared)}, ${tokens(total)}`,
  moreThreads: (more) => `y ${threads(more)} más`,
  moreAuditRows: (more) => `y ${number(more)} ${more === 1 ? 'fila' : 'filas'} de auditoría más`,
  exportedTo: (file) => `Filas completas: ${file}`,

  starting: 'Iniciando el PostgreSQL integrado …',
  reading: (seconds) => `Leyendo la tabla …${elapsed(seconds)}`,
  counting: (seconds) => `Contando los threads …${elapsed(seconds)}`,
  progress: (batches, cleared, expected, total) =>
    `${number(cleared)} de ${threads(expected)}, ${number(batches)} ${batches === 1 ? 'lote' : 'lotes'}, ` +
    `${short(total)} tokens`,
  perSecond: (n) => `${number(n)}/s`,
  timeLeft: (n, unit) => `${n === 1 ? 'falta' : 'faltan'} ${number(n)} ${unit}`,

  schedule: {
    environmentFile: (file) =>
      `La dirección está en ${file}, que solo root puede leer (chmod 600), con líneas como:\n` +
      "  DATABASE_URL='postgres://USUARIO:CLAVE@HOST:5432/BASE'",
    cron:
      'Para el crontab de root (sudo crontab -e), en la zona horaria de la máquina. Los errores van a la salida de errores, que cron ' +
      'envía por correo (MAILTO=); el archivo tiene una línea de JSON por ejecución.',
    systemd:
      'Guarde los tres archivos y ejecute: systemctl daemon-reload && systemctl enable --now thread-cleanup.timer\n' +
      'Resultados: journalctl -u thread-cleanup. Para probarlo: systemctl start thread-cleanup',
    failure: 'Se ejecuta cuando una limpieza falló: cambie ExecStart por lo que le llegue a usted.',
  },
};
