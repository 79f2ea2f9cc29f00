import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { ImageFormat } from '../../cluster/model.ts';
import type { Sha256 } from '../../core/digest.ts';
import type { Host } from '../../host/host.ts';
import { runTool } from '../../host/process/run.ts';
import { settleVhdx } from './settle-vhdx.ts';
import { settleVmdk } from './settle-vmdk.ts';

/** A form of a disk that qemu-img writes. */
export interface DiskForm {
  /** Its name at qemu-img. */
  readonly format: 'qcow2' | 'vmdk' | 'vhdx';
  /** qemu-img(1), `-o`. */
  readonly options: string;
  /** Replaces what is drawn at random. */
  readonly settle?: (file: FileHandle, seed: Sha256) => Promise<void>;
}

/** The forms beside the raw disk; an OVA holds one of its own. */
export const DISK_FORMS: Readonly<Record<Exclude<ImageFormat, 'iso' | 'raw'>, DiskForm>> = {
  qcow2: { format: 'qcow2', options: 'compat=1.1' },
  vmdk: {
    format: 'vmdk',
    options: 'subformat=monolithicSparse,adapter_type=lsilogic,compat6=on',
    settle: settleVmdk,
  },
  vhdx: { format: 'vhdx', options: 'subformat=dynamic', settle: settleVhdx },
  // What vSphere imports; no hypervisor can run this form in its place.
  ova: {
    format: 'vmdk',
    options: 'subformat=streamOptimized,adapter_type=lsilogic,compat6=on',
    settle: settleVmdk,
  },
};

/**
 * Converts a raw disk, and holds the result against it. Equal disks give equal files with one release of qemu-img. The
 * name of the output goes into VMDK files.
 *
 * @param call.raw, call.output absolute paths
 * @throws VipisoError tool-failed, also where the result has another content
 */
export async function convertDisk(
  host: Host,
  form: DiskForm,
  call: { readonly raw: string; readonly output: string; readonly seed: Sha256 },
): Promise<void> {
  const { raw, output, seed } = call;
  // Options of qemu-img end at a comma and names with a colon are protocols: no folder of the user's is named.
  const cwd = path.dirname(output);
  const [from, to] = [path.relative(cwd, raw), path.basename(output)].map((it) => `./${it}`);
  if (from === undefined || to === undefined) return;
  await runTool(host, {
    tool: 'qemu-img',
    // One coroutine: clusters are given out in the order of the content.
    args: ['convert', '-m', '1', '-f', 'raw', '-O', form.format, '-o', form.options, from, to],
    cwd,
  });
  if (form.settle !== undefined) {
    const file = await open(output, 'r+');
    try {
      await form.settle(file, seed);
    } finally {
      await file.close();
    }
  }
  const compared = ['compare', '-q', '-f', 'raw', '-F', form.format, from, to];
  await runTool(host, { tool: 'qemu-img', args: compared, cwd });
}
