import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';

interface Size {
  /** Bytes of disk. */
  readonly bytes: number;
  readonly files: number;
}

/** One unit of st_blocks (stat(2)). */
const BLOCK_BYTES = 512;

/** Counts what lies below a folder, links not followed, until it is more than `enough` of either. */
export async function folderSize(folder: string, enough: Size): Promise<Size> {
  const pending = [folder];
  let bytes = 0;
  let files = 0;
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    // What vanishes while it is counted takes no space any more.
    const names = await readdir(next, { withFileTypes: true }).catch(() => []);
    for (const entry of names) {
      const place = path.join(next, entry.name);
      files += 1;
      if (entry.isDirectory()) pending.push(place);
      else bytes += ((await lstat(place).catch(() => undefined))?.blocks ?? 0) * BLOCK_BYTES;
      if (bytes > enough.bytes || files > enough.files) return { bytes, files };
    }
  }
  return { bytes, files };
}
