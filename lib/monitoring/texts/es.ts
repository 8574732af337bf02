import type { Texts } from './en.ts';

/** Lo que muestra el propio stack, en español: sus alarmas y su dashboard. */
export const es: Texts = {
  alarms: {
    runFailed: ({ readFailures, purgeFailures }) =>
      'Una limpieza programada falló en todos los intentos, o no se pudo entregar (o no se pudo entregar su resultado). ' +
      `Qué hacer: Lea la causa en la cola de mensajes fallidos (${readFailures}). Corríjala y ejecute la limpieza. Después ` +
      `borre los mensajes (${purgeFailures}).`,
    notCompleted: ({ readLog, check }, hours) =>
      `Ninguna limpieza programada se completó en ${hours} horas. ` +
      `Qué hacer: Revise si se ejecutó (${readLog}) y si puede ejecutarse (${check}). Luego ejecute la limpieza.`,
    remaining: ({ findLocks }, hours) =>
      `Dos limpiezas en ${hours} horas dejaron threads por encima del límite. ` +
      `Qué hacer: Busque en la base de datos quién tiene bloqueadas esas filas (${findLocks}) y termine esa sesión ` +
      '(select pg_terminate_backend(PID)). La próxima limpieza los borra.',
    nearLimit: ({ check, setLimit }, threads) =>
      `Hay ${threads === 1 ? '' : `${threads.toLocaleString('es-CO')} o más `}threads cerca del límite (80% o más), que se limpiarán pronto. ` +
      `Qué hacer: Revise cuáles son (${check}). Si es demasiado pronto, suba el límite: ${setLimit}`,
    paused: ({ resume }) =>
      `La limpieza está en pausa: los threads por encima del límite no se limpian y siguen creciendo. ` +
      `Qué hacer: Cuando la pausa ya no haga falta, reanúdela: ${resume} (esta alarma termina con la siguiente ejecución).`,
    dashboard: ({ dashboard }) => ` Más comandos: ${dashboard}`,
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
    commands: 'Comandos',
    command: {
      check: 'Verificar (no modifica nada)',
      cleanUp: 'Limpiar ahora',
      resume: 'Reanudar una limpieza en pausa',
      setLimit: 'Cambiar el límite de tokens',
      readLog: 'Leer el log',
      readFailures: 'Leer la cola de mensajes fallidos',
      purgeFailures: 'Vaciarla, lo que termina la alarma RunFailed',
      findLocks: 'Buscar quién tiene filas bloqueadas (SQL)',
    },
  },
};
