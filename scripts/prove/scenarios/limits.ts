import { expectationsOf, groupExpectation } from '../../cluster/expectations/expectations.ts';
import { secondsOf } from '../../cluster/expectations/haproxy-time.ts';
import type { ClusterModel } from '../../cluster/model.ts';
import type { VrrpGroupModel } from '../../cluster/vrrp-model.ts';
import type { LossRule } from './model.ts';

/** What a loss is held against, in seconds; see the functions of these names. */
export interface LossLimits {
  /** Undefined where losses are shown, not judged. */
  readonly allowedSeconds: number | undefined;
  readonly marginSeconds: number;
  readonly jitterSeconds: number;
}

export function lossLimits(
  rule: LossRule | undefined,
  cluster: ClusterModel,
  group: VrrpGroupModel,
  accelerator: 'kvm' | 'tcg',
): LossLimits {
  if (rule === undefined) return { allowedSeconds: undefined, marginSeconds: 0, jitterSeconds: 0 };
  return {
    allowedSeconds: allowedSeconds(rule, cluster, group),
    marginSeconds: marginSeconds(rule, accelerator),
    jitterSeconds: jitterSeconds(rule, cluster, group),
  };
}

/**
 * Seconds that a client of a group's VIPs may go without answers by the cluster's own timers.
 *
 * advert-timeout: a node vanishes; health-check-failure: keepalived has to notice first that haproxy is gone;
 * health-check-timeout: that it lives and does nothing; graceful-release: an advert of priority 0; hand-over: the VIP moves between two healthy nodes; server: haproxy still
 * trusts an API server that is gone; recovery: it does not yet trust those that it can reach again.
 */
export function allowedSeconds(
  rule: LossRule,
  cluster: ClusterModel,
  group: VrrpGroupModel,
): number {
  const { backends } = expectationsOf(cluster);
  const { failover } = groupExpectation(group, cluster);
  switch (rule) {
    case 'advert-timeout':
      return failover.nodeDeath;
    case 'health-check-failure':
      return failover.haproxyDeath;
    case 'health-check-timeout':
      return failover.haproxyHang ?? failover.haproxyDeath;
    case 'graceful-release':
      return failover.cleanStop;
    case 'server':
      return backends[0]?.death ?? 0;
    case 'recovery':
      // A check that was under way when the way was cut off has to end before the next one begins.
      return (backends[0]?.recovery ?? 0) + serverSeconds('inter', cluster);
    case 'hand-over':
    case 'nothing':
      return 0;
  }
}

/** A time between two checks of the first service's API servers. */
function serverSeconds(which: 'inter' | 'downinter', { services }: ClusterModel): number {
  const time = services[0]?.defaultServer[which];
  return time === undefined ? 0 : secondsOf(time);
}

/**
 * Seconds by which one run may lose more than the next without anything being different: what is broken breaks anywhere
 * between two adverts or two checks.
 */
export function jitterSeconds(
  rule: LossRule,
  cluster: ClusterModel,
  { advertInt, checkWeight }: VrrpGroupModel,
): number {
  const { check } = cluster.vrrp;
  const noticed = check.interval + (checkWeight === 0 ? 0 : advertInt);
  switch (rule) {
    case 'advert-timeout':
      return advertInt;
    case 'health-check-failure':
      return check.trackProcess ? 0 : noticed;
    case 'health-check-timeout':
      return noticed;
    case 'server':
      return serverSeconds('inter', cluster);
    case 'recovery':
      return serverSeconds('inter', cluster) + serverSeconds('downinter', cluster);
    case 'graceful-release':
    case 'hand-over':
    case 'nothing':
      return 0;
  }
}

/** Rules of steps that move the VIP. */
const MOVES: readonly LossRule[] = [
  'advert-timeout',
  'health-check-failure',
  'health-check-timeout',
  'graceful-release',
];

/**
 * What emulation and a busy machine may add: their clocks stutter, and instructions take fifty times as long. Figures
 * near the limits are for people to read; a verdict must not depend on the machine's mood.
 */
export function marginSeconds(rule: LossRule, accelerator: 'kvm' | 'tcg'): number {
  const moves = MOVES.includes(rule);
  if (accelerator === 'kvm') return moves ? 0.5 : 0.2;
  return moves ? 2 : 1;
}
