import { fromCheckout } from './program/from-checkout.ts';
import { runTerminal } from './terminal.ts';

await runTerminal(fromCheckout);
