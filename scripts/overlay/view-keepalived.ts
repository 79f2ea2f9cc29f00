import type {
  ClusterModel,
  HealthScriptModel,
  NodeModel,
  VrrpInstanceModel,
} from '../cluster/model.ts';
import { advertisedAddresses } from './link-local-vip.ts';
import type { Probe } from './probe.ts';
import { servicesByRunlevel } from './runlevels.ts';
import { addressesOn } from './view-network.ts';
import type { View } from './view-schema.ts';

type Keepalived = View['keepalived'];

export function keepalivedView(
  cluster: ClusterModel,
  node: NodeModel,
  probe: Probe | undefined,
): Keepalived {
  const { vrrp, raw } = cluster;
  const { emailTo, ...notify } = vrrp.notify;
  return {
    version: vrrp.version,
    advertInt: vrrp.advertInt,
    processPriority: vrrp.processPriority,
    ...notify,
    emailTo: [...emailTo],
    nopreempt: vrrp.preempt.mode === 'nopreempt',
    preemptDelay: vrrp.preempt.mode === 'preempt' ? vrrp.preempt.delay : 0,
    authPass: vrrp.authPass,
    garp: { ...vrrp.garp },
    check: checkView(cluster),
    probe: probe && { address: probe.address, port: probe.port, seconds: patience(vrrp.check) },
    instances: vrrp.instances.map((instance) => instanceView(instance, cluster, node)),
    startsAfter: servicesByRunlevel(cluster).default.filter((name) => name !== 'keepalived'),
    rawGlobal: [...raw.keepalivedGlobal],
    rawInstance: [...raw.keepalivedInstance],
  };
}

function checkView({ vrrp }: ClusterModel): Keepalived['check'] {
  const { name, user, interval, weight, timeout, fall, rise, trackProcess } = vrrp.check;
  const maySignal = user === 'root';
  const settle = interval * (fall ?? 1) + (timeout ?? interval);
  return { name, user, maySignal, interval, weight, timeout, fall, rise, trackProcess, settle };
}

/** keepalived gives a check up after its timeout, or its interval where none is set; the script need not be longer. */
function patience({ timeout, interval }: HealthScriptModel): number {
  return timeout ?? Math.max(1, Math.ceil(interval));
}

function instanceView(
  instance: VrrpInstanceModel,
  cluster: ClusterModel,
  node: NodeModel,
): Keepalived['instances'][number] {
  const { name, virtualRouterId } = instance;
  const isUnicast = cluster.vrrp.transport === 'unicast';
  // The first address is a link-local one where adverts are multicast: unicast ones may come from another link.
  const addresses = isUnicast ? instance.addresses : advertisedAddresses(instance);
  const unicast = isUnicast ? unicastOf(instance, cluster, node) : {};
  return {
    name,
    virtualRouterId,
    addresses: addresses.map(shortAddress),
    unicastPeers: [],
    ...unicast,
  };
}

/** keepalived's own default prefix need not be written, and most people do not. */
function shortAddress(cidr: string): string {
  return cidr.replace(cidr.includes(':') ? /\/128$/ : /\/32$/, '');
}

function unicastOf({ family }: VrrpInstanceModel, cluster: ClusterModel, node: NodeModel) {
  return {
    unicastSource: addressesOn(node, node.vrrpInterface, family)[0],
    unicastPeers: peersOf(cluster, node)
      .map((peer) => addressesOn(peer, peer.vrrpInterface, family)[0])
      .filter((address) => address !== undefined),
  };
}

export function peersOf(cluster: ClusterModel, node: NodeModel): readonly NodeModel[] {
  return cluster.nodes.filter(({ hostname }) => hostname !== node.hostname);
}
