/**
 * What the explorer knows of one VRRP group: the settings of keepalived.conf that decide who holds the VIP. Times in
 * whole milliseconds. A cluster file becomes this by `clusterSettings`; tests write it themselves, for configurations
 * that the cluster file cannot say.
 */
export interface ExploreSettings {
  /** Of the group. */
  readonly name: string;
  /** By rank: the first would be MASTER if all were well. */
  readonly nodes: readonly NodeSettings[];
  readonly version: 2 | 3;
  readonly advertMs: number;
  readonly preempt: boolean;
  readonly preemptDelayMs: number;
  /** `vrrp_higher_prio_send_advert`: a MASTER that steps down for a better one sends one more advert. */
  readonly loserSendsAdvert: boolean;
  /** `vrrp_garp_lower_prio_repeat` above 0: a MASTER that hears a lesser one announces the VIP again. */
  readonly winnerAnnounces: boolean;
  /** `garp_master_refresh`; absent = never. */
  readonly refreshMs: number | undefined;
  /** `garp_master_delay`: from becoming MASTER to the second round of gratuitous ARP. */
  readonly secondRoundMs: number;
  readonly check: CheckSettings;
  readonly scripts: readonly ScriptSettings[];
  /** Nodes that drop each other's adverts whatever the network does: another virtual_router_id, version or password. */
  readonly deaf: readonly (readonly [from: number, to: number])[];
}

export interface NodeSettings {
  readonly hostname: string;
  /** 1..254. */
  readonly priority: number;
  readonly startsAs: 'MASTER' | 'BACKUP';
  /** Order of the primary addresses: of equal priorities the higher address wins (RFC 9568, 6.4.3). */
  readonly addressRank: number;
}

export interface CheckSettings {
  /**
   * What the check asks: that a process lives; a listener of its own, so that one that hangs is noticed; or the service's
   * frontend, whose places clients take, so that a full haproxy looks like a dead one.
   */
  readonly asks: 'process' | 'listener' | 'frontend';
  /** The kernel tells of the end of the process, which is a fault. */
  readonly trackProcess: boolean;
  /** 0 = a failure is a fault; keepalived.conf(5), weight. */
  readonly weight: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly fall: number;
  readonly rise: number;
}

export interface ScriptSettings {
  readonly name: string;
  /** `node`: fails on one node at a time; `lan`: it asks something that all nodes share, such as the gateway. */
  readonly scope: 'node' | 'lan';
  readonly weight: number;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly fall: number;
  readonly rise: number;
}
