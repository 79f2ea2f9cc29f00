import { access, constants, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import { withTempFolder } from '../../host/fs/temp-folder.ts';
import type { Host } from '../../host/host.ts';
import { runTool } from '../../host/process/run.ts';

/** What became of a guest on KVM. */
export type KvmVerdict = { readonly works: true } | { readonly works: false; readonly why: string };

const QEMU = 'qemu-system-x86_64';
const KVM_DEVICE = '/dev/kvm';
const BIOS_DEADLINE_MS = 3000;
/** A KVM that works brings a kernel to its panic in a second or two; emulation needs three. */
const KERNEL_DEADLINE_MS = 10_000;
const GUEST_EXIT_PORT = 0xf4;
const GUEST_SAYS = 0x10;
const BOOT_SIGNATURE = 0xaa55;
/** isa-debug-exit turns a byte that the guest writes into this exit code of QEMU. */
const GUEST_RAN = (GUEST_SAYS << 1) | 1;
const BARE_MACHINE = ['-accel', 'kvm', '-cpu', 'max', '-machine', 'pc', '-nodefaults'];

/**
 * Whether a BIOS starts and runs a boot sector. That /dev/kvm opens proves little, and this proves little more:
 * nested or half-permitted virtualisation makes machines that hang once they leave real mode.
 */
export async function tryBootSector(host: Host): Promise<KvmVerdict> {
  const closed = await whyClosed();
  if (closed !== undefined) return { works: false, why: closed };
  return await withTempFolder(host, os.tmpdir(), async (folder) => {
    const disk = path.join(folder, 'tiny-guest.img');
    await writeFile(disk, tinyGuest());
    const args = [
      ...[...BARE_MACHINE, '-m', '32', '-display', 'none'],
      ...['-device', `isa-debug-exit,iobase=${GUEST_EXIT_PORT},iosize=1`],
      ...['-drive', `if=ide,format=raw,snapshot=on,file=${disk}`],
    ];
    const run = { args, timeoutMs: BIOS_DEADLINE_MS, okExitCodes: [GUEST_RAN, 0, 1] };
    return await verdictOf(host, run, ({ exitCode }) => exitCode === GUEST_RAN);
  });
}

/**
 * Whether this very kernel runs: without a root file system it has to come as far as its panic, and to say so.
 *
 * @param kernel absolute path of a Linux kernel (bzImage)
 */
export async function tryKernel(host: Host, kernel: string): Promise<KvmVerdict> {
  const args = [
    ...[...BARE_MACHINE, '-m', '256', '-display', 'none', '-no-reboot', '-serial', 'stdio'],
    ...['-kernel', kernel, '-append', 'console=ttyS0 panic=-1'],
  ];
  const run = { args, timeoutMs: KERNEL_DEADLINE_MS, okExitCodes: [0, 1] };
  return await verdictOf(host, run, ({ stdout }) => stdout.includes('Kernel panic'));
}

async function whyClosed(): Promise<string | undefined> {
  if (process.arch !== 'x64') return `this host is ${process.arch}, not x86_64`;
  try {
    await access(KVM_DEVICE, constants.R_OK | constants.W_OK);
    return undefined;
  } catch {
    // Missing and forbidden are the same here: there is an accelerator that always works.
    return `${KVM_DEVICE} is missing or not open to this account`;
  }
}

interface Run {
  readonly args: readonly string[];
  readonly timeoutMs: number;
  readonly okExitCodes: readonly number[];
}

async function verdictOf(
  host: Host,
  run: Run,
  ran: (result: { readonly exitCode: number; readonly stdout: string }) => boolean,
): Promise<KvmVerdict> {
  const notStarted = {
    works: false,
    why: `QEMU could not start a guest on ${KVM_DEVICE}`,
  } as const;
  try {
    return ran(await runTool(host, { tool: QEMU, ...run })) ? { works: true } : notStarted;
  } catch (error) {
    if (!(error instanceof VipisoError)) throw error;
    if (error.code === 'timeout') return { works: false, why: `a guest on ${KVM_DEVICE} hung` };
    if (error.code === 'tool-failed') return notStarted;
    throw error;
  }
}

/** A disk whose boot sector writes one byte to the exit port and halts. */
function tinyGuest(): Buffer {
  const disk = Buffer.alloc(64 * 1024);
  Buffer.of(0xb0, GUEST_SAYS, 0xe6, GUEST_EXIT_PORT, 0xf4).copy(disk);
  disk.writeUInt16LE(BOOT_SIGNATURE, 510);
  return disk;
}
