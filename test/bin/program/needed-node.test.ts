import { expect, test } from 'vitest';
import { isNodeNewEnough } from '../../../bin/local/program/needed-node.ts';

test.each([
  ['18.20.4', false],
  ['20.19.0', false],
  ['22.9.0', false],
  ['22.14.0', false],
  ['22.15.0', true],
  ['24.0.0', true],
  ['100.0.0', true],
])('the package takes a Node.js of version %s: %j', (version, takes) => {
  expect(isNodeNewEnough(version)).toBe(takes);
});
