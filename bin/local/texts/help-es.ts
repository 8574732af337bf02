import {
  DEFAULT_AUDIT_TABLE,
  DEFAULT_CLIENT_VIEW,
  DEFAULT_MAX_CLEARED_SHARE,
  DEFAULT_TOKEN_LIMIT,
} from '../../../lambda/input/values.ts';
import { CONTACT_COUNT } from '../sample/contacts.ts';

/** Lo que muestra `--help`, en 80 columnas. */
export const helpEs = `Limpia los threads de IA de WhatsApp que llegaron al límite de tokens y los
registra en una tabla de auditoría, para poder restaurarlos.

Uso
  node bin/local.ts [comando] [opciones]
  npm start -- [opciones]            lo mismo que el comando "cleanup"
  npm run check -- [opciones]        lo mismo que el comando "check"
  npm run restore -- [opciones]      lo mismo que el comando "restore"
  npm run erase -- TELEFONO          lo mismo que el comando "erase"

Comandos
  cleanup            muestra el estado, limpia los threads que llegaron al
                     límite, y muestra el estado nuevo y la fila de auditoría
                     (es el comando por defecto)
  check              muestra el estado actual (solo lectura)
  restore N          restaura los threads de la fila de auditoría N
  restore --request-id X
                     restaura los threads de una ejecución completa
  restore --phone TELEFONO
                     restaura el último thread limpiado de un contacto
  restore            lista las últimas ejecuciones para elegir (solo lectura)
  erase TELEFONO     elimina para siempre a una persona de todas las filas de
                     auditoría; pregunta antes

Opciones de cleanup y check
  --token-limit N    tokens a partir de los que se limpia, en vez de TOKEN_LIMIT
  --quiet-minutes N  en vez de QUIET_MINUTES

Opciones de cleanup
  --force            omite el límite de seguridad (MAX_CLEARED_SHARE) en esta
                     ejecución
  --export CARPETA   antes de limpiar un lote, guarda sus filas completas en
                     CARPETA/exports/AAAA/MM/DD/REQUEST-ID/UNICO.ndjson.gz

Opciones de erase
  --yes              no pregunta

Opciones de todos
  --json             imprime solo el resultado, en JSON
  -h, --help         muestra esta ayuda

Variables
  DATABASE_URL       postgres://USUARIO:CLAVE@HOST:PUERTO/BASE
                     Sin ella: un PostgreSQL integrado con ${CONTACT_COUNT} contactos de
                     ejemplo, que se elimina al terminar.
  TOKEN_LIMIT        tokens a partir de los que se limpia (por defecto ${DEFAULT_TOKEN_LIMIT})
  TABLE_NAME         tabla o esquema.tabla (por defecto ${DEFAULT_CLIENT_VIEW})
  AUDIT_TABLE_NAME   tabla o esquema.tabla (por defecto ${DEFAULT_AUDIT_TABLE})
  MAX_CLEARED_SHARE  porcentaje máximo de los threads activos que una ejecución
                     puede limpiar (por defecto ${DEFAULT_MAX_CLEARED_SHARE})
  QUIET_MINUTES      deja para la próxima ejecución los threads cuyo contacto
                     estuvo activo en los últimos minutos (por defecto 0:
                     ninguno)
  AUDIT_RETENTION_DAYS
                     días que se conserva la auditoría (por defecto: siempre)
  LANGUAGE           en o es (por defecto en)
  TIMEZONE           zona horaria de las fechas, como America/Bogota (por
                     defecto UTC)
  NO_COLOR           cualquier valor quita los colores

Ejemplos
  npm start                                     verlo con contactos de ejemplo
  DATABASE_URL=postgres://… npm run check       verificar el estado actual
  DATABASE_URL=postgres://… npm start           ejecutar la limpieza
  npm run check -- --token-limit 500000         probar otro límite (solo lee)
  npm start -- --export respaldo                exportar antes de limpiar
  npm run restore                               lista lo que se puede restaurar
  npm run restore -- 7                          restaurar los de la fila 7
  npm run --silent check -- --json              para un script

Estado de salida: 0; 1 después de un error, que es una línea en inglés en la
salida de errores; 130 después de Ctrl-C.
`;
