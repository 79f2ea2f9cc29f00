import { accessSync, constants } from 'node:fs';
import path from 'node:path';

/** Debian keeps administrators' tools in folders that a user's PATH leaves out. */
const FOLDERS = [
  ...(process.env['PATH'] ?? '').split(':'),
  '/usr/local/sbin',
  '/usr/sbin',
  '/sbin',
];

/**
 * Whether all named tools are installed, for `describe.runIf`. On a laptop a test without its tools is skipped;
 * in CI a missing tool is an error, because a skipped proof proves nothing.
 */
export function requireTools(...names: readonly string[]): boolean {
  const missing = names.filter(
    (name) => !FOLDERS.some((folder) => isExecutable(path.join(folder, name))),
  );
  if (missing.length > 0 && process.env['CI'] !== undefined) {
    throw new Error(`These tools are missing: ${missing.join(', ')}. Run "npm run setup".`);
  }
  return missing.length === 0;
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    // Not there or not executable: the next folder may have it.
    return false;
  }
}
