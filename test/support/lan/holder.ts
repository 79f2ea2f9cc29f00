import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

/** Command lines of all processes on this machine that we may read. */
function commandLines(): readonly string[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      return /^\d+$/.test(name) ? [readFileSync(`/proc/${name}/cmdline`, 'utf8')] : [];
    } catch {
      // It ended since the folder was read.
      return [];
    }
  });
}

export function isRunning(mark: string): boolean {
  return commandLines().some((line) => line.startsWith(`sleep\0${mark}`));
}

/** A process that holds a LAN, on which `sleep <mark>` runs. */
export function startHolder(mark: string, temporary: string, user?: number): ChildProcess {
  const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
  const entry = path.resolve(import.meta.dirname, 'lan-child.ts');
  return spawn(process.execPath, ['--import', loader, entry, mark], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env['PATH'], HOME: temporary, TMPDIR: temporary },
    ...(user === undefined ? {} : { uid: user, gid: user, cwd: '/' }),
  });
}
