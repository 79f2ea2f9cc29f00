import { digestOf } from '../../../core/digest.ts';
import type { Sha256 } from '../../../core/digest.ts';
import type { Lockfile } from './schema.ts';

/**
 * What a lock decides of an image, as one digest. Where its repositories and scripts were read from is not part of it:
 * mirrors are equivalent, and an image must be the same bytes wherever its cluster file lies.
 */
export function lockDigest({ repositories, aports, ...rest }: Lockfile): Sha256 {
  return digestOf({
    ...rest,
    repositories: repositories.map(({ name, tag, index }) => ({ name, tag, index })),
    aports: aports?.sha256,
  });
}
