import { setMaxListeners } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { VipisoError } from '../core/errors.ts';
import type { Host } from './host.ts';

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

/**
 * The compiled tool and the sources lie at different depths below the package: walk up to its package.json.
 *
 * @throws VipisoError not-found: an incomplete installation
 */
export function findPackageRoot(from: string): string {
  for (let folder = from; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    const manifest = path.join(folder, 'package.json');
    if (existsSync(manifest) && isOurManifest(readFileSync(manifest, 'utf8'))) return folder;
  }
  throw new VipisoError('not-found', `no package.json of vipiso above ${from}`, {
    hint: 'Install vipiso again: its folder is incomplete.',
  });
}

function isOurManifest(text: string): boolean {
  return (JSON.parse(text) as { name?: unknown }).name === 'vipiso';
}
