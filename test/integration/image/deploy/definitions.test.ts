import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ClusterModel, ImageFormat } from '../../../../scripts/cluster/model.ts';
import { runTool } from '../../../../scripts/host/process/run.ts';
import { definitionsOf } from '../../../../scripts/image/deploy/definitions.ts';
import { REFERENCE_FILE, modelOf, nodeOf } from '../../../support/cluster/reference-model.ts';
import { requireTools } from '../../../support/host/require-tools.ts';
import { testHost } from '../../../support/host/test-host.ts';

const plain = modelOf(REFERENCE_FILE);
const [group] = plain.vrrp.groups;
const virtualMac = {
  ...plain,
  vrrp: { ...plain.vrrp, groups: [{ ...group, useVmac: true }] as const },
};
type Case = readonly [string, ClusterModel, readonly ImageFormat[]];
const CASES: readonly Case[] = [
  ['the ISO', plain, ['iso']],
  ['disks', plain, ['iso', 'qcow2', 'ova', 'vhdx']],
  ['virtual MAC addresses', virtualMac, ['iso', 'raw', 'ova']],
];

describe.each(CASES)('definitions of a machine, with %s', (_name, cluster, formats) => {
  const write = async () => {
    const host = testHost();
    const node = nodeOf(cluster);
    const files = await definitionsOf(host, { cluster, node }, formats);
    for (const [name, text] of files) {
      const file = path.join(host.folder, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text);
    }
    const fileOf = (name: string): string => path.join(host.folder, node.hostname, name);
    return { host, fileOf, files, textOf: (it: string) => files.get(`${node.hostname}/${it}`) };
  };

  test.runIf(requireTools('shellcheck'))('are scripts that shellcheck accepts', async () => {
    const { host, fileOf } = await write();
    for (const name of ['proxmox.sh', 'vsphere.sh'])
      await runTool(host, { tool: 'shellcheck', args: [fileOf(name)] });
  });

  test.runIf(requireTools('virt-xml-validate'))('are what libvirt takes', async () => {
    const { host, fileOf } = await write();
    const args = [fileOf('libvirt.xml'), 'domain'];
    await runTool(host, { tool: 'virt-xml-validate', args });
  });

  test('name what was made, and have no place left empty', async () => {
    const { textOf, files } = await write();
    const wants = (format: ImageFormat): boolean => formats.includes(format);
    expect(textOf('libvirt.xml')).toContain(
      wants('qcow2') ? '.qcow2"' : wants('raw') ? '.raw"' : '.iso"',
    );
    expect(textOf('vsphere.sh')).toContain(wants('ova') ? 'import.ova' : 'vm.create');
    expect(textOf('hyperv.ps1')).toContain(
      wants('vhdx') ? 'Add-VMHardDiskDrive' : 'Add-VMDvdDrive',
    );
    const spoofs = cluster.vrrp.groups.some(({ useVmac }) => useVmac);
    expect(textOf('hyperv.ps1')?.includes('MacAddressSpoofing On')).toBe(spoofs);
    for (const text of files.values()) expect(text).not.toMatch(/undefined|\[object|\{\{/);
  });
});
