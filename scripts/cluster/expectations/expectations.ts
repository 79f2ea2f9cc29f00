import type { ClusterModel, NodeModel, ServiceModel } from '../model.ts';
import { bondExpectations, managementExpectations } from '../network/expectations.ts';
import type { BondExpectation, ManagementExpectation } from '../network/expectations.ts';
import { isDnsName } from '../values/host-name.ts';
import { byRank, memberOf } from '../vrrp-groups.ts';
import type { HealthScriptModel, VrrpGroupModel } from '../vrrp-model.ts';
import { secondsOf } from './haproxy-time.ts';

/** What users can expect of a cluster, computed from its timers. Times in seconds. */
export interface Expectations {
  /** As the VRRP groups of the cluster. */
  readonly groups: readonly GroupExpectation[];
  readonly backends: readonly BackendExpectation[];
  readonly bonds: readonly BondExpectation[];
  readonly management: readonly ManagementExpectation[];
}

export interface GroupExpectation {
  readonly name: string;
  readonly nodes: readonly NodeExpectation[];
  /** In CIDR notation. */
  readonly vips: readonly string[];
  readonly failover: FailoverTimes;
}

interface NodeExpectation {
  readonly hostname: string;
  readonly role: NodeModel['role'];
  readonly priority: number;
  readonly interface: string;
  /** Addresses in CIDR notation, or `dhcp`. */
  readonly addresses: readonly string[];
}

/**
 * From the event until the next node in rank holds the VIP, when the event comes at the worst moment. What the
 * check script itself takes, and a busy machine, come on top.
 */
interface FailoverTimes {
  /** A node vanishes: 3 x advert_int + skew of the node that takes over. */
  readonly nodeDeath: number;
  /** Its haproxy dies: until that is known, then until the next node acts. */
  readonly haproxyDeath: number;
  /** Its haproxy lives and does nothing; undefined where the check looks for the process alone. */
  readonly haproxyHang: number | undefined;
  /** keepalived is stopped: it sends priority 0, and the next node takes over after its skew. */
  readonly cleanStop: number;
  /** No other node is there to take over. */
  readonly alone: boolean;
}

interface BackendExpectation {
  readonly service: string;
  /** An API server dies: until haproxy sends it no new connections; undefined without a health check. */
  readonly death: number | undefined;
  /** It returns: until it gets new connections again. */
  readonly recovery: number | undefined;
  /** Its DNS name gets another address: until haproxy goes there at the latest; undefined without names. */
  readonly renamed: number | undefined;
}

export function expectationsOf(cluster: ClusterModel): Expectations {
  return {
    groups: cluster.vrrp.groups.map((group) => groupExpectation(group, cluster)),
    backends: cluster.services.map((service) => backendExpectation(service, cluster)),
    bonds: bondExpectations(cluster),
    management: managementExpectations(cluster),
  };
}

export function groupExpectation(group: VrrpGroupModel, cluster: ClusterModel): GroupExpectation {
  return {
    name: group.name,
    nodes: cluster.nodes.map((node) => nodeExpectation(node, group)),
    vips: group.instances.flatMap(({ addresses }) => addresses),
    failover: failoverTimes(group, cluster.vrrp.check),
  };
}

function nodeExpectation(node: NodeModel, group: VrrpGroupModel): NodeExpectation {
  const member = memberOf(group, node);
  const carrier = node.interfaces.find(({ name }) => name === member.interface);
  return {
    ...member,
    addresses: carrier?.dhcp === true ? ['dhcp'] : (carrier?.addresses ?? []),
  };
}

function failoverTimes(group: VrrpGroupModel, check: HealthScriptModel): FailoverTimes {
  const successor = byRank(group)[1];
  const skew = skewTime(group, successor?.priority ?? 1);
  const silence = 3 * group.advertInt + skew;
  const fault = check.trackProcess || group.checkWeight === 0;
  return {
    nodeDeath: round(silence),
    haproxyDeath: round(deathNoticed(check) + takeover(group, skew, fault)),
    haproxyHang: hang(group, check, skew),
    cleanStop: round(skew),
    alone: group.members.length < 2,
  };
}

/**
 * Skew_Time: (256 - priority) / 256 seconds in VRRP 2 (RFC 3768), the same share of the advert interval in
 * VRRP 3 (RFC 9568); keepalived does the same. The weight of a live haproxy makes it a little shorter.
 */
function skewTime(group: VrrpGroupModel, priority: number): number {
  const share = (256 - priority) / 256;
  return group.version === 2 ? share : share * group.advertInt;
}

/**
 * haproxy may die just after a check: one whole interval passes before the first failure, then fall - 1 more. Of a
 * tracked process the kernel tells at once.
 */
function deathNoticed({ trackProcess, interval, fall }: HealthScriptModel): number {
  return trackProcess ? 0 : interval * (fall ?? 1);
}

/** As with a death that the checks have to find, but the last of them fails only when its time is up. */
function hang(
  group: VrrpGroupModel,
  { probe, interval, timeout, fall }: HealthScriptModel,
  skew: number,
): number | undefined {
  if (probe === 'process') return undefined;
  const noticed = interval * (fall ?? 1) + (timeout ?? interval);
  return round(noticed + takeover(group, skew, group.checkWeight === 0));
}

/**
 * Once it is known the node either gives up at once with priority 0 (a fault) or sends its next advert with the
 * lower priority, which the successor ignores until its own timer of 3 adverts and skew runs out.
 */
function takeover({ advertInt }: VrrpGroupModel, skew: number, fault: boolean): number {
  return fault ? skew : 3 * advertInt + skew;
}

function backendExpectation(service: ServiceModel, { haproxy }: ClusterModel): BackendExpectation {
  const { check, defaultServer, name, backends } = service;
  const { valid, obsolete } = haproxy.resolvers.hold;
  const renamed = backends.some(({ address }) => isDnsName(address))
    ? round(secondsOf(valid) + secondsOf(obsolete))
    : undefined;
  if (check.type === 'none')
    return { service: name, death: undefined, recovery: undefined, renamed };
  return {
    service: name,
    death: round(secondsOf(defaultServer.inter) * defaultServer.fall),
    recovery: round(secondsOf(defaultServer.downinter) * defaultServer.rise),
    renamed,
  };
}

function round(seconds: number): number {
  const digits = seconds < 0.01 ? 1000 : 100;
  return Math.round(seconds * digits) / digits;
}
