import { folders, take, takeSame } from '../contents.ts';
import { kernel } from '../kernel.ts';
import type { Content, Recipe } from '../recipe.ts';

/** Debian's name for "the newest kernel for virtual machines": the packages it stands for have the release in theirs. */
export const KERNEL_METAPACKAGE = 'linux-image-cloud-amd64';

const SYSLINUX_MODULES = ['ldlinux', 'libcom32', 'libutil', 'mboot', 'menu', 'libmenu', 'chain'];
const KMOD_COMMANDS = ['depmod', 'insmod', 'lsmod', 'modinfo', 'modprobe', 'rmmod'];

const GRUB_FOLDER = 'usr/lib/grub/x86_64-efi';

/** Debian's ready-made images, signed for Secure Boot, are of no use to whoever makes one with grub-mkimage. */
const grubModules: Content = async (sources) => {
  const files = await takeSame('grub-efi-amd64-bin', [GRUB_FOLDER])(sources);
  return files.filter((file) => !file.path.startsWith(`${GRUB_FOLDER}/monolithic/`));
};

/**
 * What an ISO is made from: kernel, initramfs generator, boot loaders.
 *
 * @param kernelDebs the packages that the kernel is made of
 */
export function bootRecipes(kernelDebs: readonly string[]): readonly Recipe[] {
  const [kernelDeb = KERNEL_METAPACKAGE] = kernelDebs;
  return [
    {
      name: 'linux-virt',
      description: "Linux kernel for virtual machines (Debian's cloud kernel)",
      version: { deb: kernelDeb },
      depends: ['initramfs-generator'],
      contents: [kernel(kernelDebs, 'virt')],
    },
    {
      name: 'linux-firmware-none',
      description: 'No firmware at all',
      version: '20240312-r0',
      noarch: true,
      provides: ['linux-firmware-any'],
      providerPriority: 1,
      contents: [folders({ 'lib/firmware': 0o755 })],
    },
    {
      name: 'mkinitfs',
      description: "Makes initramfs images: a stand-in with Alpine's command line",
      version: '3.13.0-r0',
      depends: ['apk-tools', 'busybox', 'busybox-binsh', 'mdev-conf'],
      provides: ['initramfs-generator'],
      providerPriority: 900,
    },
    {
      name: 'syslinux',
      description: 'Boot loader for BIOS',
      version: { deb: 'syslinux-common' },
      contents: [
        take('isolinux', {
          'usr/lib/ISOLINUX/isohdpfx.bin': 'usr/share/syslinux/isohdpfx.bin',
          'usr/lib/ISOLINUX/isohdppx.bin': 'usr/share/syslinux/isohdppx.bin',
          'usr/lib/ISOLINUX/isolinux.bin': 'usr/share/syslinux/isolinux.bin',
        }),
        take(
          'syslinux-common',
          Object.fromEntries(
            SYSLINUX_MODULES.map((name) => [
              `usr/lib/syslinux/modules/bios/${name}.c32`,
              `usr/share/syslinux/${name}.c32`,
            ]),
          ),
        ),
        take('syslinux-common', {
          'usr/lib/syslinux/mbr/gptmbr.bin': 'usr/share/syslinux/gptmbr.bin',
        }),
      ],
    },
    {
      name: 'grub',
      description: 'Programs around the boot loader GRUB',
      version: { deb: 'grub2-common' },
      depends: ['initramfs-generator', '/bin/sh'],
      contents: [takeSame('grub2-common', ['usr/bin/grub-mkimage'])],
    },
    {
      name: 'grub-efi',
      description: 'GRUB for EFI',
      version: { deb: 'grub-efi-amd64-bin' },
      origin: 'grub',
      depends: ['grub'],
      contents: [grubModules],
    },
    {
      name: 'zstd',
      description: 'Unpacks compressed kernel modules',
      version: { deb: 'zstd' },
      contents: [takeSame('zstd', ['usr/bin/unzstd', 'usr/bin/zstd'])],
    },
    {
      name: 'kmod',
      description: 'Programs for kernel modules',
      version: { deb: 'kmod' },
      contents: [takeSame('kmod', ['bin/kmod', ...KMOD_COMMANDS.map((name) => `sbin/${name}`)])],
    },
  ];
}

/** Debian packages that the recipes above read, the kernel aside. */
export const bootDebs: readonly string[] = [
  'grub-efi-amd64-bin',
  'grub2-common',
  'isolinux',
  'kmod',
  'syslinux-common',
  'zstd',
];
