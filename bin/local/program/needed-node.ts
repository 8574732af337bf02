/** The oldest Node.js on which the compiled files are tried. */
export const NEEDED_NODE = '22.15.0';

/** @param version as `process.versions.node` has it */
export function isNodeNewEnough(version: string): boolean {
  return version.localeCompare(NEEDED_NODE, 'en', { numeric: true }) >= 0;
}
