import path from 'node:path';
import { VipisoError } from '../core/errors.ts';
import { useCache } from '../host/cache/lease.ts';
import { replaceFolder } from '../host/fs/atomic-file.ts';
import { namesIn } from '../host/fs/list-folder.ts';
import { removeStaleTemps, withTempFolder } from '../host/fs/temp-folder.ts';
import type { Host } from '../host/host.ts';
import { requestsFor } from '../image/cluster-requests.ts';
import type { EngineFlags } from '../image/engine.ts';
import { ensureLock } from '../image/ensure-lock.ts';
import { loadAports } from '../image/mkimage/aports/aports.ts';
import { renderTexts } from '../image/mkimage/build-images.ts';
import { writeEjected } from '../image/mkimage/eject-folder.ts';
import { mkimageInputsOf } from '../image/mkimage/gather-inputs.ts';
import { mkimageDigest } from '../image/mkimage/inputs.ts';
import { mkimageNodes } from '../image/mkimage/profile-plugin.ts';
import { releaseIdOf } from '../image/release-id.ts';
import { loadCluster } from '../inputs/load-cluster.ts';
import { renderOverlays } from '../overlay/node-overlays.ts';
import { serialiseLock } from '../packages/lock/format/serialise.ts';
import { lockFileOf } from '../packages/lock/lock-file.ts';
import { openSources } from '../packages/sources.ts';
import type { SourceFlags } from '../packages/sources.ts';
import { siteKey } from '../packages/trust/site-key.ts';

export interface EjectRequest {
  /** As the user gave it. */
  readonly clusterFile: string;
  /** Absolute path of a new or empty folder. */
  readonly out: string;
  readonly sources: SourceFlags;
  readonly engine: Pick<EngineFlags, 'aports'>;
  /** Absolute path of the private key that signs the images' index. */
  readonly signingKey?: string | undefined;
}

/**
 * Writes what an Alpine user needs to make the images by hand. The folder appears whole or not at all.
 *
 * @returns its absolute path
 * @throws VipisoError already-exists: the folder holds something; and as `buildImages`
 */
export async function ejectCluster(host: Host, request: EjectRequest): Promise<string> {
  const folder = request.out;
  // What a killed run left goes, also where this one has nothing to do.
  await removeStaleTemps(host, path.dirname(folder));
  await useCache(host);
  await requireEmpty(folder);
  const loaded = await loadCluster(host, request.clusterFile);
  const { cluster } = loaded;
  await using sources = openSources(host, cluster, request.sources);
  const aports = await loadAports(sources, {
    flag: request.engine.aports,
    configured: cluster.alpine.aports,
    lockFile: await lockFileOf(loaded.file),
  });
  const { profile, requests } = await requestsFor(host, cluster, 'mkimage');
  const locked = await ensureLock(sources, { loaded, requests, aports, frozen: false });
  const key = await siteKey(host, request.signingKey);
  const job = { sources, cluster, profile, locked, siteKey: key, aports };
  const inputs = await mkimageInputsOf(job);
  const overlays = await renderOverlays(host, cluster, cluster.nodes, locked.lock);
  const nodes = mkimageNodes(cluster.nodes.map(({ hostname }) => hostname));
  const release = releaseIdOf(mkimageDigest(inputs));
  const { image } = cluster;
  const texts = await renderTexts(host, { inputs, image, overlays }, { release, nodes });
  await withTempFolder(host, path.dirname(folder), async (temp) => {
    const fresh = path.join(temp, 'ejected');
    await writeEjected(host, fresh, {
      cluster: cluster.name,
      inputs,
      nodes,
      overlays,
      texts,
      repositories: locked.lock.repositories.map(({ tag, bases }) =>
        [...(tag === undefined ? [] : [`@${tag}`]), bases[0] ?? ''].join(' '),
      ),
      lock: serialiseLock(locked.lock),
      aportsCommit: aports.commit,
    });
    host.signal.throwIfAborted();
    await replaceFolder(fresh, folder);
  });
  return folder;
}

async function requireEmpty(folder: string): Promise<void> {
  if ((await namesIn(folder, 'look into')).length === 0) return;
  throw new VipisoError('already-exists', `${folder} is not empty`, {
    hint: 'Name a new folder: nothing is overwritten.',
  });
}
