import type { ClusterModel } from '../cluster/model.ts';
import { compareStrings } from '../core/digest.ts';
import type { Profile } from './profile.ts';

/** What to ask the solver for, by purpose, in apk's notation, sorted and without repetition. */
export interface ImageRequests {
  readonly image: readonly string[];
  readonly kernel: readonly string[];
}

/** The init adds these to every world: `alpine-base`, and `openssl` because the modloop is signed. */
const INIT_INSTALLS = ['alpine-base', 'openssl'];

/** Packages whose files make or become the boot files; mkinitfs brings kmod and BusyBox along. */
const KERNEL_ROOT = ['alpine-base', 'mkinitfs', 'syslinux', 'grub', 'grub-efi'];

/**
 * The packages of an image are those that its init will want; all nodes share one set.
 * @param world the nodes' /etc/apk/world
 */
export function requestsOf(
  cluster: ClusterModel,
  profile: Profile,
  world: readonly string[],
): ImageRequests {
  return {
    image: sorted([...world, ...INIT_INSTALLS]),
    kernel: sorted([
      ...KERNEL_ROOT,
      `linux-${cluster.alpine.kernelFlavour}`,
      ...profile.kernel.packages,
    ]),
  };
}

function sorted(requests: readonly string[]): readonly string[] {
  return [...new Set(requests)].sort(compareStrings);
}
