import { lstat, readlink } from 'node:fs/promises';
import path from 'node:path';
import { ioError, isErrno } from '../../../host/fs/errno.ts';
import type { SandboxPart, SandboxParts } from '../../../host/sandbox/sandbox-call.ts';

/** Programs, libraries and their settings: all that tools need of a system, and nobody's files. */
const FOLDERS = ['bin', 'etc', 'lib', 'lib64', 'sbin', 'usr'];

/**
 * The host's system as a root for mkimage. apk's settings and keys are left out: packages come from the locked
 * repository alone.
 *
 * @param root absolute path of the host's system
 */
export async function hostSystem(root: string): Promise<SandboxParts> {
  const parts: SandboxPart[] = [];
  for (const name of FOLDERS) {
    const folder = path.join(root, name);
    const kind = await kindOf(folder);
    const at = `/${name}`;
    if (kind === 'folder') parts.push({ at, folder });
    if (kind === 'link') parts.push({ at, link: await readlink(folder) });
  }
  return { parts: [...parts, { at: '/etc/apk', empty: true }] };
}

async function kindOf(folder: string): Promise<'folder' | 'link' | 'none'> {
  try {
    const about = await lstat(folder);
    if (about.isSymbolicLink()) return 'link';
    return about.isDirectory() ? 'folder' : 'none';
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return 'none';
    throw ioError(error, "look at the host's system", folder);
  }
}
