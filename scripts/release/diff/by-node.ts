import type { SubjectImage } from './subject.ts';

/** The images of one node on both sides. */
export interface NodePair {
  readonly node: string;
  readonly before: SubjectImage;
  readonly after: SubjectImage;
}

/**
 * What changes node by node, told once for all nodes that it is the same for, in the order of their first mention.
 *
 * @param changesOf of one node
 */
export function byNode<Change extends object>(
  pairs: readonly NodePair[],
  changesOf: (pair: NodePair) => readonly Change[],
): readonly (Change & { readonly nodes: readonly string[] })[] {
  const found = new Map<string, { readonly change: Change; readonly nodes: string[] }>();
  for (const pair of pairs) {
    for (const change of changesOf(pair)) {
      const key = JSON.stringify(change);
      const known = found.get(key);
      if (known === undefined) found.set(key, { change, nodes: [pair.node] });
      else known.nodes.push(pair.node);
    }
  }
  return [...found.values()].map(({ change, nodes }) => ({ ...change, nodes }));
}

/** Words that name the build itself change whenever anything does. */
export function withoutBuildName(text: string): string {
  return text.replace(/vipiso-[0-9a-f]{8}\b/g, 'vipiso-*');
}
