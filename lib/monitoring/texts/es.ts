import type { Texts } from './en.ts';

/** Lo que muestra el propio stack, en español: sus alarmas y su dashboard. */
export const es: Texts = {
  alarms: {
    runFailed: ({ readQueue, cleanUp, purgeQueue }) =>
      'Una limpieza falló o no se entregó. ' +
      `Qué hacer: 1. Lea la causa: ${readQueue}\n2. Corríjala (si se rechazó: ¿está mal el límite?) y ${cleanUp}\n` +
      `3. Vacíe la cola: ${purgeQueue}\n`,
    fleetFailed: ({ readQueue, cleanUp, purgeQueue }) =>
      'La limpieza de todas las bases falló. ' +
      `Qué hacer: 1. Lea la causa: ${readQueue}\n2. Corrija lo que comparten y ${cleanUp}\n3. Vacíe la cola: ${purgeQueue}\n`,
    fleetRemaining: ({ findLocks }, hours) =>
      `Dos limpiezas en ${hours} h dejaron threads sobre el límite en algunas bases. ` +
      `Qué hacer: 1. ¿Cuáles? Vea la tabla del dashboard (remainingCount).\n2. En esa base: ${findLocks}\n` +
      '3. Termine la sesión inactiva o vieja: select pg_terminate_backend(PID); la próxima limpieza los borra.\n',
    notCompleted: ({ readLog, check, cleanUp }, hours) =>
      `Ninguna limpieza programada se completó en ${hours} horas. ` +
      `Qué hacer: 1. ¿Se ejecutó? ${readLog}\n2. ¿Puede ejecutarse? ${check}\n3. Cuando pueda: ${cleanUp}\n`,
    fleetNotCompleted: ({ readLog, cleanUp }, hours) =>
      `Ninguna limpieza programada se completó en ${hours} horas. ` +
      `Qué hacer: 1. ¿Se ejecutó? ${readLog}\n2. ¿Puede ejecutarse? Verifique con el comando del dashboard.\n3. Cuando pueda: ${cleanUp}\n`,
    remaining: ({ cleanUp, findLocks }, hours) =>
      `Dos limpiezas en ${hours} h dejaron threads sobre el límite. ` +
      `Qué hacer: 1. Otra vez: ${cleanUp}\n2. Si quedan: ${findLocks}\n` +
      '3. Termine la sesión inactiva o vieja: select pg_terminate_backend(PID); y el 1.\n',
    nearLimit: ({ check, setLimit }, threads) =>
      `Hay ${threads === 1 ? '' : `${threads.toLocaleString('es-CO')} o más `}threads cerca del límite (80% o más), que se limpiarán pronto. ` +
      `Qué hacer: Revise cuáles son (${check}). Si es demasiado pronto, suba el límite: ${setLimit}\n`,
    fleetNearLimit: ({ setLimit }, threads) =>
      `Hay ${threads === 1 ? '' : `${threads.toLocaleString('es-CO')} o más `}threads de todas las bases cerca del límite (80% o más), que se limpiarán pronto. ` +
      `Qué hacer: Verifique con el comando del dashboard. Si es demasiado pronto, suba el límite: ${setLimit}\n`,
    paused: ({ pauseHistory, resume }) =>
      'La limpieza está en pausa: los threads sobre el límite siguen creciendo. No hay daño; puede esperar. ' +
      `Qué hacer: 1. Vea quién la pausó: ${pauseHistory}\n2. Si ya no hace falta: ${resume}\n` +
      '3. La alarma termina a la hora de otra limpieza, también manual.\n',
    failedDatabases: ({ checkOne = '' }) =>
      'Hay bases de datos que no se limpiaron en la última ejecución. ' +
      `Qué hacer: 1. ¿Cuáles y por qué? Vea el correo o la tabla del dashboard.\n2. Verifique una: ${checkOne}\n` +
      '3. Corrija la causa; la próxima ejecución la limpia.\n',
    dashboard: ({ dashboard }) => `Más: ${dashboard}`,
  },
  dashboard: {
    now: 'Threads ahora',
    alarms: 'Alarmas',
    tokens: 'Tokens',
    limit: 'Límite de tokens',
    threads: 'Threads',
    bands: 'Threads por estado, antes de la limpieza',
    cleared: 'Limpiados por día',
    duration: 'Duración de la limpieza',
    errors: 'Errores',
    total: 'Todos los threads',
    largest: 'El más grande',
    active: 'Activos',
    clearedThreads: 'Threads',
    clearedTokens: 'Tokens',
    remaining: 'Sin limpiar',
    cleanup: 'Limpieza',
    notify: 'Avisos',
    widget: 'Widget',
    givenUp: 'Ejecuciones programadas fallidas',
    waiting: 'Cola de mensajes fallidos',
    paused: 'En pausa',
    databases: 'Bases de datos en la última ejecución',
    failedDatabases: 'Bases de datos que fallaron',
    fleet: 'Ejecución sobre todas las bases',
    commands: 'Comandos',
    command: {
      checkOne: 'Verificar una base de datos (no modifica nada)',
      check: 'Verificar (no modifica nada)',
      cleanUp: 'Limpiar ahora',
      resume: 'Reanudar una limpieza en pausa',
      setLimit: 'Cambiar el límite de tokens',
      readLog: 'Leer el log',
      readFailures: 'Leer la cola de mensajes fallidos',
      purgeFailures: 'Vaciarla, lo que termina la alarma RunFailed unos minutos después',
      findLocks: 'Buscar quién tiene filas bloqueadas (SQL)',
    },
  },
};
