import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ClusterModel, NodeModel } from '../cluster/model.ts';
import { ioError } from '../host/errno.ts';
import type { Host } from '../host/host.ts';
import { packApkovl } from '../overlay/pack.ts';
import { renderNode } from '../overlay/render-node.ts';
import type { FileTree } from '../overlay/tree.ts';

export interface NodeOverlay {
  readonly node: NodeModel;
  readonly tree: FileTree;
  /** The tree as `<hostname>.apkovl.tar.gz`. */
  readonly apkovl: Buffer;
}

/**
 * The overlay of every node, as it ships: `render` shows these very bytes, `build` puts them onto the ISOs.
 *
 * @param epoch Unix seconds of every file, and the release's date; 0 = there is no lock yet, so no date
 */
export async function renderOverlays(
  host: Pick<Host, 'packageRoot'>,
  cluster: ClusterModel,
  epoch: number,
): Promise<readonly NodeOverlay[]> {
  const templatesRoot = path.join(host.packageRoot, 'overlays');
  const release = await releaseName(host, cluster, epoch);
  const overlays: NodeOverlay[] = [];
  for (const node of cluster.nodes) {
    const tree = await renderNode(cluster, node, { templatesRoot, release });
    overlays.push({ node, tree, apkovl: await packApkovl(tree, epoch) });
  }
  return overlays;
}

/** What the console shows: `2026-11-20, Alpine v3.24, vipiso 0.1.0`. */
async function releaseName(
  host: Pick<Host, 'packageRoot'>,
  { alpine }: ClusterModel,
  epoch: number,
): Promise<string> {
  const date = epoch === 0 ? [] : [new Date(epoch * 1000).toISOString().slice(0, 10)];
  return [...date, `Alpine ${alpine.branch}`, `vipiso ${await toolVersion(host)}`].join(', ');
}

async function toolVersion({ packageRoot }: Pick<Host, 'packageRoot'>): Promise<string> {
  const file = path.join(packageRoot, 'package.json');
  try {
    const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string };
    return version;
  } catch (error) {
    throw ioError(error, "read the tool's version", file);
  }
}
