import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Sha256 } from '../../core/digest.ts';
import { ioError } from './errno.ts';

/** SHA-256 of a file, read as a stream. @throws VipisoError not-found, permission, io */
export async function sha256OfFile(file: string): Promise<Sha256> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer);
  } catch (error) {
    throw ioError(error, 'read', file);
  }
  return hash.digest('hex') as Sha256;
}
