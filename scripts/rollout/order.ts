import type { ClusterModel } from '../cluster/model.ts';
import { byRank, vipsOf } from '../cluster/node-addresses.ts';
import { nodesByRank } from '../cluster/vrrp-groups.ts';

/** One node's exchange. */
export interface RolloutStep {
  readonly node: string;
  /** Whether it holds a VIP while all is well: then the VIP is handed over as the node shuts down. */
  readonly holds: boolean;
  /** Absolute paths: the image that it gets, and the one for the way back. */
  readonly image: string;
  readonly back: string;
  readonly sha256: string;
}

export interface RolloutOrder {
  readonly cluster: string;
  readonly vips: readonly string[];
  readonly steps: readonly RolloutStep[];
  /** Who takes the VIP back by itself in the end; absent with nopreempt. */
  readonly preferred: string | undefined;
}

export interface ReleaseImages {
  readonly node: string;
  readonly path: string;
  readonly sha256: string;
}

/** The safe order: nodes of the lowest rank first, so that the VIP moves once away from the MASTER, and once back. */
export function rolloutOrder(
  cluster: ClusterModel,
  { from, to }: { readonly from: readonly ReleaseImages[]; readonly to: readonly ReleaseImages[] },
): RolloutOrder {
  const [group] = cluster.vrrp.groups;
  const ranked = byRank(cluster);
  const steps = [...ranked].reverse().flatMap(({ hostname }): RolloutStep[] => {
    const next = to.find(({ node }) => node === hostname);
    const old = from.find(({ node }) => node === hostname);
    if (next === undefined || old === undefined || next.sha256 === old.sha256) return [];
    const holds = cluster.vrrp.groups.some(
      (it) => nodesByRank(it, cluster)[0]?.hostname === hostname,
    );
    return [{ node: hostname, holds, image: next.path, back: old.path, sha256: next.sha256 }];
  });
  return {
    cluster: cluster.name,
    vips: vipsOf(cluster),
    steps,
    preferred: group.preempt.mode === 'nopreempt' ? undefined : ranked[0]?.hostname,
  };
}
