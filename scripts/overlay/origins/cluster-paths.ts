import type { ClusterModel } from '../../cluster/model.ts';
import type { DocumentPath } from '../../cluster/text/document-path.ts';
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
      return captured === undefined
        ? []
        : targets.flatMap((target) => inGroups(fill(target, captured, owner), part, owner));
    });
    const known = found.filter((it) => it !== undefined);
    if (known.length > 0) return known;
  }
  return [];
}

/** A path below `vrrp` as it is where that is a list of groups: in the value's own group, else in any of them. */
function inGroups(
  path: DocumentPath | undefined,
  view: ViewPath,
  { cluster }: ViewOwner,
): readonly (DocumentPath | undefined)[] {
  const [root, ...rest] = path ?? [];
  if (root !== 'vrrp') return [path];
  const { groups } = cluster.vrrp;
  const own = groupIndex(view, groups);
  const listed = groups
    .map((_, index) => ['vrrp', index, ...rest])
    .filter((_, index) => own === undefined || index === own);
  return groups.length === 1 ? [path, ...listed] : listed;
}

function groupIndex(
  [first, second, third]: ViewPath,
  groups: ClusterModel['vrrp']['groups'],
): number | undefined {
  if (first === 'vrrpGroups' && typeof second === 'number') return second;
  if (first !== 'keepalived' || second !== 'instances' || typeof third !== 'number')
    return undefined;
  const owners = groups.flatMap(({ instances }, group) => instances.map(() => group));
  return owners[third];
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
