// CommonJS and plain JavaScript, as is whatever requires it: a Node.js that cannot run TypeScript refuses an ES module
// named .ts before a line of it has run, but reads a .ts file of a CommonJS package as if it were JavaScript.

/**
 * Starts a program that is written in TypeScript, or says in one sentence which Node.js it needs.
 *
 * @param {() => Promise<unknown>} start imports it
 */
module.exports = function onTypeScriptNode(start) {
  if (process.features.typescript) return start();
  console.error(
    `Node.js 24 is needed (this is ${process.versions.node}): "npm ci" without --ignore-scripts installs it for this ` +
      'project, and "npm start", "npx cdk" and "npx node" then use it.',
  );
  process.exitCode = 1;
};
