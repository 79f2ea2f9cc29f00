import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import { memberOf } from '../../cluster/vrrp-groups.ts';
import type {
  HealthScriptModel,
  VrrpGroupModel,
  VrrpInstanceModel,
} from '../../cluster/vrrp-model.ts';
import { advertisedAddresses } from './link-local-vip.ts';
import { handsOverByFault } from './handover/handover.ts';
import { addressesOn, peersOf } from './network.ts';
import type { Probe } from './probe.ts';
import { servicesByRunlevel } from './runlevels.ts';
import { trackScriptPath } from './track-script.ts';
import type { View } from './view-schema.ts';
import { vmacOf } from './vmac.ts';

type Keepalived = View['keepalived'];

export function keepalivedView(
  cluster: ClusterModel,
  node: NodeModel,
  probe: Probe | undefined,
): Keepalived {
  const { vrrp, raw } = cluster;
  const { emailTo, ...notify } = vrrp.notify;
  return {
    version: vrrp.groups[0].version,
    processPriority: vrrp.processPriority,
    ...notify,
    emailTo: [...emailTo],
    garpAfterSplit: vrrp.garpAfterSplit,
    check: checkView(cluster),
    scripts: vrrp.scripts.map(({ name, interval, timeout, fall, rise, user }) => ({
      ...{ name, interval, timeout, fall, rise, user },
      file: `/${trackScriptPath(name)}`,
    })),
    probe: probe && { address: probe.address, port: probe.port, seconds: probeTimeout(vrrp.check) },
    instances: vrrp.groups.flatMap((group) =>
      group.instances.map((instance) => instanceView(instance, group, cluster, node)),
    ),
    startsAfter: servicesByRunlevel(cluster).default.filter((name) => name !== 'keepalived'),
    rawGlobal: [...raw.keepalivedGlobal],
    rawInstance: [...raw.keepalivedInstance],
  };
}

function checkView({ vrrp }: ClusterModel): Keepalived['check'] {
  const { name, user, interval, timeout, fall, rise, trackProcess } = vrrp.check;
  const weight = vrrp.groups[0].checkWeight;
  const maySignal = user === 'root';
  const settle = interval * (fall ?? 1) + (timeout ?? interval);
  return { name, user, maySignal, interval, weight, timeout, fall, rise, trackProcess, settle };
}

/** keepalived gives a check up after its timeout, or its interval where none is set; the script need not be longer. */
function probeTimeout({ timeout, interval }: HealthScriptModel): number {
  return timeout ?? Math.max(1, Math.ceil(interval));
}

function instanceView(
  instance: VrrpInstanceModel,
  group: VrrpGroupModel,
  cluster: ClusterModel,
  node: NodeModel,
): Keepalived['instances'][number] {
  const { name, virtualRouterId } = instance;
  const { role, priority, interface: carrier } = memberOf(group, node);
  const { version, advertInt, preempt, checkWeight } = group;
  const [first] = cluster.vrrp.groups;
  const isUnicast = group.transport === 'unicast';
  // The first address is a link-local one where adverts are multicast: unicast ones may come from another link.
  const addresses = isUnicast ? instance.addresses : advertisedAddresses(instance);
  const unicast = isUnicast ? unicastOf(instance, group, cluster, node) : {};
  return {
    name,
    state: preempt.mode === 'nopreempt' ? 'BACKUP' : role,
    interface: carrier,
    virtualRouterId,
    priority,
    advertInt,
    version: version === first.version ? undefined : version,
    nopreempt: preempt.mode === 'nopreempt',
    preemptDelay: preempt.mode === 'preempt' ? preempt.delay : 0,
    authPass: group.authPass,
    handoverByFault: handsOverByFault(group),
    garp: { ...group.garp },
    vmac: vmacOf(instance, group, cluster),
    vmacXmitBase: group.useVmac && isUnicast,
    scripts: group.tracked.map(({ script, weight }) => ({ name: script, weight })),
    checkWeight: checkWeight === first.checkWeight ? undefined : checkWeight,
    addresses: addresses.map(shortAddress),
    unicastPeers: [],
    ...unicast,
  };
}

/** keepalived's own default prefix need not be written, and most people do not. */
function shortAddress(cidr: string): string {
  return cidr.replace(cidr.includes(':') ? /\/128$/ : /\/32$/, '');
}

function unicastOf(
  { family }: VrrpInstanceModel,
  group: VrrpGroupModel,
  cluster: ClusterModel,
  node: NodeModel,
) {
  const addressOf = (one: NodeModel): string | undefined =>
    addressesOn(one, memberOf(group, one).interface, family)[0];
  return {
    unicastSource: addressOf(node),
    unicastPeers: peersOf(cluster, node)
      .map(addressOf)
      .filter((address) => address !== undefined),
  };
}
