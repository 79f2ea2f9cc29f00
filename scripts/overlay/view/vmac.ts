import type { ClusterModel } from '../../cluster/model.ts';
import type { VrrpGroupModel, VrrpInstanceModel } from '../../cluster/vrrp-model.ts';

/**
 * Name of the interface that carries an instance's VIPs and MAC address; undefined where the node's own does. keepalived
 * would choose `vrrp.51` and `vrrp6.51` itself, but something else where two groups share a virtual_router_id.
 */
export function vmacOf(
  { family, virtualRouterId }: VrrpInstanceModel,
  group: VrrpGroupModel,
  { vrrp }: Pick<ClusterModel, 'vrrp'>,
): string | undefined {
  if (!group.useVmac) return undefined;
  const name = `${family === 4 ? 'vrrp' : 'vrrp6'}.${virtualRouterId}`;
  const index = vrrp.groups.indexOf(group);
  const isTaken = vrrp.groups
    .slice(0, index)
    .some(({ instances }) => instances.some((it) => it.virtualRouterId === virtualRouterId));
  return isTaken ? `${name}.${index}` : name;
}
