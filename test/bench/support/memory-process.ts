// A cleanup in a process of its own: node memory-process.ts URL THREADS. Prints the most memory that it had, in kB.
import { resourceUsage } from 'node:process';
import { cleanUpAll } from './cleanup.ts';

const [url = '', threads] = process.argv.slice(2);
await cleanUpAll(url, Number(threads));
console.log(resourceUsage().maxRSS);
