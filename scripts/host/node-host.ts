import { setMaxListeners } from 'node:events';
import path from 'node:path';
import type { Host } from './host.ts';
import { findPackageRoot } from './package-root.ts';

/** The host of this process. Folders follow the XDG base directory specification; `VIPISO_CACHE` overrides. */
export function nodeHost(
  options: Pick<Host, 'report' | 'signal'> & Partial<Pick<Host, 'colour'>>,
): Host {
  const env = process.env;
  const home = env['HOME'] ?? '/';
  // Every running tool and download listens: Node would take more than ten for a leak.
  setMaxListeners(0, options.signal);
  return {
    env,
    cwd: process.cwd(),
    packageRoot: findPackageRoot(import.meta.dirname),
    systemRoot: '/',
    cacheFolder: path.resolve(
      env['VIPISO_CACHE'] ??
        path.join(env['XDG_CACHE_HOME'] ?? path.join(home, '.cache'), 'vipiso'),
    ),
    dataFolder: path.resolve(
      env['VIPISO_DATA'] ??
        path.join(env['XDG_DATA_HOME'] ?? path.join(home, '.local', 'share'), 'vipiso'),
    ),
    now: Date.now,
    colour: false,
    ...options,
  };
}
