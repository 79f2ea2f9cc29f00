import { isSha256 } from '../../core/digest.ts';
import type { Sha256 } from '../../core/digest.ts';
import { isReleasePath } from './layout.ts';

/**
 * Reads what `formatChecksums` writes: `<SHA-256>  <path>`, one line per file; undefined where any line is another or
 * a path comes twice.
 */
export function parseChecksums(text: string): ReadonlyMap<string, Sha256> | undefined {
  if (!text.endsWith('\n')) return undefined;
  const sums = new Map<string, Sha256>();
  for (const line of text.slice(0, -1).split('\n')) {
    const [, digest = '', path = ''] = /^([0-9a-f]{64}) {2}(.+)$/.exec(line) ?? [];
    if (!isSha256(digest) || !isReleasePath(path) || sums.has(path)) return undefined;
    sums.set(path, digest);
  }
  return sums;
}
