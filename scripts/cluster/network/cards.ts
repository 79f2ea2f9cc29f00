import type { CardModel, ClusterModel, InterfaceModel, NodeModel } from '../model.ts';
import { mainInterface } from '../vrrp-groups.ts';

/** Name of what an interface is on: the parent of a VLAN, else itself. */
export function linkNameOf({ name, vlan }: Pick<InterfaceModel, 'name' | 'vlan'>): string {
  return vlan?.parent ?? name;
}

/** The interface that carries VRRP and the VIPs, of the first group where there are several. */
export function carrierOf(
  cluster: Pick<ClusterModel, 'vrrp'>,
  node: NodeModel,
): InterfaceModel | undefined {
  const main = mainInterface(cluster, node);
  return node.interfaces.find(({ name }) => name === main);
}

/** The network cards that interfaces need, each once: members of bonds, and what is not a bond itself. */
export function cardsOf(interfaces: readonly InterfaceModel[]): readonly CardModel[] {
  const cards = new Map<string, CardModel>();
  for (const entry of interfaces) {
    const { bond, mac } = entry;
    for (const card of bond?.members ?? [{ name: linkNameOf(entry), mac }])
      cards.set(card.name, { name: card.name, mac: card.mac ?? cards.get(card.name)?.mac });
  }
  return [...cards.values()];
}
