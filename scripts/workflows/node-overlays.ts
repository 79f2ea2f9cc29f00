import path from 'node:path';
import type { ClusterModel, NodeModel } from '../cluster/model.ts';
import type { Host } from '../host/host.ts';
import { lockDigest } from '../lockfile/digest.ts';
import type { Lockfile } from '../lockfile/schema.ts';
import { packApkovl } from '../overlay/pack.ts';
import { renderNode } from '../overlay/render-node.ts';
import type { RenderOptions } from '../overlay/render-node.ts';
import type { FileTree } from '../overlay/tree.ts';
import { withLock } from './locked-daemons.ts';

/** A node with its overlay. */
export interface NodeOverlay {
  readonly node: NodeModel;
  readonly tree: FileTree;
  /** The tree packed: `<hostname>.apkovl.tar.gz`. */
  readonly overlay: Buffer;
}

/**
 * The overlays of nodes as they ship: `render` shows these very bytes, `build` puts them onto the images.
 *
 * @param lock gives the files their time and the release its name; without one nothing can ship yet
 */
export async function renderOverlays(
  host: Pick<Host, 'packageRoot'>,
  cluster: ClusterModel,
  nodes: readonly NodeModel[],
  lock: Lockfile | undefined,
): Promise<readonly NodeOverlay[]> {
  const options = renderOptions(host, lock);
  const locked = withLock(cluster, lock);
  const overlays: NodeOverlay[] = [];
  for (const node of nodes) {
    const tree = await renderNode(locked, node, options);
    overlays.push({ node, tree, overlay: await packApkovl(tree, lock?.sourceDateEpoch ?? 0) });
  }
  return overlays;
}

/** How the overlays of a build are rendered. */
export function renderOptions(
  host: Pick<Host, 'packageRoot'>,
  lock: Lockfile | undefined,
): RenderOptions {
  return { templatesRoot: path.join(host.packageRoot, 'overlays'), release: releaseName(lock) };
}

/** Names a build on its nodes' consoles: the packages that are in it. */
function releaseName(lock: Lockfile | undefined): string {
  return lock === undefined ? 'not locked' : lockDigest(lock).slice(0, 12);
}
