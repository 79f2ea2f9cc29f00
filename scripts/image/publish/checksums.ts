import { compareStrings } from '../../core/digest.ts';
import type { Sha256 } from '../../core/digest.ts';

/** The text of SHA256SUMS, which `sha256sum -c` checks: one line per file name, sorted. */
export function formatChecksums(files: ReadonlyMap<string, Sha256>): string {
  return [...files]
    .sort(([a], [b]) => compareStrings(a, b))
    .map(([name, digest]) => `${digest}  ${name}\n`)
    .join('');
}
