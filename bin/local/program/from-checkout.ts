import { join } from 'node:path';
import { CONTACT_COUNT } from '../sample/contacts.ts';
import { createSampleDatabase } from '../sample/database.ts';
import type { Program } from './program.ts';

const afterDashes = (args: readonly string[]) => (args.length === 0 ? '' : ` -- ${args.join(' ')}`);

/** The scripts of a checkout, which npm starts. */
export const fromCheckout: Program = {
  throughNpm: true,
  typed: (command, ...args) => `npm run ${command}${afterDashes(args)}`,
  piped: (command, ...args) => `npm run -s ${command}${afterDashes(args)}`,
  nightly: {
    folder: join(import.meta.dirname, '../../..'),
    // `npm ci` installs the Node.js that runs the TypeScript files, whatever the machine has.
    node: join('node_modules', '.bin', 'node'),
    file: 'bin/local.ts',
  },
  demo: {
    typed: (...args) => `npm start${afterDashes(args)}`,
    contacts: CONTACT_COUNT,
    createDatabase: createSampleDatabase,
  },
};
