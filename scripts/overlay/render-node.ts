import path from 'node:path';
import type { ClusterModel, NodeModel } from '../cluster/model.ts';
import { renderFolder } from './templates/render-folder.ts';
import { layTrees } from './tree.ts';
import type { FileTree } from './tree.ts';
import { computedEntries } from './view/computed.ts';
import { viewOf } from './view/view.ts';

export interface RenderOptions {
  /** Folder that holds common/, master/ and backup/: `overlays` of this package. */
  readonly templatesRoot: string;
  /** Names the packages on the node's console: a lock's digest, never a time. */
  readonly release: string;
  /** Of the release that the image is built for; absent = it is built for none. */
  readonly version?: string | undefined;
}

/**
 * The file tree that is laid over a node's system at boot: our files, what depends on
 * the cluster file by its path, and the user's own folder on top, whose files win.
 *
 * @throws VipisoError cluster-invalid for a value, template or user's file that cannot be used
 */
export async function renderNode(
  cluster: ClusterModel,
  node: NodeModel,
  { templatesRoot, ...about }: RenderOptions,
): Promise<FileTree> {
  const view = viewOf(cluster, node, about);
  const ours = await renderFolder(path.join(templatesRoot, 'common'), view);
  const users =
    cluster.overlayFolder === undefined ? [] : await renderFolder(cluster.overlayFolder, view);
  return layTrees(ours, computedEntries(cluster, node, view), users);
}
