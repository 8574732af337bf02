import type { JobErrorCode } from '../model/job-error.ts';
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
const databases = (n: number) => `${number.format(n)} ${n === 1 ? 'base de datos' : 'bases de datos'}`;
const ONLY_RECORDED = 'Solo se limpiaron los threads registrados en la tabla de auditoría.';

/** Qué significa cada error, en una frase; su mensaje, en inglés, dice el resto. */
const ERRORS: Readonly<Record<JobErrorCode, string>> = {
  InvalidPayload: 'La solicitud no es válida.',
  InvalidSettings: 'La configuración no es válida.',
  SecretUnavailable: 'No se pudo leer el secreto de la base de datos.',
  ParameterUnavailable: 'No se pudo leer la configuración en Systems Manager.',
  InvalidSecret: 'El secreto no contiene una dirección de base de datos válida.',
  DatabaseUnreachable: 'No hay conexión con la base de datos.',
  DatabaseLoginRefused: 'La base de datos rechazó el ingreso.',
  TableUnusable: 'Una de las tablas no existe o no se puede usar.',
  PrivilegeMissing: 'Al usuario de la base de datos le falta un permiso.',
  CleanupRefused: 'La limpieza no se ejecutó: borraría más threads de los que permite el límite de seguridad.',
  NotRestorable: 'No se encontró qué restaurar.',
  ExportFailed: 'No se pudieron exportar las filas completas, así que no se limpiaron.',
  NoticeFailed: 'No se pudo enviar el aviso.',
  TooManyDatabases: 'Hay más bases de datos de las que admite un despliegue.',
  TooManyFailed: 'La limpieza falló en más bases de datos de las que se permiten.',
  StatementTimeout: 'La base de datos tardó demasiado.',
  StatementFailed: 'La base de datos rechazó una operación.',
  Interrupted: 'La ejecución se interrumpió.',
  UnexpectedError: 'Ocurrió un error inesperado.',
};

/** Lo que dice la función en español, con las palabras del documento del job anterior. */
export const es: Texts = {
  locale: 'es-CO',
  number: (n) => number.format(n),
  percent: (n) => `${tenths.format(n)}%`,
  bands: { normal: 'Normal', caution: 'Precaución', warning: 'Advertencia', critical: 'Crítico' },
  active: (active, contacts, total, most) =>
    `${threads(active)} ${active === 1 ? 'activo' : 'activos'} de ${number.format(contacts)} ${contacts === 1 ? 'contacto' : 'contactos'}, ` +
    `${tokens(total)} en total; el más grande: ${number.format(most)}.`,
  nothingToClear: (limit) => `No hay nada que limpiar: ningún thread llegó a ${tokens(limit)}.`,
  nothingDue: 'Por ahora no hay nada que limpiar.',
  stillActive: (n) =>
    `${threads(n)} por encima del límite no se ${n === 1 ? 'limpia' : 'limpian'} mientras la conversación esté activa ` +
    '(quietMinutes).',
  next: {
    clears: (over, limit) =>
      `La próxima limpieza borrará ${threads(over)} (${over === 1 ? 'llegó' : 'llegaron'} a ${number.format(limit)}).`,
    refused: (over, share, allowed) =>
      `El límite de seguridad detendrá la próxima limpieza: borraría ${threads(over)}, el ${number.format(share)}% de los ` +
      `activos, y se permite el ${number.format(allowed)}%.`,
    paused: (over) =>
      over === 0
        ? 'La limpieza está en pausa: la próxima no borrará nada.'
        : `La limpieza está en pausa: no se ${over === 1 ? 'borrará' : 'borrarán'} ${threads(over)} por encima del límite.`,
  },
  withLimit: {
    clears: (over, limit) => `Con un límite de ${number.format(limit)}, una limpieza borraría ${threads(over)}.`,
    refused: (over, share, allowed, limit) =>
      `Con un límite de ${number.format(limit)}, el límite de seguridad detendría la limpieza: borraría ${threads(over)}, el ` +
      `${number.format(share)}% de los activos, y se permite el ${number.format(allowed)}%.`,
    paused: (limit) =>
      `Con un límite de ${number.format(limit)}, una limpieza no borraría nada, porque la limpieza está en pausa.`,
    nothing: (limit) => `Con un límite de ${number.format(limit)}, una limpieza no borraría nada.`,
  },
  moreNearLimit: (n) => (n === 1 ? 'Otro está cerca del límite.' : `Otros ${number.format(n)} están cerca del límite.`),
  cleared: (cleared, total, limit, rows) =>
    `${cleared === 1 ? 'Se limpió' : 'Se limpiaron'} ${threads(cleared)} con ${tokens(total)} (límite: ` +
    `${number.format(limit)}); ${cleared === 1 ? 'quedó registrado' : 'quedaron registrados'} en ${number.format(rows)} ` +
    `${rows === 1 ? 'fila' : 'filas'} de auditoría.`,
  nothingCleared: (limit) => `No se limpió nada (límite: ${number.format(limit)}).`,
  remaining: (n, reached) => {
    const left = `${n === 1 ? 'Queda' : 'Quedan'} ${threads(n)} por encima del límite`;
    if (!reached) return `${left} para la próxima ejecución.`;
    const why = n === 1 ? 'estaba bloqueado o cambió' : 'estaban bloqueados o cambiaron';
    return `${left} sin limpiar (${why} mientras tanto): ejecute la limpieza otra vez.`;
  },
  incomplete: 'Se acabó el tiempo antes de llegar al final de la tabla; la próxima ejecución continúa.',
  warning: (text) => `Advertencia: ${text}`,
  nearLimit: (n) => `${threads(n)} ${n === 1 ? 'está' : 'están'} cerca del límite.`,
  restore: (command) => `Para restaurar: ${command}`,
  wrongLimit: (limit, command) => `Si el límite de ${tokens(limit)} está mal, defina otro: ${command}`,
  wrongOwnLimit: (limit, command) =>
    `Si el límite de ${tokens(limit)} está mal, omítalo y se aplica el configurado: ${command}`,
  thenCleanUp: (command) => `Después verifique otra vez y ejecute la limpieza: ${command}`,
  force: (over, command) =>
    `Solo si el límite es correcto y de verdad hay que borrar ${over === 1 ? 'ese' : 'esos'} ${threads(over)}: ${command}`,
  paused: 'La limpieza está en pausa: no se limpió nada.',
  pausedMeanwhile: 'La limpieza se puso en pausa antes de llegar al final de la tabla.',
  resume: (command) => `Para reanudarla: ${command}`,
  clearNow: (command) => `La próxima limpieza programada los borra después. Para borrarlos de una vez: ${command}`,
  limitFrom: { payload: 'de la solicitud', parameter: 'del parámetro', deployment: 'del despliegue' },
  restored: (n) => `${n === 1 ? 'Se restauró' : 'Se restauraron'} ${threads(n)}.`,
  restoredBefore: (n) => `Ya ${n === 1 ? 'se había restaurado' : 'se habían restaurado'} ${number.format(n)}.`,
  skipped: (n) =>
    `${n === 1 ? 'Se omitió' : 'Se omitieron'} ${threads(n)}: el contacto tiene un thread más nuevo, ya no existe o está ` +
    'bloqueado, la persona fue eliminada de la auditoría, o no había threadId registrado.',
  stillOverLimit:
    'La próxima ejecución volverá a limpiar los threads que siguen por encima del límite, a menos que usted suba el ' +
    'límite o ponga la limpieza en pausa.',
  assistantsIds: (n) =>
    `${threads(n)} ${n === 1 ? 'restaurado tiene' : 'restaurados tienen'} un ID thread_…: OpenAI ya no responde a estos ID ` +
    '(los agentes clásicos de Azure, hasta el 2027-03-31).',
  erased: (rows) =>
    rows === 0
      ? 'Ninguna fila de auditoría menciona a esta persona.'
      : `Se eliminó a la persona de ${number.format(rows)} ${rows === 1 ? 'fila' : 'filas'} de auditoría.`,
  threadIdsToDelete: (n) =>
    `Elimine ${threads(n)} en el proveedor de IA (threadIds): los ID ya no están en ningún otro lugar.`,
  exportsToExpire: (n) =>
    `${number.format(n)} ${n === 1 ? 'archivo exportado contiene' : 'archivos exportados contienen'} a la persona hasta que ` +
    `${n === 1 ? 'venza o usted lo elimine' : 'venzan o usted los elimine'} (exports).`,
  erasureIncomplete:
    'No se completó: guarde este comprobante y ejecute lo mismo otra vez, que elimina el resto y entrega su propio comprobante.',
  contactNotErased:
    'La fila del contacto es del asistente: elimínela allí, o la próxima limpieza puede volver a registrar a la persona.',
  explainedError: (code, message) => `${ERRORS[code]}\n\n${message}`,

  fleet: {
    cleared: (cleared, total, withCleared, databaseCount) =>
      `${cleared === 1 ? 'Se limpió' : 'Se limpiaron'} ${threads(cleared)} con ${tokens(total)} en ${number.format(withCleared)} de ` +
      `${databases(databaseCount)}.`,
    nothingCleared: (databaseCount) => `No se limpió nada en ${databases(databaseCount)}.`,
    willClear: (over, withDue, databaseCount) =>
      `La próxima limpieza borrará ${threads(over)} en ${number.format(withDue)} de ${databases(databaseCount)}.`,
    nothingDue: (databaseCount) => `No hay nada que limpiar en ${databases(databaseCount)}.`,
    willBeRefused: (n) => `El límite de seguridad la detendrá en ${databases(n)}.`,
    noDatabases: 'No hay secretos con el prefijo configurado (clave de contexto databaseSecret).',
    failed: (n, causes) => `${n === 1 ? 'Falló' : 'Fallaron'} ${databases(n)}: ${causes}.`,
    removed: (n) => `${n === 1 ? 'Se eliminó' : 'Se eliminaron'} ${databases(n)} durante la ejecución.`,
    unfinished: (n) => `El tiempo no alcanzó para terminar ${databases(n)}; la próxima ejecución continúa.`,
    retried: (n) =>
      `En ${databases(n)} falló un intento anterior. Si alcanzó a limpiar threads, están en la tabla de auditoría con otro ID de ` +
      'solicitud, pero no en estas cifras.',
    clearedSubject: (cleared, withCleared) =>
      `Limpieza de threads: ${threads(cleared)} ${cleared === 1 ? 'limpiado' : 'limpiados'} en ${databases(withCleared)}`,
    failedSubject: (failed, databaseCount) =>
      `Limpieza de threads: ${failed === 1 ? 'falló' : 'fallaron'} ${number.format(failed)} de ${databases(databaseCount)}`,
    oneCause:
      'Fallaron más de las que se permiten en una ejecución (maxFailedShare), así que la ejecución falló. Cuando son tantas, la ' +
      'causa es una sola: busque qué tienen en común, como el límite de tokens, la red o un servidor.',
    databases: 'Bases de datos',
    databasesCleared: 'Bases de datos con threads limpiados',
    failedDatabases: 'Bases de datos que fallaron',
    top: 'Donde más se limpió, con el comando que restaura la ejecución:',
    failedList: 'Las que fallaron, con el comando que verifica cada una sin modificar nada:',
    moreFailed: (n) => `Otras ${number.format(n)} también fallaron: el log de esta función las tiene todas.`,
  },

  notice: {
    clearedSubject: (cleared, total) =>
      `Limpieza de threads: ${threads(cleared)} ${cleared === 1 ? 'limpiado' : 'limpiados'}, ${tokens(total)}`,
    figure: (label, n) => `${label}: ${number.format(n)}`,
    threadsCleared: 'Threads limpiados',
    tokensCleared: 'Tokens liberados',
    tokenLimit: 'Límite de tokens',
    remaining: 'Por encima del límite, sin limpiar',
    nearLimit: 'Cerca del límite',
    auditRows: 'Filas de auditoría',
    duration: (seconds) => `Duración: ${tenths.format(seconds)} s`,
    endedAt: 'Finalizó',
    requestId: 'ID de la solicitud (request id)',
    function: 'Función',
    dashboard: 'Dashboard',
    incomplete:
      'Se acabó el tiempo antes de llegar al final de la tabla; lo que falta queda para la próxima ejecución.',
    earlierAttempts:
      'Un intento anterior de esta ejecución falló. Si alcanzó a limpiar threads, están en la tabla de auditoría con el ' +
      'mismo ID de solicitud, pero no en las cifras de arriba; el comando siguiente también los restaura.',
    onlyLastAttempt: (runId) =>
      'Los threads que la ejecución haya limpiado antes de este error están en la tabla de auditoría con el ID de solicitud ' +
      `${runId}.`,
    nearLimitMeaning: (n) =>
      `${threads(n)} ${n === 1 ? 'tiene' : 'tienen'} el 80% del límite o más y no se ${n === 1 ? 'limpia' : 'limpian'} antes ` +
      'de llegar a él. El dashboard y una verificación muestran los más grandes.',
    cleanUpAgain:
      'Ejecute la limpieza otra vez, lo que siempre es seguro. Está resuelto cuando la respuesta trae ' +
      '"remainingCount":0; si no, siga:',
    whoLocks:
      'Busque en la base de datos quién tiene bloqueadas filas de la tabla, como superusuario (en RDS, rds_superuser), porque ' +
      'los demás roles no ven lo que hacen otros. Si no sale ninguna fila, ahora no las bloquea nadie.',
    whichSession:
      'Termine la sesión que esté «idle in transaction» o que lleve mucho tiempo (age; las cortas son el asistente ' +
      'trabajando) con select pg_terminate_backend(PID); su transacción abierta se revierte.',
    repeatCleanUp: 'Ejecute la limpieza otra vez, como en el paso 1.',
    restore: (n) =>
      `Para restaurar ${n === 1 ? 'el' : 'los'} ${threads(n)} que limpió esta ejecución (un contacto que ya inició un thread ` +
      'nuevo conserva el nuevo):',
    check: 'Para verificar el estado actual de los threads:',
    checkAfterFailure:
      'Cuando esté resuelto, verifique. Esto no modifica nada; si la respuesta trae «FunctionError», sigue fallando:',
    thenCleanUp: 'Después ejecute la limpieza:',
    checkRefused: 'Vea qué haría una limpieza. Esto no modifica nada:',
    limitHistory: 'Vea quién cambió el parámetro, cuándo y a qué valor:',
    deleteLimit: 'O elimine el parámetro, y se aplica el límite del despliegue:',
    tryLimit: 'Para verificar con otro límite sin guardarlo:',
    checkAgain:
      'Verifique otra vez. El resumen debe decir «No hay nada que limpiar», o «La próxima limpieza borrará» y una cantidad ' +
      'que usted espere:',
    secrets: 'Vea qué secretos hay, incluidos los marcados para eliminación (con fecha):',
    restoreSecret: 'Si está marcado para eliminación, recupérelo:',
    createSecret:
      'Si ya no existe, créelo (los caracteres especiales de la contraseña van codificados, por ejemplo %40 en lugar de @); el ' +
      'usuario y la contraseña son los de este trabajo en la base de datos, y quien la administra puede definirlos de nuevo. Si ' +
      'ahora tiene otro nombre, despliegue con ese nombre (clave de contexto databaseSecret), o cree este con el mismo valor:',
    readSecret: 'Lea el secreto (muestra la contraseña) y pruebe el usuario y la contraseña con psql:',
    correctSecret:
      'Si el secreto está mal, guarde el texto correcto en la misma forma que tiene ahora (en una URL, los caracteres especiales ' +
      'de la contraseña van codificados, por ejemplo %40 en lugar de @). Si el secreto está bien, corrija la base de datos ' +
      '(alter role USER password …, sin codificar):',
    refusedLimit: {
      payload: (limit) =>
        `El límite de ${number.format(limit)} tokens venía en la solicitud de esta ejecución. Si está mal, corríjalo donde se ` +
        'inició u omítalo, y se aplica el configurado. Esto verifica con ese:',
      parameter: (limit) => `El límite de ${number.format(limit)} tokens viene del parámetro. Si está mal, cámbielo:`,
      deployment: (limit) =>
        `El límite de ${number.format(limit)} tokens viene del despliegue (clave de contexto tokenLimit). Si está mal, defina ` +
        'el parámetro, que tiene prioridad:',
    },
    limitPlaceholder: 'LIMITE',
    force: (n) =>
      'Solo si el límite es correcto: esto omite el límite de seguridad en una ejecución y borra todo lo que en ese momento ' +
      `esté por encima del límite (eran ${threads(n)} cuando se detuvo la ejecución):`,
    readFailures:
      'Lea los mensajes de la cola de mensajes fallidos, donde está esta solicitud. Si no sale nada, no hay ninguno.',
    purgeFailures:
      'Cuando todos estén resueltos, bórrelos. La alarma que tiene RunFailed en su nombre termina unos minutos después:',
    failed: {
      cleanup: 'La limpieza de threads falló',
      restore: 'La restauración de threads falló',
      check: 'La verificación de threads falló',
      erase: 'La eliminación de una persona falló',
      unknown: 'La limpieza de threads rechazó una solicitud',
    },
    failedAfter: (title, name, attempts) =>
      attempts === 0
        ? `La limpieza no alcanzó a ejecutarse: ${name}.`
        : `${title} después de ${number.format(attempts)} ${attempts === 1 ? 'intento' : 'intentos'}: ${name}.`,
    explanations: {
      timedOut:
        `Lambda detuvo la función porque se le acabó el tiempo. ${ONLY_RECORDED} La próxima ejecución continúa. Busque el ` +
        'ID de la solicitud en el log de la función para ver hasta dónde llegó.',
      tooOld:
        'La solicitud esperó demasiado y se descartó: Lambda estaba limitada (throttling) o los intentos anteriores ' +
        'siguieron fallando. Revise la concurrencia de la cuenta y el log de la función. La próxima ejecución programada ' +
        'lo intenta de nuevo.',
      noConcurrency:
        'La concurrencia reservada de la función es 0, así que Lambda nunca la ejecuta. Quite esa configuración o súbala.',
      exited:
        'El proceso de la función terminó de forma inesperada, casi siempre por falta de memoria. Busque el ID de la ' +
        `solicitud en el log y asigne más memoria a la función. ${ONLY_RECORDED}`,
      unknown:
        'Ocurrió un error inesperado. Su mensaje puede contener datos personales, así que solo está en el log de la ' +
        `función: busque allí el ID de la solicitud. ${ONLY_RECORDED}`,
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
    from: (tokenCount) => `${tokens(tokenCount)} o más`,
    overLimit: 'Por encima del límite',
    forecast: {
      clears: (due) => `${due === 1 ? 'Lo' : 'Los'} borrará la próxima limpieza.`,
      clearsSome: (due, active) =>
        `La próxima limpieza borrará ${number.format(due)}; ${active === 1 ? 'queda' : 'quedan'} ${number.format(active)} ` +
        'con la conversación activa.',
      refused: (share, allowed) =>
        `El límite de seguridad detendrá la próxima limpieza: el ${number.format(share)}% de los activos, y se permite el ` +
        `${number.format(allowed)}%.`,
      checkLimit: (limit, from) => `¿Es correcto el límite de ${tokens(limit)} (${from})?`,
      paused: (over) =>
        over === 0
          ? 'La limpieza está en pausa.'
          : `La limpieza está en pausa: no se ${over === 1 ? 'borrará' : 'borrarán'} ${threads(over)} por encima del límite.`,
      nothing: 'No hay nada que limpiar.',
      allActive: 'No se limpian mientras la conversación esté activa.',
    },
    byBand: 'Threads por estado',
    ranges: { normal: '< 50%', caution: '50–80%', warning: '80–100%', critical: '≥ 100%' },
    threads,
    tokens,
    topThreads: 'Threads con más tokens',
    limitMark: 'La línea marca el límite.',
    noThreads: 'Todavía no hay threads activos.',
    noName: 'sin nombre',
    lastCleanups: 'Últimas limpiezas',
    noCleanups: 'Todavía no hay limpiezas.',
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
