#!/usr/bin/env node
import { isNodeNewEnough, NEEDED_NODE } from './program/needed-node.ts';

// npm installs the package on an older Node.js, too: it only warns.
if (isNodeNewEnough(process.versions.node)) {
  const [{ installed }, { runTerminal }] = await Promise.all([
    import('./program/installed.ts'),
    import('./terminal.ts'),
  ]);
  await runTerminal(installed);
} else {
  console.error(`Node.js ${NEEDED_NODE} or later is needed (this is ${process.versions.node}). Nothing was changed.`);
  process.exitCode = 1;
}
