import path from 'node:path';
import type { ClusterModel, NodeModel } from '../cluster/model.ts';
import type { Host } from '../host/host.ts';
import { withLock } from '../inputs/locked-daemons.ts';
import { lockDigest } from '../packages/lock/format/digest.ts';
import type { Lockfile } from '../packages/lock/format/schema.ts';
import { packApkovl } from './pack.ts';
import { renderNode } from './render-node.ts';
import type { RenderOptions } from './render-node.ts';
import type { FileTree } from './tree.ts';

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
 * @param lock gives the files their time and the packages their name; without one nothing can ship yet
 * @param version of the release that they are made for
 */
export async function renderOverlays(
  host: Pick<Host, 'packageRoot'>,
  cluster: ClusterModel,
  nodes: readonly NodeModel[],
  lock: Lockfile | undefined,
  version?: string,
): Promise<readonly NodeOverlay[]> {
  const options = renderOptions(host, lock, version);
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
  version?: string,
): RenderOptions {
  const templatesRoot = path.join(host.packageRoot, 'overlays');
  return { templatesRoot, release: shortLockDigest(lock), version };
}

/** Names a build on its nodes' consoles: the packages that are in it. */
function shortLockDigest(lock: Lockfile | undefined): string {
  return lock === undefined ? 'not locked' : lockDigest(lock).slice(0, 12);
}
