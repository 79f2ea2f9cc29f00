import { isAlias, isScalar, visit } from 'yaml';
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
