import { VipisoError } from '../../../core/errors.ts';
import { isFileBelow, namesBelow, readBelow } from '../../../host/below/files-below.ts';

/** Where a kernel package put its files; paths are relative to the root. */
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
      if (await isFileBelow({ root, file: candidate, links: 'inside' })) return candidate;
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

/** It becomes a part of paths and an argument of programs. */
const RELEASE = /^[0-9A-Za-z][\w.+~-]{0,63}$/;

/** Alpine's kernel packages write their release down; a kernel of other making is known by being the only one. */
async function kernelVersion(root: string, flavour: string): Promise<string> {
  const file = `usr/share/kernel/${flavour}/kernel.release`;
  const note = await readBelow({ root, file, links: 'inside' });
  const version = note === undefined ? await onlyVersion(root, flavour) : note.toString().trim();
  if (RELEASE.test(version)) return version;
  throw wrong(`linux-${flavour} names its release ${JSON.stringify(version)}`);
}

async function onlyVersion(root: string, flavour: string): Promise<string> {
  const versions = await namesBelow(root, 'lib/modules', 'inside');
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
