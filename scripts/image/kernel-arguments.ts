import type { ImageModel } from '../cluster/model.ts';
import { LAYOUT, modloopFile, overlayFile } from './layout.ts';
import type { Profile } from './profile.ts';
import type { ReleaseId } from './release-id.ts';

/**
 * The kernel command line of one node's image.
 *
 * Left alone, Alpine's initramfs takes the first `*.apkovl.tar.gz` and every boot repository that it finds on any
 * block device. So both are named, in the two forms that every init from mkinitfs 3.9 (Alpine 3.19) on takes:
 *
 * - `apkovl=/<file>`: a path within the initramfs itself. The boot loader loads the overlay as a second initramfs from
 *   where it loaded the kernel; no search and no race decides. (`DEVICE:FSTYPE:PATH` came with 3.12, and fails where a
 *   hybrid image is a disk: the whole disk and its first partition then carry one label, and only one of them can be
 *   mounted.)
 * - `alpine_repo=/media/<any>/<marker>/../apks`: the init expands the pattern (it lists the value unquoted), so the
 *   repository is that of this very release, whatever device the medium turns out to be. The modloop service puts each
 *   mount point in front of `modloop=` and takes the first file that is there.
 */
export function kernelArguments(
  image: ImageModel,
  profile: Profile,
  about: { readonly flavour: string; readonly hostname: string; readonly release: ReleaseId },
): readonly string[] {
  const { markerFolder } = about.release;
  return [
    ...profile.kernel.arguments,
    ...consoles(image),
    `apkovl=/${overlayFile(about.hostname)}`,
    `alpine_repo=/media/*/${markerFolder}/../${LAYOUT.packages}`,
    `modloop=${markerFolder}/../${modloopFile(about.flavour)}`,
    ...image.kernelArguments,
  ];
}

/** The kernel's own messages go to every console; the last one is /dev/console, where OpenRC writes. */
function consoles({ serialConsole }: ImageModel): readonly string[] {
  if (serialConsole === undefined) return [];
  return ['console=tty0', `console=${serialConsole.device},${serialConsole.baud}n8`];
}
