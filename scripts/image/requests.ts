import { isBranchSince } from '../apk/release-branch.ts';
import type { ClusterModel, ImageModel } from '../cluster/model.ts';
import { compareStrings } from '../core/digest.ts';
import type { Profile } from './profile.ts';

/** What to ask the solver for, by purpose, in apk's notation, sorted and without repetition. */
export interface ImageRequests {
  readonly image: readonly string[];
  readonly kernel: readonly string[];
  /** mkimage's tools; only where mkimage makes the images. */
  readonly builder?: readonly string[];
}

/** The init adds these to every world: `alpine-base`, and `openssl` because the modloop is signed. */
const INIT_INSTALLS = ['alpine-base', 'openssl'];

/** Packages whose files make or become the boot files; mkinitfs brings kmod and BusyBox along. */
const KERNEL_ROOT = ['alpine-base', 'mkinitfs', 'syslinux', 'grub', 'grub-efi'];

/** Unpacks kernel modules: since v3.22 they may be `.ko.zst`, and BusyBox has no unzstd. */
const MODULE_UNPACKER = 'zstd';
const MODULE_UNPACKER_SINCE = 'v3.22';

/** What mkimage.sh and the update-kernel and abuild-sign that it calls need around them. */
const BUILDER = [
  ...['abuild', 'alpine-base', 'alpine-conf', 'apk-tools', 'busybox', 'dosfstools', 'fakeroot'],
  ...['grub', 'grub-efi', 'kmod', 'mkinitfs', 'mtools', 'openssl', 'squashfs-tools', 'syslinux'],
  'xorriso',
];

/**
 * The packages of an image are those that its init will want; all nodes share one set.
 * @param world the nodes' /etc/apk/world
 */
export function requestsOf(
  cluster: ClusterModel,
  profile: Profile,
  world: readonly string[],
  engine: ImageModel['engine'],
): ImageRequests {
  const unpacker = isBranchSince(cluster.alpine.branch, MODULE_UNPACKER_SINCE)
    ? [MODULE_UNPACKER]
    : [];
  return {
    image: sorted([...world, ...INIT_INSTALLS]),
    kernel: sorted([
      ...KERNEL_ROOT,
      ...unpacker,
      `linux-${cluster.alpine.kernelFlavour}`,
      ...profile.kernel.packages,
    ]),
    ...(engine === 'mkimage' && { builder: sorted([...BUILDER, ...unpacker]) }),
  };
}

function sorted(requests: readonly string[]): readonly string[] {
  return [...new Set(requests)].sort(compareStrings);
}
