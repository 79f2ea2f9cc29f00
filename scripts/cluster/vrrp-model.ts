import type { SecretModel } from './model.ts';
import type { GarpOptions } from './passthrough.ts';

export type VrrpRole = 'MASTER' | 'BACKUP';

/** What keepalived does on every node: settings of the whole daemon, and its groups. */
export interface VrrpModel {
  /** In the order of the file. */
  readonly groups: readonly [VrrpGroupModel, ...VrrpGroupModel[]];
  readonly check: HealthScriptModel;
  /** The user's own scripts, which groups track. */
  readonly scripts: readonly TrackScriptModel[];
  /** The winner of a split announces the VIP again in every case (`vrrp_higher_prio_send_advert`). */
  readonly garpAfterSplit: boolean;
  /** Nice value of the process that sends and hears adverts; absent = the system's. */
  readonly processPriority: number | undefined;
  readonly notify: NotifyModel;
}

/** VIPs that move together. */
export interface VrrpGroupModel {
  /** Unique among the groups. */
  readonly name: string;
  /** As `ClusterModel.nodes`, and in their order. */
  readonly members: readonly VrrpMemberModel[];
  readonly version: 2 | 3;
  /** Seconds. */
  readonly advertInt: number;
  /** One per address family, as RFC 9568 wants. */
  readonly instances: readonly VrrpInstanceModel[];
  /** `nopreempt`, or preempt after a delay in seconds (0 = at once). */
  readonly preempt:
    { readonly mode: 'preempt'; readonly delay: number } | { readonly mode: 'nopreempt' };
  /** `unicast` peers are derived from the nodes' addresses. */
  readonly transport: 'multicast' | 'unicast';
  /** VRRP v2 simple password (PASS). */
  readonly authPass: SecretModel | undefined;
  readonly garp: GarpOptions;
  /** What the health script adds to the priorities of this group; 0 = its failure is a fault. */
  readonly checkWeight: number;
  /** Of `VrrpModel.scripts`, by name; weights as of the health script. */
  readonly tracked: readonly { readonly script: string; readonly weight: number }[];
  /** The VIPs get the virtual router's MAC address. */
  readonly useVmac: boolean;
}

/** A vrrp_script of the user's. Times in seconds. */
export interface TrackScriptModel {
  readonly name: string;
  readonly action:
    | { readonly type: 'run'; readonly command: string }
    /** Absent address: the node's own gateway. */
    | { readonly type: 'ping'; readonly address: string | undefined };
  readonly interval: number;
  readonly timeout: number;
  readonly fall: number;
  readonly rise: number;
  readonly user: string;
}

/** A node's part in a group. */
export interface VrrpMemberModel {
  readonly hostname: string;
  readonly role: VrrpRole;
  /** 1..254. */
  readonly priority: number;
  /** Name of the interface that carries the group's adverts and VIPs. */
  readonly interface: string;
}

export interface VrrpInstanceModel {
  /** `VI_1`; the second family is `VI_2`. */
  readonly name: string;
  readonly family: 4 | 6;
  readonly virtualRouterId: number;
  /** In CIDR notation; /32 and /128 (keepalived's own default) where the user wrote no prefix. */
  readonly addresses: readonly string[];
}

/** The vrrp_script that judges the local HAProxy. Times in seconds. */
export interface HealthScriptModel {
  readonly name: string;
  /** `process`: HAProxy's process lives (the reference's `killall -0 haproxy`); `port`: its listener accepts. */
  readonly probe: 'process' | 'port';
  readonly interval: number;
  readonly timeout: number | undefined;
  readonly fall: number | undefined;
  readonly rise: number | undefined;
  /** Account that runs the check. */
  readonly user: string;
  /** Beside the script: the kernel reports the death of HAProxy's process, which is a fault. */
  readonly trackProcess: boolean;
}

export interface NotifyModel {
  readonly emailTo: readonly string[];
  readonly emailFrom: string;
  readonly smtpServer: string;
  /** Seconds. */
  readonly smtpConnectTimeout: number;
  readonly smtpAlert: boolean;
  readonly routerId: string | undefined;
}
