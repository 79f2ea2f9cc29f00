import path from 'node:path';
import { shellQuote } from '../host/process/shell-quote.ts';

export const PLATFORMS = ['libvirt', 'proxmox', 'vmware'] as const;
export type Platform = (typeof PLATFORMS)[number];

/** What one node's exchange is on a hypervisor, each a line of sh; the machine has the node's name. */
export interface SwapCommands {
  readonly shutDown: readonly string[];
  readonly insert: readonly string[];
  readonly start: readonly string[];
}

type Commands = (node: string, image: string, name: string) => SwapCommands;

/** virsh(1), qm(1), `govc USAGE.md`: only what their manuals have. */
const COMMANDS: Readonly<Record<Platform, Commands>> = {
  libvirt: (node, image) => ({
    shutDown: [
      `virsh shutdown ${node}`,
      `until virsh domstate ${node} | grep -q 'shut off'; do sleep 1; done`,
    ],
    insert: [
      `drive=$(virsh domblklist ${node} --details | awk '$2 == "cdrom" { print $3; exit }')`,
      `virsh change-media ${node} "$drive" ${image} --update --config`,
    ],
    start: [`virsh start ${node}`],
  }),
  proxmox: (node, image, name) => ({
    shutDown: [
      `vm=$(qm list | awk -v name=${node} '$2 == name { print $1 }')`,
      `qm shutdown "$vm" --timeout 180`,
    ],
    insert: [
      `cp ${image} /var/lib/vz/template/iso/${name}`,
      `qm set "$vm" --ide2 local:iso/${name},media=cdrom`,
    ],
    start: [`qm start "$vm"`],
  }),
  vmware: (node, image, name) => ({
    shutDown: [
      `govc vm.power -s ${node}`,
      `until govc vm.info ${node} | grep -q poweredOff; do sleep 1; done`,
    ],
    insert: [
      `govc datastore.upload ${image} iso/${name}`,
      `drive=$(govc device.ls -vm ${node} | awk '/^cdrom-/ { print $1; exit }')`,
      `govc device.cdrom.insert -vm ${node} -device "$drive" iso/${name}`,
    ],
    start: [`govc vm.power -on ${node}`],
  }),
};

/**
 * @param image absolute path of the ISO
 * @param sha256 of it: its beginning is in the name on the hypervisor, so that no release overwrites another
 */
export function swapCommands(
  platform: Platform,
  {
    node,
    image,
    sha256,
  }: { readonly node: string; readonly image: string; readonly sha256: string },
): SwapCommands {
  const name = `${path.basename(image, '.iso')}-${sha256.slice(0, 12)}.iso`;
  return COMMANDS[platform](shellQuote(node), shellQuote(image), shellQuote(name));
}
