import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { VipisoError } from '../core/errors.ts';

/**
 * The bundled tool and the sources are at different depths below the package: walks up to its package.json.
 *
 * @throws VipisoError not-found: an incomplete installation
 */
export function findPackageRoot(from: string): string {
  for (let folder = from; folder !== path.dirname(folder); folder = path.dirname(folder)) {
    if (manifestIn(folder)?.name === 'vipiso') return folder;
  }
  throw new VipisoError('not-found', `no package.json of vipiso above ${from}`, {
    hint: 'Install vipiso again: its folder is incomplete.',
  });
}

/** Of the package that `from` lies in. */
export function readVersion(from: string): string {
  return manifestIn(findPackageRoot(from))?.version ?? '';
}

interface Manifest {
  readonly name?: string;
  readonly version?: string;
}

function manifestIn(folder: string): Manifest | undefined {
  const file = path.join(folder, 'package.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Manifest) : undefined;
}
