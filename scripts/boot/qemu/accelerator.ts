import { access, constants, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import { runTool } from '../../host/run.ts';
import { withTempFolder } from '../../host/temp-folder.ts';

/** How a guest's instructions are run: by the processor itself, or translated by QEMU. */
export interface Accelerator {
  readonly kind: 'kvm' | 'tcg';
  /** Why it is this one, for people. */
  readonly reason: string;
}

const PROBE_DEADLINE_MS = 3000;
const KVM_DEVICE = '/dev/kvm';
const GUEST_EXIT_PORT = 0xf4;
const GUEST_SAYS = 0x10;
const BOOT_SIGNATURE = 0xaa55;
/** isa-debug-exit turns a byte that the guest writes into this exit code of QEMU. */
const GUEST_RAN = (GUEST_SAYS << 1) | 1;

const chosen = new WeakMap<Host, Promise<Accelerator>>();

/**
 * Chooses once per run. That /dev/kvm opens proves little: nested or half-permitted virtualisation makes virtual
 * machines that hang as soon as they leave real mode. So a BIOS has to start, and run a boot sector, in time.
 * `VIPISO_ACCELERATOR=tcg` decides without a probe: for machines whose KVM passes it and hangs later all the same.
 */
export function chooseAccelerator(host: Host): Promise<Accelerator> {
  const known = chosen.get(host);
  if (known !== undefined) return known;
  const choice =
    host.env['VIPISO_ACCELERATOR'] === 'tcg'
      ? Promise.resolve(tcg('VIPISO_ACCELERATOR asks for it'))
      : probeKvm(host);
  chosen.set(host, choice);
  return choice;
}

async function probeKvm(host: Host): Promise<Accelerator> {
  if (process.arch !== 'x64') return tcg(`this machine is no x86_64 but ${process.arch}`);
  try {
    await access(KVM_DEVICE, constants.R_OK | constants.W_OK);
  } catch {
    // Missing and forbidden are the same here: there is an accelerator that always works.
    return tcg(`${KVM_DEVICE} is missing or not open to this account`);
  }
  return await withTempFolder(
    host,
    os.tmpdir(),
    async (folder) => await runTinyGuest(host, folder),
  );
}

async function runTinyGuest(host: Host, folder: string): Promise<Accelerator> {
  const disk = path.join(folder, 'tiny-guest.img');
  await writeFile(disk, tinyGuest());
  try {
    const { exitCode } = await runTool(host, {
      tool: 'qemu-system-x86_64',
      args: [
        ...['-accel', 'kvm', '-cpu', 'max', '-machine', 'pc', '-m', '32', '-nodefaults'],
        ...['-display', 'none', '-device', `isa-debug-exit,iobase=${GUEST_EXIT_PORT},iosize=1`],
        ...['-drive', `if=ide,format=raw,snapshot=on,file=${disk}`],
      ],
      timeoutMs: PROBE_DEADLINE_MS,
      okExitCodes: [GUEST_RAN, 0, 1],
    });
    if (exitCode === GUEST_RAN) return { kind: 'kvm', reason: `a guest ran on ${KVM_DEVICE}` };
    return tcg(`QEMU could not start a guest on ${KVM_DEVICE}`);
  } catch (error) {
    if (!(error instanceof VipisoError) || error.code === 'interrupted') throw error;
    if (error.code === 'timeout') return tcg(`a guest on ${KVM_DEVICE} hung`);
    if (error.code === 'tool-missing') throw error;
    return tcg(`QEMU could not start a guest on ${KVM_DEVICE}`);
  }
}

/** A disk whose boot sector writes one byte to the exit port and halts. */
function tinyGuest(): Buffer {
  const disk = Buffer.alloc(64 * 1024);
  Buffer.of(0xb0, GUEST_SAYS, 0xe6, GUEST_EXIT_PORT, 0xf4).copy(disk);
  disk.writeUInt16LE(BOOT_SIGNATURE, 510);
  return disk;
}

function tcg(reason: string): Accelerator {
  return { kind: 'tcg', reason };
}
