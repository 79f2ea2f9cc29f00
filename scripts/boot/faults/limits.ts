import { expectationsOf } from '../../cluster/expectations.ts';
import { secondsOf } from '../../cluster/haproxy-time.ts';
import type { ClusterModel } from '../../cluster/model.ts';
import type { LossRule } from './model.ts';

/**
 * Seconds that a client may go without answers by the cluster's own timers.
 *
 * silence: a node vanishes; check: keepalived has to notice first that haproxy is gone; hang: that it lives and does
 * nothing; goodbye: an advert of priority 0; hand-over: the VIP moves between two healthy nodes; server: haproxy still
 * trusts an API server that is gone; recovery: it does not yet trust those that it can reach again.
 */
export function allowedSeconds(rule: LossRule, cluster: ClusterModel): number {
  const { failover, backends } = expectationsOf(cluster);
  switch (rule) {
    case 'silence':
      return failover.nodeDeath;
    case 'check':
      return failover.haproxyDeath;
    case 'hang':
      return failover.haproxyHang ?? failover.haproxyDeath;
    case 'goodbye':
      return failover.cleanStop;
    case 'server':
      return backends[0]?.death ?? 0;
    case 'recovery':
      return (backends[0]?.recovery ?? 0) + hangingCheck(cluster);
    case 'hand-over':
    case 'nothing':
      return 0;
  }
}

/** A check that was under way when the way was cut off has to end before the next one begins. */
function hangingCheck({ services }: ClusterModel): number {
  const inter = services[0]?.defaultServer.inter;
  return inter === undefined ? 0 : secondsOf(inter);
}

/**
 * Seconds by which one run may lose more than the next without anything being different: what is broken breaks anywhere
 * between two adverts or two checks.
 */
export function chanceSeconds(rule: LossRule, { vrrp, services }: ClusterModel): number {
  const { interval, trackProcess, weight } = vrrp.check;
  const server = services[0]?.defaultServer;
  const inter = server === undefined ? 0 : secondsOf(server.inter);
  switch (rule) {
    case 'silence':
      return vrrp.advertInt;
    case 'check':
      return trackProcess ? 0 : interval + (weight === 0 ? 0 : vrrp.advertInt);
    case 'hang':
      return interval + (weight === 0 ? 0 : vrrp.advertInt);
    case 'server':
      return inter;
    case 'recovery':
      return inter + (server === undefined ? 0 : secondsOf(server.downinter));
    case 'goodbye':
    case 'hand-over':
    case 'nothing':
      return 0;
  }
}

/** Rules of acts that move the VIP. */
const MOVES: readonly LossRule[] = ['silence', 'check', 'hang', 'goodbye'];

/**
 * What emulation and a busy machine may add: their clocks stutter, and instructions take fifty times as long. Figures
 * near the limits are for people to read; a verdict must not depend on the machine's mood.
 */
export function marginSeconds(rule: LossRule, accelerator: 'kvm' | 'tcg'): number {
  const moves = MOVES.includes(rule);
  if (accelerator === 'kvm') return moves ? 0.5 : 0.2;
  return moves ? 2 : 1;
}
