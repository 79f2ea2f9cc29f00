import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { compareStrings } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { fileInside, resolveInside } from '../root/resolve-inside.ts';

/** Where a kernel package put its files; paths are on the host. */
export interface KernelFiles {
  /** `6.6.31-0-virt`: the folder below lib/modules, and what uname -r will say. */
  readonly version: string;
  readonly kernel: string;
  readonly config: string;
  readonly systemMap: string;
}

/**
 * Finds the one kernel of a flavour in a root, by the names update-kernel knows.
 * @throws VipisoError image-wrong
 */
export async function findKernel(root: string, flavour: string): Promise<KernelFiles> {
  const version = await kernelVersion(root, flavour);
  const bootFile = async (name: string): Promise<string> => {
    const candidates = [`boot/${name}-${version}`, `boot/${name}-${flavour}`, `boot/${name}`];
    for (const candidate of candidates) {
      const file = await fileInside(root, candidate);
      if (file !== undefined) return file;
    }
    throw wrong(`linux-${flavour} holds none of ${candidates.join(', ')}`);
  };
  return {
    version,
    kernel: await bootFile('vmlinuz'),
    config: await bootFile('config'),
    systemMap: await bootFile('System.map'),
  };
}

/** Alpine's kernel packages write their release down; a kernel of other making is known by being the only one. */
async function kernelVersion(root: string, flavour: string): Promise<string> {
  const note = await fileInside(root, `usr/share/kernel/${flavour}/kernel.release`);
  if (note !== undefined) return (await readFile(note, 'utf8')).trim();
  const modules = path.join(root, await resolveInside(root, 'lib/modules'));
  const versions = (await readdir(modules)).sort(compareStrings);
  const [version, ...others] = versions;
  if (version !== undefined && others.length === 0) return version;
  throw wrong(
    version === undefined
      ? `linux-${flavour} holds no modules: there is nothing in lib/modules`
      : `which kernel is linux-${flavour}? lib/modules holds ${versions.join(', ')}`,
  );
}

function wrong(message: string): VipisoError {
  return new VipisoError('image-wrong', message, {
    hint: 'Check that the repositories hold a kernel package of this flavour (alpine.kernel).',
  });
}
