import type { ClusterModel, SystemModel } from '../../cluster/model.ts';

interface GuestAgent {
  /** In Alpine's community (qemu, vmware) and main (hyper-v) repositories. */
  readonly packages: readonly string[];
  readonly services: readonly string[];
}

const GUEST_AGENTS: Readonly<Record<SystemModel['guestAgent'], GuestAgent>> = {
  none: { packages: [], services: [] },
  qemu: { packages: ['qemu-guest-agent'], services: ['qemu-guest-agent'] },
  // The guestinfo plugin is what tells vSphere the addresses.
  vmware: { packages: ['open-vm-tools', 'open-vm-tools-guestinfo'], services: ['open-vm-tools'] },
  'hyper-v': { packages: ['hvtools'], services: ['hv_kvp_daemon', 'hv_vss_daemon'] },
};

export function guestAgentOf(cluster: ClusterModel): GuestAgent {
  return GUEST_AGENTS[cluster.system.guestAgent];
}
