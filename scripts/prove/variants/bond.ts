import type { Document } from 'yaml';

type DocumentPath = readonly (string | number)[];

/**
 * Puts each node's address on a bond of two network cards, which may be in different switches.
 *
 * @param nodes paths of the nodes
 * @returns why the cluster file cannot be set up so
 */
export function makeBond(document: Document, nodes: readonly DocumentPath[]): string | undefined {
  if (nodes.some((path) => document.hasIn([...path, 'interfaces'])))
    return 'a node has further interfaces, whose network cards the bond would need';
  if ([['network'], ...nodes].some((path) => document.hasIn([...path, 'bond'])))
    return 'the cluster file has bonds itself';
  for (const path of [
    ['network', 'interface'],
    ['vrrp', 'interface'],
  ])
    if (document.hasIn(path)) document.deleteIn(path);
  for (const path of nodes) {
    for (const key of ['interface', 'mac'])
      if (document.hasIn([...path, key])) document.deleteIn([...path, key]);
    document.setIn([...path, 'bond'], document.createNode({ members: ['eth0', 'eth1'] }));
  }
  return undefined;
}
