/** Where things lie on a medium, relative to its root: mkimage's layout, which Alpine's initramfs expects. */
export const LAYOUT = {
  release: '.alpine-release',
  packages: 'apks',
  bootRepository: 'apks/.boot_repository',
  boot: 'boot',
  syslinux: 'boot/syslinux',
  syslinuxConfig: 'boot/syslinux/syslinux.cfg',
  isolinux: 'boot/syslinux/isolinux.bin',
  bootCatalog: 'boot/syslinux/boot.cat',
  hybridMbr: 'boot/syslinux/isohdpfx.bin',
  grubConfig: 'boot/grub/grub.cfg',
  efiImage: 'boot/grub/efi.img',
  efiLoaders: 'efi/boot',
} as const;

export function kernelFile(flavour: string): string {
  return `${LAYOUT.boot}/vmlinuz-${flavour}`;
}

export function initramfsFile(flavour: string): string {
  return `${LAYOUT.boot}/initramfs-${flavour}`;
}

export function modloopFile(flavour: string): string {
  return `${LAYOUT.boot}/modloop-${flavour}`;
}

export function overlayFile(hostname: string): string {
  return `${hostname}.apkovl.tar.gz`;
}

/** A second initramfs that holds the node's overlay alone. */
export function overlayInitramfsFile(markerFolder: string): string {
  return `${markerFolder}/overlay.img`;
}
