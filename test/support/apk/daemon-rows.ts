import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** A haproxy and a keepalived that the rendered files are put before. */
export interface DaemonRow {
  readonly name: string;
  readonly haproxy: readonly string[];
  readonly keepalived: readonly string[];
}

/** Debian 12's: haproxy 2.6 and keepalived 2.2.7, older than those of any branch. */
const HOST: DaemonRow = { name: 'the host', haproxy: ['haproxy'], keepalived: ['keepalived'] };

/**
 * The host's daemons, and further ones below the folder that VIPISO_TEST_DAEMONS names, as
 * `haproxy-<version>/haproxy` and `keepalived-<version>/keepalived`.
 */
export function daemonRows(): readonly DaemonRow[] {
  const folder = process.env['VIPISO_TEST_DAEMONS'];
  if (folder === undefined) return [HOST];
  const programs = (name: string) =>
    readdirSync(folder)
      .filter((entry) => entry.startsWith(`${name}-`))
      .map((entry) => path.join(folder, entry, name))
      .filter((program) => existsSync(program));
  const further = { haproxy: programs('haproxy'), keepalived: programs('keepalived') };
  if (further.haproxy.length + further.keepalived.length === 0) {
    throw new Error(`VIPISO_TEST_DAEMONS has no haproxy or keepalived: ${folder}`);
  }
  return [HOST, { name: folder, ...further }];
}
