import { takesHostkeys } from './aports/script-interface.ts';
import type { MkimageInputs } from './inputs.ts';
import type { MkimageNode } from './profile-plugin.ts';

/** `v3.24`: mkimage's tag, which names the release in the index and in `.alpine-release`. */
export function releaseTag({ branch }: Pick<MkimageInputs, 'branch'>): string {
  return branch;
}

/** mkimage's arguments; all nodes are built by one call. */
export function mkimageArguments(
  inputs: Pick<MkimageInputs, 'branch' | 'arch' | 'packageKeys' | 'scripts'>,
  nodes: readonly MkimageNode[],
  places: { readonly out: string; readonly work: string; readonly repository: string },
): string[] {
  // Without it, scripts of v3.20 and later trust Alpine's keys and the site's alone: apk would leave packages that
  // another key signed out of the index.
  const hostkeys = inputs.packageKeys.size > 0 && takesHostkeys(inputs.scripts);
  return [
    ...['--tag', releaseTag(inputs), '--arch', inputs.arch],
    ...['--outdir', places.out, '--workdir', places.work],
    ...['--repository', places.repository],
    ...(hostkeys ? ['--hostkeys'] : []),
    ...['--profile', nodes.map(({ profile }) => profile).join(' ')],
  ];
}

/** What the environment must say so that equal inputs give equal bytes. */
export function mkimageEnvironment({
  epoch,
}: Pick<MkimageInputs, 'epoch'>): Record<string, string> {
  return {
    SOURCE_DATE_EPOCH: String(epoch),
    // Extended attributes are those of the file system that the modules happen to be unpacked on; owners, where
    // fakeroot does not see every call of a libc, those of who runs mkimage.
    MKSQUASHFS_OPTS: '-all-root -no-xattrs -no-progress',
  };
}
