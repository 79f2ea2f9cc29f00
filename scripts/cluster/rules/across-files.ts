import { hostOf, networksOverlap, parseAddress } from '../address.ts';
import type { Address } from '../address.ts';
import type { DocumentPath } from '../document-path.ts';
import type { Finding } from '../finding.ts';
import { lintError, lintWarning } from '../finding.ts';
import type { ClusterModel } from '../model.ts';

/** A cluster and the name of its file. */
export interface NamedCluster {
  readonly name: string;
  readonly cluster: ClusterModel;
}

/**
 * Clashes of one cluster with those of the files given before it: VRRP identities on one LAN, virtual
 * addresses, node addresses, host names.
 */
export function acrossFileFindings(
  later: NamedCluster,
  earlier: readonly NamedCluster[],
): readonly Finding[] {
  return earlier.flatMap((other) => [
    ...routerIds(later.cluster, other),
    ...addresses(later.cluster, other),
    ...hostnames(later.cluster, other),
  ]);
}

function routerIds(cluster: ClusterModel, other: NamedCluster): readonly Finding[] {
  const clash = cluster.vrrp.instances.find((own) =>
    other.cluster.vrrp.instances.some(
      ({ family, virtualRouterId }) =>
        family === own.family && virtualRouterId === own.virtualRouterId,
    ),
  );
  const share = clash === undefined ? 'no' : shareLan(cluster, other.cluster);
  if (clash === undefined || share === 'no') return [];
  const id = clash.virtualRouterId;
  const message = `virtual_router_id ${id} is also that of ${other.name}`;
  const path = ['vrrp', 'virtual_router_id'];
  const hint = `Use another number, such as ${id === 255 ? 254 : id + 1}.`;
  return share === 'yes'
    ? [
        lintError(
          'duplicate',
          path,
          `${message}, on the same subnet: each pair would take the other's adverts for its own, and one loses its VIP`,
          hint,
        ),
      ]
    : [
        lintWarning(
          'duplicate',
          path,
          `${message}: if both pairs are on one LAN, one loses its VIP`,
          hint,
        ),
      ];
}

/** Different subnets may still share a wire, and DHCP says nothing: `maybe`. */
function shareLan(a: ClusterModel, b: ClusterModel): 'yes' | 'maybe' | 'no' {
  if (a.vrrp.transport === 'unicast' && b.vrrp.transport === 'unicast') return 'no';
  const [ours, theirs] = [vrrpNetworks(a), vrrpNetworks(b)];
  const overlap = ours.some((network) => theirs.some((other) => networksOverlap(network, other)));
  return overlap ? 'yes' : 'maybe';
}

function vrrpNetworks({ nodes }: ClusterModel): readonly Address[] {
  return nodes.flatMap(({ interfaces, vrrpInterface }) =>
    interfaces
      .filter(({ name }) => name === vrrpInterface)
      .flatMap((entry) => entry.addresses.flatMap((text) => parseAddress(text) ?? [])),
  );
}

interface PlacedAddress {
  readonly host: string;
  readonly what: string;
  readonly path: DocumentPath;
}

function addresses(cluster: ClusterModel, other: NamedCluster): readonly Finding[] {
  const theirs = new Map(addressesOf(other.cluster).map(({ host, what }) => [host, what]));
  return addressesOf(cluster).flatMap(({ host, what, path }) => {
    const owner = theirs.get(host);
    if (owner === undefined) return [];
    return [
      lintError(
        'duplicate',
        path,
        `${host}, ${what}, is also ${owner} in ${other.name}`,
        'Choose a free address.',
      ),
    ];
  });
}

function addressesOf({ vrrp, nodes }: ClusterModel): readonly PlacedAddress[] {
  const place = (text: string, what: string, path: DocumentPath) => ({
    host: hostOf(text),
    what,
    path,
  });
  return [
    ...vrrp.instances.flatMap((instance) =>
      instance.addresses.map((vip) => place(vip, 'a VIP', ['vrrp', 'vip'])),
    ),
    ...nodes.flatMap(({ hostname, interfaces }, index) =>
      interfaces.flatMap((entry) =>
        entry.addresses.map((text) =>
          place(text, `the address of ${hostname}`, ['nodes', index, 'address']),
        ),
      ),
    ),
  ];
}

function hostnames(cluster: ClusterModel, other: NamedCluster): readonly Finding[] {
  const theirs = new Set(other.cluster.nodes.map(({ hostname }) => hostname));
  return cluster.nodes.flatMap(({ hostname }, index) =>
    theirs.has(hostname)
      ? [
          lintWarning(
            'duplicate',
            ['nodes', index, 'hostname'],
            `${other.name} has a node ${hostname} too: logs and ISOs of the two look alike`,
          ),
        ]
      : [],
  );
}
