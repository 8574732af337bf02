// The terminal. This file is read by every Node.js, so it has no syntax of TypeScript: see on-typescript-node.cjs.
require('./on-typescript-node.cjs')(() => import('./local/checkout.ts'));
