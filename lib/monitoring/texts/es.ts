import type { Texts } from './en.ts';

/** Lo que muestra el propio stack, en español: sus alarmas y su dashboard. */
export const es: Texts = {
  alarms: {
    runFailed: ({ readFailures, readLog, cleanUp }) =>
      `Una limpieza programada falló en todos los intentos, o no se pudo entregar (o no se pudo entregar su resultado). Los detalles están en la cola de mensajes fallidos. ` +
      `Qué hacer: Lea la causa (${readFailures}; ${readLog}), corríjala, ejecute la limpieza (${cleanUp}) y borre el mensaje.`,
    notCompleted: ({ readLog, check, cleanUp }, hours) =>
      `Ninguna limpieza programada se completó en ${hours} horas. ` +
      `Qué hacer: Revise si se ejecutó (${readLog}) y si puede ejecutarse (${check}); luego ejecute la limpieza: ${cleanUp}`,
    remaining: ({ readLog, cleanUp }, hours) =>
      `Dos limpiezas en ${hours} horas dejaron threads por encima del límite. ` +
      `Qué hacer: Busque una transacción que tenga bloqueadas esas filas, y revise el log (${readLog}); luego ejecute la limpieza: ${cleanUp}`,
    nearLimit: ({ check, setLimit }, threads) =>
      `Hay ${threads === 1 ? '' : `${threads.toLocaleString('es-CO')} o más `}threads cerca del límite (80% o más), que se limpiarán pronto. ` +
      `Qué hacer: Revise cuáles son (${check}). Si es demasiado pronto, suba el límite: ${setLimit}`,
    paused: ({ resume }) =>
      `La limpieza está en pausa: los threads por encima del límite no se limpian y siguen creciendo. ` +
      `Qué hacer: Cuando la pausa ya no haga falta, reanúdela: ${resume} (esta alarma termina con la siguiente ejecución)`,
  },
  dashboard: {
    now: 'Threads ahora',
    alarms: 'Alarmas',
    tokens: 'Tokens',
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
  },
};
