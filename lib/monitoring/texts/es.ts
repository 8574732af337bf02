import type { Texts } from './en.ts';

/** Lo que muestra el propio stack, en español: sus alarmas y su panel. */
export const es: Texts = {
  alarms: {
    runFailed: ({ readFailures, readLog, cleanUp }) =>
      `Una limpieza programada falló en todos los intentos, o no se pudo entregar ella o su resultado: está en la cola de fallos. ` +
      `Qué hacer: Lea la causa (${readFailures}; ${readLog}), corríjala, ejecute la limpieza (${cleanUp}) y borre el mensaje.`,
    notCompleted: ({ readLog, check, cleanUp }, hours) =>
      `Ninguna limpieza programada se completó en ${hours} horas. ` +
      `Qué hacer: Vea si se ejecutó (${readLog}) y si puede ejecutarse (${check}); luego ejecute la limpieza: ${cleanUp}`,
    remaining: ({ readLog, cleanUp }, hours) =>
      `Dos limpiezas en ${hours} horas dejaron threads por encima del límite. ` +
      `Qué hacer: Busque una transacción que tenga bloqueadas esas filas, y mire el registro (${readLog}); luego ejecute la limpieza: ${cleanUp}`,
    nearLimit: ({ check, setLimit }, threads) =>
      `Al menos ${threads} thread(s) están cerca del límite (80 % o más) y se limpiarán pronto. ` +
      `Qué hacer: Vea cuáles son (${check}). Si es demasiado pronto, suba el límite: ${setLimit}`,
    paused: ({ resume }) =>
      `La limpieza está en pausa: los threads por encima del límite se quedan y crecen. ` +
      `Qué hacer: Cuando ya no haya motivo, reanúdela: ${resume} (esta alarma termina con la siguiente ejecución)`,
  },
  dashboard: {
    now: 'Threads ahora',
    alarms: 'Alarmas',
    tokens: 'Tokens',
    threads: 'Threads',
    bands: 'Threads por banda, antes de la limpieza',
    cleared: 'Limpiados por noche',
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
    widget: 'Informe en el panel',
    givenUp: 'Ejecuciones programadas abandonadas',
    waiting: 'En la cola de fallos',
    paused: 'En pausa',
  },
};
