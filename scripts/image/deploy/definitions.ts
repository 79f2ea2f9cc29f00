import type { ClusterModel, ImageFormat, NodeModel } from '../../cluster/model.ts';
import type { Host } from '../../host/host.ts';
import { renderDeployFile } from './render.ts';
import { machineView } from './view.ts';

/** What a hypervisor's definition takes, and the formats that it can, the best first. */
const DEFINITIONS = [
  { template: 'libvirt.xml', to: 'libvirt.xml' },
  { template: 'proxmox.sh', to: 'proxmox.sh' },
  { template: 'vsphere.sh', to: 'vsphere.sh' },
  { template: 'hyperv.ps1', to: 'hyperv.ps1' },
  { template: 'terraform-libvirt.tf', to: 'terraform-libvirt/main.tf' },
  { template: 'terraform-proxmox.tf', to: 'terraform-proxmox/main.tf' },
] as const;

/** Where the definitions lie beside the images. */
export const DEPLOY_FOLDER = 'deploy';

/**
 * Definitions of a node's virtual machine for hypervisors, by path below `deploy/`: a folder for each node. They name the
 * disk where one of a fit format was made, else the ISO, and hold no secret.
 *
 * @param formats of the files that were made
 */
export async function definitionsOf(
  host: Pick<Host, 'packageRoot'>,
  { cluster, node }: { readonly cluster: ClusterModel; readonly node: NodeModel },
  formats: readonly ImageFormat[],
): Promise<ReadonlyMap<string, string>> {
  const { hostname } = node;
  const mediumOf = (fit: readonly ImageFormat[]) => {
    const format = fit.find((it) => formats.includes(it)) ?? 'iso';
    return { format, file: `${hostname}.${format}`, isDisk: format !== 'iso' };
  };
  const view = {
    ...machineView(cluster, node),
    medium: mediumOf(['qcow2', 'raw']),
    vsphere: mediumOf(['ova']),
    hyperv: mediumOf(['vhdx']),
  };
  const files = new Map<string, string>();
  for (const { template, to } of DEFINITIONS)
    files.set(`${hostname}/${to}`, await renderDeployFile(host, template, view));
  return files;
}
