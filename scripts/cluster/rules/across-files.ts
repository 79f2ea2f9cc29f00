import { lintError, lintWarning } from '../findings/finding.ts';
import type { LintFinding } from '../findings/finding.ts';
import type { ClusterModel } from '../model.ts';
import type { DocumentPath } from '../text/document-path.ts';
import { hostOf, networksOverlap, parseAddress } from '../values/address.ts';
import type { Address } from '../values/address.ts';
import { memberOf } from '../vrrp-groups.ts';
import type { VrrpGroupModel, VrrpInstanceModel } from '../vrrp-model.ts';

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
): readonly LintFinding[] {
  return earlier.flatMap((other) => [
    ...routerIds(later.cluster, other),
    ...addresses(later.cluster, other),
    ...hostnames(later.cluster, other),
  ]);
}

function routerIds(cluster: ClusterModel, other: NamedCluster): readonly LintFinding[] {
  const { groups } = cluster.vrrp;
  return groups.flatMap((group, index) => {
    const path = groups.length === 1 ? ['vrrp'] : ['vrrp', index];
    const rivals = other.cluster.vrrp.groups.map((rival) => routerIdClash(group, rival));
    const [worst] = [...rivals].sort((a, b) => SHARES.indexOf(b.share) - SHARES.indexOf(a.share));
    return worst === undefined ? [] : sharedId(worst, other.name, [...path, 'virtual_router_id']);
  });

  function routerIdClash(ours: VrrpGroupModel, theirs: VrrpGroupModel): IdClash {
    const clash = sharedInstance(ours, theirs);
    if (clash === undefined) return { id: 0, share: 'no' };
    const share = shareLan([ours, cluster], [theirs, other.cluster]);
    return { id: clash.virtualRouterId, share };
  }
}

const SHARES = ['no', 'maybe', 'yes'] as const;

interface IdClash {
  readonly id: number;
  /** Whether the two are on one LAN. */
  readonly share: (typeof SHARES)[number];
}

function sharedId(
  { id, share }: IdClash,
  name: string,
  path: DocumentPath,
): readonly LintFinding[] {
  if (share === 'no') return [];
  const message = `virtual_router_id ${id} is also that of ${name}`;
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

/** The instance of the first group whose identity one of the second has as well. */
function sharedInstance(
  ours: VrrpGroupModel,
  theirs: VrrpGroupModel,
): VrrpInstanceModel | undefined {
  return ours.instances.find((own) =>
    theirs.instances.some(
      ({ family, virtualRouterId }) =>
        family === own.family && virtualRouterId === own.virtualRouterId,
    ),
  );
}

type GroupOfCluster = readonly [group: VrrpGroupModel, cluster: ClusterModel];

/** Different subnets may still share a wire, and DHCP says nothing: `maybe`. */
function shareLan(a: GroupOfCluster, b: GroupOfCluster): IdClash['share'] {
  if (a[0].transport === 'unicast' && b[0].transport === 'unicast') return 'no';
  const [ours, theirs] = [vrrpNetworks(...a), vrrpNetworks(...b)];
  const overlap = ours.some((network) => theirs.some((other) => networksOverlap(network, other)));
  return overlap ? 'yes' : 'maybe';
}

function vrrpNetworks(group: VrrpGroupModel, { nodes }: ClusterModel): readonly Address[] {
  return nodes.flatMap((node) =>
    node.interfaces
      .filter(({ name }) => name === memberOf(group, node).interface)
      .flatMap((entry) => entry.addresses.flatMap((text) => parseAddress(text) ?? [])),
  );
}

interface PlacedAddress {
  readonly host: string;
  readonly what: string;
  readonly path: DocumentPath;
}

function addresses(cluster: ClusterModel, other: NamedCluster): readonly LintFinding[] {
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
    ...vrrp.groups.flatMap(({ instances }, index) => {
      const path = vrrp.groups.length === 1 ? ['vrrp', 'vip'] : ['vrrp', index, 'vip'];
      return instances.flatMap((it) => it.addresses.map((vip) => place(vip, 'a VIP', path)));
    }),
    ...nodes.flatMap(({ hostname, interfaces }, index) =>
      interfaces.flatMap((entry) =>
        entry.addresses.map((text) =>
          place(text, `the address of ${hostname}`, ['nodes', index, 'address']),
        ),
      ),
    ),
  ];
}

function hostnames(cluster: ClusterModel, other: NamedCluster): readonly LintFinding[] {
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
