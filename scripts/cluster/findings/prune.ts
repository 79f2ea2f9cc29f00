import type { DocumentPath } from '../text/document-path.ts';

/** A document without some of its values, and the way back from its paths to the original ones. */
export interface Pruned {
  readonly value: unknown;
  /** Path in the original document of a path in the pruned one (list items move up when one is cut). */
  original(path: DocumentPath): DocumentPath;
}

/**
 * Cuts values out of a document: what the schema refused goes, so that the cross-field rules can judge the
 * rest and all mistakes of a file are reported at once.
 */
export function prune(value: unknown, cuts: readonly DocumentPath[]): Pruned {
  const cutSet = new Set(cuts.map((path) => JSON.stringify(path)));
  const moved = new Map<string, number>();
  const copy = (node: unknown, from: DocumentPath, to: DocumentPath): unknown => {
    const keep = (part: string | number) => !cutSet.has(JSON.stringify([...from, part]));
    if (Array.isArray(node)) {
      const kept = node.map((_, index) => index).filter(keep);
      return kept.map((index, place) => {
        moved.set(JSON.stringify([...to, place]), index);
        return copy(node[index], [...from, index], [...to, place]);
      });
    }
    if (node === null || typeof node !== 'object') return node;
    const entries = Object.entries(node).filter(([key]) => keep(key));
    return Object.fromEntries(
      entries.map(([key, item]) => [key, copy(item, [...from, key], [...to, key])]),
    );
  };
  return {
    value: cutSet.has('[]') ? undefined : copy(value, [], []),
    original: (path) =>
      path.map((part, index) => moved.get(JSON.stringify(path.slice(0, index + 1))) ?? part),
  };
}
