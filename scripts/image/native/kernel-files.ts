import { existsSync } from 'node:fs';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { compareStrings } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { isErrno } from '../../host/errno.ts';

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
  const bootFile = (name: string): string => {
    const candidates = [`${name}-${version}`, `${name}-${flavour}`, name];
    const found = candidates
      .map((file) => path.join(root, 'boot', file))
      .find((file) => existsSync(file));
    if (found !== undefined) return found;
    throw wrong(`linux-${flavour} holds no boot/${candidates.join(', boot/')}`);
  };
  return {
    version,
    kernel: bootFile('vmlinuz'),
    config: bootFile('config'),
    systemMap: bootFile('System.map'),
  };
}

/** Alpine's kernel packages write their release down; a kernel of other making is known by being the only one. */
async function kernelVersion(root: string, flavour: string): Promise<string> {
  const note = path.join(root, 'usr/share/kernel', flavour, 'kernel.release');
  if (existsSync(note)) return (await readFile(note, 'utf8')).trim();
  const versions = (await foldersIn(path.join(root, 'lib/modules'))).sort(compareStrings);
  const [version, ...others] = versions;
  if (version !== undefined && others.length === 0) return version;
  throw wrong(
    version === undefined
      ? `linux-${flavour} holds no modules: there is nothing in lib/modules`
      : `which kernel is linux-${flavour}? lib/modules holds ${versions.join(', ')}`,
  );
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

function wrong(message: string): VipisoError {
  return new VipisoError('image-wrong', message, {
    hint: 'Check that the repositories hold a kernel package of this flavour (alpine.kernel).',
  });
}
