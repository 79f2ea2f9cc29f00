import { existsSync } from 'node:fs';
import { VipisoError } from '../../core/errors.ts';

/** What starts the machine's boot loader. UEFI: firmware code and the template of its variables. */
export type Firmware =
  | { readonly kind: 'bios' }
  | { readonly kind: 'uefi'; readonly code: string; readonly variables: string };

/** Where distributions keep OVMF for x86_64, without secure boot: Debian/Ubuntu, Fedora, Arch, Alpine. */
const OVMF = [
  ['/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/OVMF/OVMF_VARS_4M.fd'],
  ['/usr/share/OVMF/OVMF_CODE.fd', '/usr/share/OVMF/OVMF_VARS.fd'],
  ['/usr/share/edk2/ovmf/OVMF_CODE.fd', '/usr/share/edk2/ovmf/OVMF_VARS.fd'],
  ['/usr/share/edk2/x64/OVMF_CODE.4m.fd', '/usr/share/edk2/x64/OVMF_VARS.4m.fd'],
  ['/usr/share/edk2-ovmf/x64/OVMF_CODE.fd', '/usr/share/edk2-ovmf/x64/OVMF_VARS.fd'],
] as const;

/** @throws VipisoError tool-missing */
export function findUefi(exists: (file: string) => boolean = existsSync): Firmware {
  const found = OVMF.find((files) => files.every(exists));
  if (found === undefined) {
    throw new VipisoError('tool-missing', 'no UEFI firmware for QEMU (OVMF) was found', {
      hint: 'Install it: package ovmf (Debian, Ubuntu, Alpine), edk2-ovmf (Fedora, Arch).',
    });
  }
  return { kind: 'uefi', code: found[0], variables: found[1] };
}
