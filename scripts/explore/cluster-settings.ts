import ipaddr from 'ipaddr.js';
import type { ClusterModel } from '../cluster/model.ts';
import { hostOf } from '../cluster/values/address.ts';
import { byRank } from '../cluster/vrrp-groups.ts';
import type { HealthScriptModel, TrackScriptModel, VrrpGroupModel } from '../cluster/vrrp-model.ts';
import type { CheckSettings, ExploreSettings, ScriptSettings } from './settings.ts';

/** keepalived's own where nothing is rendered (keepalived.conf(5), garp_master_delay). */
const DEFAULT_SECOND_ROUND_S = 5;

/** What is rendered for a group of a cluster, as the explorer sees it. */
export function clusterSettings(group: VrrpGroupModel, cluster: ClusterModel): ExploreSettings {
  const { vrrp } = cluster;
  const { preempt, garp } = group;
  const addresses = addressOrder(group, cluster);
  return {
    name: group.name,
    nodes: byRank(group).map(({ hostname, priority, role }) => ({
      ...{ hostname, priority, startsAs: role },
      addressRank: addresses.indexOf(hostname),
    })),
    version: group.version,
    advertMs: milliseconds(group.advertInt),
    preempt: preempt.mode === 'preempt',
    preemptDelayMs: preempt.mode === 'preempt' ? milliseconds(preempt.delay) : 0,
    loserSendsAdvert: vrrp.garpAfterSplit,
    winnerAnnounces: true,
    refreshMs: garp.masterRefresh === undefined ? undefined : milliseconds(garp.masterRefresh),
    secondRoundMs: milliseconds(garp.masterDelay ?? DEFAULT_SECOND_ROUND_S),
    check: checkSettings(vrrp.check, group.checkWeight),
    scripts: group.tracked.flatMap(({ script, weight }) =>
      vrrp.scripts
        .filter(({ name }) => name === script)
        .map((found) => scriptSettings(found, weight)),
    ),
    deaf: [],
  };
}

function checkSettings(check: HealthScriptModel, weight: number): CheckSettings {
  const { probe, trackProcess, interval, timeout, fall, rise } = check;
  return {
    asks: probe === 'process' ? 'process' : 'listener',
    trackProcess,
    weight,
    intervalMs: milliseconds(interval),
    timeoutMs: milliseconds(timeout ?? interval),
    fall: fall ?? 1,
    rise: rise ?? 1,
  };
}

function scriptSettings(script: TrackScriptModel, weight: number): ScriptSettings {
  const { name, action, interval, timeout, fall, rise } = script;
  return {
    ...{ name, weight, fall, rise },
    scope: action.type === 'ping' ? 'lan' : 'node',
    intervalMs: milliseconds(interval),
    timeoutMs: milliseconds(timeout),
  };
}

/** Host names by the first address of the group's interface, the lowest first; addresses by DHCP count as lowest. */
function addressOrder(group: VrrpGroupModel, { nodes }: ClusterModel): readonly string[] {
  const keyOf = (hostname: string, carrier: string): string => {
    const found = nodes
      .find((node) => node.hostname === hostname)
      ?.interfaces.find(({ name }) => name === carrier)?.addresses[0];
    const bytes = found === undefined ? [] : ipaddr.parse(hostOf(found)).toByteArray();
    return bytes.map((byte) => String(byte).padStart(3, '0')).join('.');
  };
  return group.members
    .map(({ hostname, interface: carrier }) => ({ hostname, key: keyOf(hostname, carrier) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ hostname }) => hostname);
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000);
}
