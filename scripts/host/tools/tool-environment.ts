import path from 'node:path';
import type { Host } from '../host.ts';

/** Debian and Fedora keep `ip`, `haproxy`, `depmod` where an ordinary account's PATH does not look. */
const SYSTEM_FOLDERS = [
  '/usr/local/sbin',
  '/usr/sbin',
  '/sbin',
  '/usr/local/bin',
  '/usr/bin',
  '/bin',
];

/** The folders that programs are looked for in: the user's PATH first, then the system's own folders. */
export function searchPath(host: Pick<Host, 'env'>): readonly string[] {
  const folders = (host.env['PATH'] ?? '')
    .split(path.delimiter)
    .filter((it) => path.isAbsolute(it));
  return [...new Set([...folders, ...SYSTEM_FOLDERS])];
}

/**
 * The whole environment of a tool: nothing of the user's shell but PATH, so that locale, time zone and
 * per-user settings cannot change what it writes. HOME is a folder that does not exist: tools read start-up
 * files there (`~/.xorrisorc`, `~/.mtoolsrc`), and one in a shared /tmp could be planted by anyone.
 */
export function toolEnvironment(
  host: Host,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  return {
    PATH: searchPath(host).join(path.delimiter),
    HOME: '/nonexistent',
    LC_ALL: 'C',
    TZ: 'UTC',
    ...extra,
  };
}
