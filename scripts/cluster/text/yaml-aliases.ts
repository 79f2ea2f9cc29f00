import { isAlias, isMap, isNode, isScalar, isSeq, visit } from 'yaml';
import type { Alias, Document } from 'yaml';

/** The first alias that stands inside the very value that its anchor names: such a value has no end. */
export function cyclicAlias(document: Document): Alias | undefined {
  let found: Alias | undefined;
  visit(document, {
    Alias: (_, alias, ancestors) => {
      const target = alias.resolve(document);
      if (target === undefined || !ancestors.includes(target)) return undefined;
      found = alias;
      return visit.BREAK;
    },
  });
  return found;
}

/** Whether a key is the merge key `<<` of YAML 1.1, whose values stand for keys of the mapping around it. */
export function isMergeKey(key: unknown): boolean {
  if (!isScalar(key)) return false;
  // The parser makes a symbol of it.
  return typeof key.value === 'symbol' ? key.value.description === '<<' : key.value === '<<';
}

/** What an alias stands for; any other node as it is. */
export function resolveAlias(node: unknown, document: Document | undefined): unknown {
  return isAlias(node) && document !== undefined ? node.resolve(document) : node;
}

/** Something that the parser lets through and the conversion to plain data gives up on, or makes into another key. */
export interface YamlProblem {
  readonly message: string;
  readonly hint: string;
  /** Offsets in the text. */
  readonly range: readonly [number, number];
}

/** The first alias without an anchor, merge key without a mapping, or key that is no word. */
export function unusableNode(document: Document): YamlProblem | undefined {
  let found: YamlProblem | undefined;
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return undefined;
      const message = `there is no &${alias.source} above that *${alias.source} could stand for`;
      const hint = 'Name the anchor before its alias; put a value that begins with * in quotes.';
      found = { message, hint, range: rangeOf(alias) };
      return visit.BREAK;
    },
    Pair: (_, { key, value }) => {
      if (isMergeKey(key)) {
        const sources = sourcesOf(value, document);
        if (sources.every((source) => isMap(source))) return undefined;
        const message = '<< brings in the keys of mappings, and this is none';
        const hint = 'Give it the alias of a mapping, or a list of such.';
        found = { message, hint, range: rangeOf(value) };
        return visit.BREAK;
      }
      if (isScalar(key) ? key.value !== null : isAlias(key)) return undefined;
      const message = isNode(key) && !isScalar(key) ? 'a key is one word' : 'a key is missing here';
      found = { message, hint: 'Write KEY: VALUE.', range: rangeOf(key, value) };
      return visit.BREAK;
    },
  });
  return found;
}

function sourcesOf(value: unknown, document: Document): readonly unknown[] {
  const node = resolveAlias(value, document);
  return isSeq(node) ? node.items.map((item) => resolveAlias(item, document)) : [node];
}

function rangeOf(...nodes: readonly unknown[]): readonly [number, number] {
  for (const node of nodes) {
    const range = isNode(node) ? node.range : undefined;
    if (range) return [range[0], Math.max(range[1], range[0] + 1)];
  }
  return [0, 1];
}
