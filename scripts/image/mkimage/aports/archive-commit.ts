import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

/** One header and the block behind it. */
const HEAD_BYTES = 1024;
const TYPE_AT = 156;

/**
 * The commit that `git archive`, and so GitLab, leaves at the front of an archive: a comment in a global extended
 * header (git-get-tar-commit-id(1)).
 *
 * @param file absolute path of a .tar.gz archive that was read before
 * @returns undefined where there is none
 */
export async function commitOfArchive(file: string): Promise<string | undefined> {
  const head = await firstBytes(file);
  if (head.subarray(TYPE_AT, TYPE_AT + 1).toString('latin1') !== 'g') return undefined;
  return /^\d+ comment=([0-9a-f]{40})\n/.exec(
    head.subarray(HEAD_BYTES / 2).toString('latin1'),
  )?.[1];
}

async function firstBytes(file: string): Promise<Buffer> {
  let head = Buffer.alloc(0);
  const packed = createReadStream(file);
  const unpacked = packed.pipe(createGunzip());
  try {
    for await (const chunk of unpacked) {
      head = Buffer.concat([head, chunk as Buffer]);
      if (head.length >= HEAD_BYTES) break;
    }
  } finally {
    packed.destroy();
  }
  return head;
}
