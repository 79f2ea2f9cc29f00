import type { ImageModel } from '../cluster/model.ts';
import { sha256 } from '../core/digest.ts';
import type { Sha256 } from '../core/digest.ts';
import { overlayArchive } from './audit/overlay-archive.ts';
import { grubConfig, syslinuxConfig } from './boot-config.ts';
import { kernelArguments } from './kernel-arguments.ts';
import { LAYOUT, overlayFile, overlayInitramfsFile } from './layout.ts';
import type { Profile } from './profile.ts';
import type { ReleaseId } from './release-id.ts';

/** What decides a node's part of its image. */
export interface NodePart {
  readonly hostname: string;
  readonly image: ImageModel;
  readonly profile: Profile;
  readonly flavour: string;
  readonly release: ReleaseId;
  /** `<hostname>.apkovl.tar.gz`. */
  readonly overlay: Buffer;
  /** Unix seconds. */
  readonly epoch: number;
}

/** The files that differ from node to node, by path on the medium: the same with both engines. */
export function nodeFiles(part: NodePart): ReadonlyMap<string, string | Buffer> {
  const { hostname, image, profile, flavour, release, overlay, epoch } = part;
  const entry = {
    flavour,
    release,
    profile,
    serialConsole: image.serialConsole,
    arguments: kernelArguments(image, profile, { flavour, hostname, release }),
  };
  return new Map<string, string | Buffer>([
    [overlayFile(hostname), overlay],
    [overlayInitramfsFile(release.markerFolder), overlayArchive(hostname, overlay, epoch)],
    [LAYOUT.syslinuxConfig, syslinuxConfig(entry)],
    [LAYOUT.grubConfig, grubConfig(entry)],
  ]);
}

/** SHA-256 of each, by path on the medium. */
export function digestsOf(
  files: ReadonlyMap<string, string | Buffer>,
): ReadonlyMap<string, Sha256> {
  return new Map([...files].map(([path, content]) => [path, sha256(content)]));
}
