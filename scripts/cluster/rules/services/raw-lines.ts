import { linesOf } from '../../resolve/lists.ts';
import type { Lines } from '../../schema/scalars.ts';
import type { DocumentPath } from '../../text/document-path.ts';
import type { RuleInput } from '../rule.ts';

export interface RawLine {
  readonly line: string;
  readonly path: DocumentPath;
}

/** The user's own lines for haproxy.cfg, each with the place to point at. */
export function rawHaproxyLines({ file }: RuleInput): readonly RawLine[] {
  const raw = file.raw?.haproxy;
  const sections = (['global', 'defaults'] as const).flatMap((section) =>
    placed(raw?.[section], ['raw', 'haproxy', section]),
  );
  const named = (['frontend', 'backend'] as const).flatMap((section) =>
    Object.entries(raw?.[section] ?? {}).flatMap(([name, lines]) =>
      placed(lines, ['raw', 'haproxy', section, name]),
    ),
  );
  return [...sections, ...named];
}

function placed(written: Lines | undefined, path: DocumentPath): readonly RawLine[] {
  return linesOf(written).map((line, index) => ({
    line,
    path: [...path, ...(Array.isArray(written) ? [index] : [])],
  }));
}

/** The user's own lines for keepalived.conf, likewise. */
export function rawKeepalivedLines({ file }: RuleInput): readonly RawLine[] {
  const raw = file.raw?.keepalived;
  return (['global_defs', 'vrrp_instance'] as const).flatMap((section) =>
    placed(raw?.[section], ['raw', 'keepalived', section]),
  );
}
