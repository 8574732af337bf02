import {
  DEFAULT_AUDIT_TABLE,
  DEFAULT_CLIENT_VIEW,
  DEFAULT_MAX_CLEARED_SHARE,
  DEFAULT_TOKEN_LIMIT,
} from '../../../lambda/input/values.ts';
import { CONTACT_COUNT } from '../sample/contacts.ts';

/** Lo que muestra `--help`, en 80 columnas. */
export const helpEs = `Limpia los threads de IA de WhatsApp que alcanzaron el límite de tokens y los
registra en una tabla de auditoría, desde la cual se pueden restaurar.

Uso
  node bin/local.ts [comando] [opciones]
  npm start -- [opciones]            lo mismo que el comando "cleanup"
  npm run check -- [opciones]        lo mismo que el comando "check"
  npm run restore -- [opciones]      lo mismo que el comando "restore"

Comandos
  cleanup            muestra el estado, limpia cada thread en el límite o por
                     encima, y muestra otra vez el estado y el registro de
                     auditoría (es el comando por defecto)
  check              muestra el estado actual; solo lee
  restore N          restaura los threads del registro de auditoría N
  restore --request-id X
                     restaura los threads de una ejecución completa
  restore            lista las últimas ejecuciones para elegir; solo lee

Opciones de cleanup y check
  --token-limit N    tokens a partir de los que se limpia, en vez de TOKEN_LIMIT

Opciones de cleanup
  --force            limpia más de lo que permite MAX_CLEARED_SHARE, una vez
  --export CARPETA   antes de limpiar un lote, guarda sus filas completas en
                     CARPETA/exports/AAAA/MM/DD/REQUEST-ID/UNICO.ndjson.gz

Opciones de todos
  --json             imprime el resultado como JSON y nada más
  -h, --help         imprime esto

Variables
  DATABASE_URL       postgres://USUARIO:CLAVE@HOST:PUERTO/BASE
                     Sin ella: un PostgreSQL integrado con ${CONTACT_COUNT} contactos de
                     ejemplo, que se elimina al terminar.
  TOKEN_LIMIT        tokens a partir de los que se limpia (por defecto ${DEFAULT_TOKEN_LIMIT})
  TABLE_NAME         tabla o esquema.tabla (por defecto ${DEFAULT_CLIENT_VIEW})
  AUDIT_TABLE_NAME   tabla o esquema.tabla (por defecto ${DEFAULT_AUDIT_TABLE})
  MAX_CLEARED_SHARE  máximo % de threads activos a limpiar (por defecto ${DEFAULT_MAX_CLEARED_SHARE})
  AUDIT_RETENTION_DAYS
                     días que se conserva la auditoría (por defecto, siempre)
  LANGUAGE           en o es (por defecto en)
  TIMEZONE           zona horaria de las fechas, como America/Bogota (por
                     defecto UTC)
  NO_COLOR           con cualquier valor: sin colores

Ejemplos
  npm start                                     verlo con contactos de ejemplo
  DATABASE_URL=postgres://… npm run check       verificar el estado actual
  DATABASE_URL=postgres://… npm start           ejecutar la limpieza
  npm run check -- --token-limit 500000         ¿qué limpiaría otro límite?
  npm start -- --export respaldo                exportar antes de limpiar
  npm run restore                               ¿qué se puede deshacer?
  npm run restore -- 7                          deshacer el registro 7
  npm run --silent check -- --json              para un script

Estado de salida: 0, o 1 después de un error, que es una línea en la salida de
errores (en inglés); 130 después de Ctrl-C.
`;
