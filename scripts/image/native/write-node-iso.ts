import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { ImageModel, NodeModel } from '../../cluster/model.ts';
import { withTempFolder } from '../../host/fs/temp-folder.ts';
import type { Host } from '../../host/host.ts';
import { nodeFiles } from '../node-files.ts';
import type { Profile } from '../profile.ts';
import type { Base } from './base/build-base.ts';
import { writeIso } from './iso.ts';
import type { Graft } from './iso.ts';

/** One node's part of its image. */
export interface NodeFiles {
  readonly node: NodeModel;
  readonly image: ImageModel;
  readonly profile: Profile;
  readonly flavour: string;
  /** `<hostname>.apkovl.tar.gz`. */
  readonly overlay: Buffer;
  readonly epoch: number;
}

/**
 * Writes a node's image: the base with the node's overlay and boot configuration grafted in.
 * @param output absolute path; the file is not complete until this returns
 */
export async function writeNodeIso(
  host: Host,
  base: Pick<Base, 'tree' | 'release'>,
  files: NodeFiles,
  output: string,
): Promise<void> {
  await withTempFolder(host, path.join(host.cacheFolder, 'node-isos'), async (temp) => {
    const grafts: Graft[] = [];
    const { release } = base;
    for (const [to, content] of nodeFiles({ ...files, hostname: files.node.hostname, release })) {
      const from = path.join(temp, String(grafts.length));
      await writeFile(from, content, { mode: 0o600 });
      grafts.push({ to, from });
    }
    await writeIso(host, {
      tree: base.tree,
      grafts,
      volumeId: base.release.volumeId,
      epoch: files.epoch,
      output,
      log: path.join(host.cacheFolder, 'logs', `${files.node.hostname}.log`),
    });
  });
}
