import { join } from 'node:path';
import { buildPackage } from './build.ts';

buildPackage(join(import.meta.dirname, '../../dist'));
