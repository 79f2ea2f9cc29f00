import { mkdir, rename } from 'node:fs/promises';
import path from 'node:path';
import { ioError, isErrno } from './errno.ts';

/**
 * Replaces files and folders that belong together by those of the same names in a work folder on the same file system. The old ones
 * go first and in the order of `names`, the new ones come in the opposite order: a run that is killed between two steps
 * leaves files of one set, never of two, and what stands first in `names` (a manifest, checksums) is there only beside
 * all the files that it speaks of. When a step fails the old set is put back.
 *
 * @throws VipisoError permission, disk-full, io
 */
export async function replaceSet(
  { from, to }: { readonly from: string; readonly to: string },
  names: readonly string[],
): Promise<void> {
  const old = path.join(from, 'replaced');
  const undo: (() => Promise<void>)[] = [];
  const move = async (source: string, target: string): Promise<void> => {
    await mkdir(path.dirname(target), { recursive: true });
    await rename(source, target);
    undo.push(async () => await rename(target, source));
  };
  try {
    await mkdir(old);
    for (const name of names) {
      await move(path.join(to, name), path.join(old, name)).catch((error: unknown) => {
        if (!isErrno(error, 'ENOENT')) throw error;
      });
    }
    for (const name of names.toReversed()) {
      await move(path.join(from, name), path.join(to, name));
    }
  } catch (error) {
    for (const step of undo.toReversed()) await step();
    throw ioError(error, 'write', to);
  }
}
