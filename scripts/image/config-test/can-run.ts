import { existsSync } from 'node:fs';
import path from 'node:path';
import type { Host } from '../../host/host.ts';

/** Alpine's architectures that processors run without help, by Node's name of the processor. */
const NATIVE: Readonly<Record<string, readonly string[]>> = {
  x64: ['x86_64', 'x86'],
  ia32: ['x86'],
  arm64: ['aarch64'],
  arm: ['armv7', 'armhf'],
  ppc64: ['ppc64le'],
  s390x: ['s390x'],
  riscv64: ['riscv64'],
  loong64: ['loongarch64'],
};

/** QEMU's names where they are not Alpine's: those of its user-mode emulators in binfmt_misc. */
const QEMU: Readonly<Record<string, string>> = { x86: 'i386', armv7: 'arm', armhf: 'arm' };

/**
 * Whether this machine runs the programs of an image: by its processor, or by an emulator that the kernel starts for
 * them (binfmt_misc).
 *
 * @param arch Alpine's name: `x86_64`
 * @param processor Node's name
 */
export function canRun(
  { systemRoot }: Pick<Host, 'systemRoot'>,
  arch: string,
  processor: string = process.arch,
): boolean {
  if (NATIVE[processor]?.includes(arch) === true) return true;
  const name = `qemu-${QEMU[arch] ?? arch}`;
  return existsSync(path.join(systemRoot, 'proc/sys/fs/binfmt_misc', name));
}
