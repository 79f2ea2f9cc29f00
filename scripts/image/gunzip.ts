import { gunzipSync } from 'node:zlib';
import { VipisoError } from '../core/errors.ts';

/** @param what names it in the message. @throws VipisoError malformed-archive: damaged, or no gzip file */
export function gunzip(bytes: Buffer, what: string): Buffer {
  try {
    return gunzipSync(bytes);
  } catch (cause) {
    throw new VipisoError('malformed-archive', `${what} is not a valid gzip archive`, { cause });
  }
}
