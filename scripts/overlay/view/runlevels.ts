import type { ClusterModel } from '../../cluster/model.ts';
import { guestAgentOf } from './guest-agent.ts';

/**
 * OpenRC's runlevels as Alpine's live image sets them when it boots without an overlay (with one it adds only
 * hwclock or swclock), plus the appliance's own services.
 *
 * @param namesCards whether the node has network cards that are named by their MAC addresses
 */
export function servicesByRunlevel(
  cluster: ClusterModel,
  namesCards = false,
): Readonly<Record<'sysinit' | 'boot' | 'default' | 'shutdown', readonly string[]>> {
  return {
    sysinit: ['devfs', 'dmesg', 'mdev', 'hwdrivers', 'modloop'],
    boot: [
      'modules',
      'sysctl',
      'hostname',
      'bootmisc',
      'syslog',
      ...(namesCards ? ['card-names'] : []),
      'networking',
      ...(cluster.firewall.enabled ? ['nftables'] : []),
    ],
    default: [
      'haproxy',
      ...(cluster.firewall.enabled ? ['vip-flows'] : []),
      'keepalived',
      // Answers the hypervisor's power button: a clean stop hands the VIP over at once.
      'acpid',
      ...(cluster.system.ntpServers.length > 0 ? ['chronyd'] : []),
      ...(cluster.access.sshd ? ['sshd'] : []),
      ...guestAgentOf(cluster).services,
    ],
    shutdown: ['mount-ro', 'killprocs', 'savecache'],
  };
}
