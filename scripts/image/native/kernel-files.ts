import { readdir } from 'node:fs/promises';
import { existsSync } from 'node:fs';
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

async function kernelVersion(root: string, flavour: string): Promise<string> {
  const versions = (await foldersIn(path.join(root, 'lib/modules')))
    .filter((name) => name.endsWith(`-${flavour}`))
    .sort(compareStrings);
  const [version, ...others] = versions;
  if (version !== undefined && others.length === 0) return version;
  throw wrong(
    version === undefined
      ? `linux-${flavour} holds no modules: there is no lib/modules/*-${flavour}`
      : `there is more than one kernel of flavour ${flavour}: ${versions.join(', ')}`,
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
