import type { DocumentPath } from '../document-path.ts';
import { linesOf } from '../resolve/lists.ts';
import type { RuleInput } from './rule.ts';

export interface RawLine {
  readonly line: string;
  readonly path: DocumentPath;
}

/** The user's own lines for keepalived.conf, each with the place to point at. */
export function rawKeepalivedLines({ file }: RuleInput): readonly RawLine[] {
  const raw = file.raw?.keepalived;
  return (['global_defs', 'vrrp_instance'] as const).flatMap((section) => {
    const written = raw?.[section];
    return linesOf(written).map((line, index) => ({
      line,
      path: ['raw', 'keepalived', section, ...(Array.isArray(written) ? [index] : [])],
    }));
  });
}
