import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import type { NodeModel } from '../../../scripts/cluster/model.ts';
import type { Host } from '../../../scripts/host/host.ts';
import { requestsFor } from '../../../scripts/image/cluster-requests.ts';
import { NATIVE_ENGINE } from '../../../scripts/image/native/engine.ts';
import { loadCluster } from '../../../scripts/inputs/load-cluster.ts';
import { renderOverlays } from '../../../scripts/overlay/node-overlays.ts';
import { packApkovl } from '../../../scripts/overlay/pack.ts';
import type { FileTree } from '../../../scripts/overlay/tree.ts';
import { lockDigest } from '../../../scripts/packages/lock/format/digest.ts';
import { lockFileOf, requireLock } from '../../../scripts/packages/lock/lock-file.ts';
import { openSources } from '../../../scripts/packages/sources.ts';
import { siteKey } from '../../../scripts/packages/trust/site-key.ts';

/** Changes the text of one file of an overlay. @throws Error when that changes nothing: the test would prove nothing */
export function edited(tree: FileTree, file: string, edit: (text: string) => string): FileTree {
  const entry = tree.find((it) => it.path === file);
  if (entry?.type !== 'file') throw new Error(`the overlay has no file ${file}`);
  const before = entry.content.toString();
  const after = edit(before);
  if (after === before) throw new Error(`nothing was changed in ${file}`);
  return tree.map((it) => (it === entry ? { ...entry, content: Buffer.from(after) } : it));
}

/**
 * Builds images whose overlays are broken on purpose, from a cluster file that has a lock.
 *
 * @returns absolute path of the folder with the images
 */
export async function buildBrokenPair(
  host: Host,
  clusterFile: string,
  about: {
    readonly name: string;
    readonly damage: (tree: FileTree, node: NodeModel) => FileTree;
  },
): Promise<string> {
  const { cluster } = await loadCluster(host, clusterFile);
  const lock = await requireLock(await lockFileOf(clusterFile));
  const overlays = await renderOverlays(host, cluster, cluster.nodes, lock);
  const damaged = [];
  for (const { node, tree } of overlays) {
    const broken = about.damage(tree, node);
    damaged.push({ node, tree: broken, overlay: await packApkovl(broken, lock.sourceDateEpoch) });
  }
  const folder = path.join(path.dirname(clusterFile), about.name);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const { profile } = await requestsFor(host, cluster);
  const locked = { lock, digest: lockDigest(lock) };
  await using sources = openSources(host, cluster, { offline: true });
  const job = { sources, cluster, profile, locked, siteKey: await siteKey(host) };
  // Their daemons may well refuse what was broken: that is what the test is about.
  const accept = () => Promise.resolve([]);
  await NATIVE_ENGINE.build(host, { ...job, overlays: damaged, accept }, folder, () =>
    Promise.resolve(),
  );
  return folder;
}
