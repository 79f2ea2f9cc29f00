import type { DocumentPath } from '../../cluster/document-path.ts';
import type { ClusterModel } from '../../cluster/model.ts';
import { PATH_TABLE } from './path-table.ts';
import type { ViewPath } from './traced-view.ts';

/** Whose view a path is of. */
export interface ViewOwner {
  readonly cluster: ClusterModel;
  /** Position of the node in the cluster file. */
  readonly node: number;
}

/**
 * Where a cluster file can write what a view holds at a path, the likeliest first. Of a value that no line of the table
 * knows the place of what it is part of; empty where nothing of the file decides it.
 */
export function clusterPaths(path: ViewPath, owner: ViewOwner): readonly DocumentPath[] {
  for (let length = path.length; length > 0; length -= 1) {
    const part = path.slice(0, length);
    const found = PATH_TABLE.flatMap(([pattern, targets]) => {
      const captured = match(pattern.split('.'), part);
      return captured === undefined ? [] : targets.map((target) => fill(target, captured, owner));
    });
    const known = found.filter((it) => it !== undefined);
    if (known.length > 0) return known;
  }
  return [];
}

/** What `*` stands for, in order; undefined where the pattern is of another path. */
function match(
  pattern: readonly string[],
  path: ViewPath,
): readonly (string | number)[] | undefined {
  if (pattern.length !== path.length) return undefined;
  const captured: (string | number)[] = [];
  for (const [index, part] of pattern.entries()) {
    const actual = path[index] ?? '';
    if (part === '*') captured.push(actual);
    else if (part !== actual) return undefined;
  }
  return captured;
}

/** `$1` is what the first `*` stood for, `$node` the node, `$service` the name of the service of that position. */
function fill(
  target: string,
  captured: readonly (string | number)[],
  { cluster, node }: ViewOwner,
): DocumentPath | undefined {
  const path: (string | number)[] = [];
  for (const part of target.split('.')) {
    const value = part.startsWith('$') ? variable(part.slice(1)) : part;
    if (value === undefined) return undefined;
    path.push(value);
  }
  return path;

  function variable(name: string): string | number | undefined {
    if (name === 'node') return node;
    const first = captured[0];
    const service = typeof first === 'number' ? cluster.services[first] : undefined;
    if (name === 'service') return service?.name;
    // The firewall lists the services first, and then its own ports.
    if (name === 'serviceIndex') return service === undefined ? undefined : first;
    return captured[Number(name) - 1];
  }
}
