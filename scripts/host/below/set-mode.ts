import { constants } from 'node:fs';
import { chmod, open } from 'node:fs/promises';
import { O_PATH } from './folder-below.ts';

/** Set-user-id and set-group-id, chmod(2). */
export const PRIVILEGE_BITS = 0o6000;

/** Sets the permission bits of a file or folder. A link is refused by the kernel: it has none. */
export async function setMode(place: string, mode: number): Promise<void> {
  const handle = await open(place, O_PATH | constants.O_NOFOLLOW);
  try {
    await chmod(`/proc/self/fd/${handle.fd}`, mode);
  } finally {
    await handle.close();
  }
}
