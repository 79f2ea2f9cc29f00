import type { ClusterModel } from '../model.ts';
import { linkNameOf } from './cards.ts';

/** A bond, as any of the nodes has it. */
export interface BondExpectation {
  readonly name: string;
  readonly mode: string;
  /** A member loses its link: seconds until another carries the traffic, at the most. */
  readonly memberLost: number;
}

export interface ManagementExpectation {
  readonly hostname: string;
  readonly interface: string;
  /** In CIDR notation. */
  readonly addresses: readonly string[];
}

/** Each bond once, by its name. */
export function bondExpectations({ nodes }: ClusterModel): readonly BondExpectation[] {
  const bonds = new Map<string, BondExpectation>();
  for (const entry of nodes.flatMap(({ interfaces }) => interfaces)) {
    const { bond } = entry;
    const name = linkNameOf(entry);
    if (bond === undefined || bond.members.length < 2) continue;
    const memberLost = Math.max(bonds.get(name)?.memberLost ?? 0, bond.miimon / 1000);
    bonds.set(name, { name, mode: bond.mode, memberLost });
  }
  return [...bonds.values()];
}

/** Where sshd and stats listen, where there is an interface for management alone. */
export function managementExpectations({ nodes }: ClusterModel): readonly ManagementExpectation[] {
  return nodes.flatMap(({ hostname, interfaces, managementInterface: name }) => {
    const found = interfaces.find((entry) => entry.name === name);
    return found === undefined
      ? []
      : [{ hostname, interface: found.name, addresses: found.addresses }];
  });
}
