import {
  DEFAULT_AUDIT_TABLE,
  DEFAULT_CLIENT_VIEW,
  DEFAULT_MAX_CLEARED_SHARE,
  DEFAULT_TOKEN_LIMIT,
} from '../../../lambda/input/values.ts';
import type { Program } from '../program/program.ts';
import type { Help } from './help.ts';

/** Lo que dice `--help`. */
export const helpEs = ({ throughNpm, typed, piped, demo }: Program): Help => ({
  intro:
    'Limpia los threads de IA de WhatsApp que llegaron al límite de tokens y los registra en una tabla de auditoría, para ' +
    'poder restaurarlos.',
  sections: [
    {
      title: throughNpm ? 'Comandos (npm recibe las opciones después de dos guiones)' : 'Comandos',
      entries: [
        ...(demo
          ? [
              [
                demo.typed(),
                `demostración en un PostgreSQL integrado con ${demo.contacts} contactos de ejemplo, nunca en DATABASE_URL`,
              ] as const,
            ]
          : []),
        [typed('check'), 'muestra el estado de DATABASE_URL (solo lectura)'],
        [
          typed('cleanup'),
          'muestra el estado, limpia los threads que llegaron al límite y muestra el resultado; en una terminal pregunta antes',
        ],
        [typed('restore'), 'lista las últimas limpiezas para elegir (solo lectura)'],
        [typed('restore', 'N'), 'restaura los threads de la fila de auditoría N'],
        [typed('restore', 'N-M'), 'restaura la ejecución completa que tiene las filas de auditoría N a M'],
        [typed('restore', '--request-id', 'X'), 'restaura una ejecución completa por su request id'],
        [typed('restore', '--phone', 'TELEFONO'), 'restaura el último thread limpiado de un contacto'],
        [
          typed('erase', 'TELEFONO'),
          'elimina para siempre a una persona de todas las filas de auditoría; pregunta antes',
        ],
        [typed('schedule'), 'imprime unidades de systemd que limpian cada noche; no instala nada'],
      ],
    },
    {
      title: 'Opciones',
      entries: [
        [
          '--token-limit N',
          'check, cleanup: tokens a partir de los que se limpia, en vez de TOKEN_LIMIT; como 500000, 500.000 o 500k',
        ],
        ['--quiet-minutes N', 'check, cleanup: en vez de QUIET_MINUTES'],
        ['--csv', 'check: lista en CSV los threads que pasaron el límite o están cerca'],
        ['--yes, -y', 'cleanup, erase: no pregunta'],
        ['--dry-run', 'cleanup: solo verifica'],
        ['--force', 'cleanup: omite el límite de seguridad (MAX_CLEARED_SHARE) en esta ejecución'],
        [
          '--export CARPETA',
          'cleanup: antes de limpiar un lote, guarda sus filas completas en CARPETA/exports/AAAA/MM/DD/REQUEST-ID/UNICO.ndjson.gz',
        ],
        ['--cron', 'schedule: imprime una línea para cron'],
        ['--json', 'imprime solo el resultado, en JSON de una línea'],
        ['--help, -h', 'muestra esta ayuda'],
        ['--version', 'muestra la versión'],
      ],
    },
    {
      title: 'Variables',
      entries: [
        ['DATABASE_URL', 'postgres://USUARIO:CLAVE@HOST:PUERTO/BASE'],
        ['TOKEN_LIMIT', `tokens a partir de los que se limpia (por defecto ${DEFAULT_TOKEN_LIMIT})`],
        ['TABLE_NAME', `tabla o esquema.tabla (por defecto ${DEFAULT_CLIENT_VIEW})`],
        ['AUDIT_TABLE_NAME', `tabla o esquema.tabla (por defecto ${DEFAULT_AUDIT_TABLE})`],
        [
          'MAX_CLEARED_SHARE',
          `porcentaje máximo de los threads activos que una ejecución puede limpiar (por defecto ${DEFAULT_MAX_CLEARED_SHARE})`,
        ],
        [
          'QUIET_MINUTES',
          'deja para la próxima ejecución los threads cuyo contacto estuvo activo en los últimos minutos (por defecto 0: ninguno)',
        ],
        ['AUDIT_RETENTION_DAYS', 'días que se conserva la auditoría (por defecto: siempre)'],
        ['LANGUAGE', 'en o es (por defecto en)'],
        ['TIMEZONE', 'zona horaria de las fechas, como America/Bogota (por defecto UTC)'],
        ['NO_COLOR', 'cualquier valor quita los colores'],
      ],
    },
    {
      title: 'Ejemplos',
      entries: [
        ["export DATABASE_URL='postgres://…'", 'elegir la base de datos'],
        [typed('check', '--token-limit', '500k'), 'probar un límite más bajo (solo lectura)'],
        [`${piped('check', '--csv')} > cerca.csv`, 'a quién avisar antes de la próxima limpieza'],
        [typed('cleanup', '--export', 'respaldo'), 'guardar antes las filas completas'],
        [typed('restore', '7'), 'restaurar los threads de la fila 7'],
        [piped('cleanup', '--yes', '--json'), 'para un script'],
      ],
    },
  ],
  end: [
    'Estado de salida: 0; 1 después de un error, que va a la salida de errores, y si a una pregunta no se responde que sí; 130 después de Ctrl-C.',
    ...(demo ? [] : ['Hay una demostración con contactos de ejemplo: npm ci && npm start, en una copia del proyecto.']),
  ].join('\n'),
});
