import { readFileSync } from 'node:fs';
import path from 'node:path';
import { sha256 } from '../../core/digest.ts';
import { writeFileAtomic } from '../fs/atomic-file.ts';
import { ioError, isErrno } from '../fs/errno.ts';
import type { Host } from '../host.ts';
import { useCache } from './lease.ts';
import { markUsed } from './mark-used.ts';

const DIGEST_BYTES = 64;

/**
 * A small cache of things computed from inputs (a parsed index): `<cache>/<kind>/<key>`, where `key` is a
 * digest of the inputs and of the format's version. The file begins with the digest of the rest, so that a
 * damaged entry counts as absent.
 *
 * @throws VipisoError permission, io
 */
export async function readDerived(
  host: Host,
  kind: string,
  key: string,
): Promise<Buffer | undefined> {
  await useCache(host);
  const file = path.join(host.cacheFolder, kind, key);
  try {
    // In one call: the asynchronous one fetches megabytes piece by piece, via other threads.
    const bytes = readFileSync(file);
    const content = bytes.subarray(DIGEST_BYTES);
    await markUsed(host, file);
    return bytes.toString('latin1', 0, DIGEST_BYTES) === sha256(content) ? content : undefined;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    throw ioError(error, 'read the cache', file);
  }
}

/** @param pieces of the content, in their order: to join megabytes would double them for a moment */
export async function writeDerived(
  host: Host,
  kind: string,
  key: string,
  ...pieces: readonly Uint8Array[]
): Promise<void> {
  await useCache(host);
  const whole = [Buffer.from(sha256(...pieces), 'latin1'), ...pieces];
  await writeFileAtomic(path.join(host.cacheFolder, kind, key), whole, { flush: false });
}
