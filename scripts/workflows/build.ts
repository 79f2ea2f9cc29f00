import type { Host } from '../host/host.ts';
import { buildLoaded } from '../image/build-images.ts';
import type { BuildRequest, BuildResult } from '../image/build-images.ts';
import { loadCluster } from '../inputs/load-cluster.ts';

/**
 * Makes one bootable image per node: locks if there is no lock yet, fetches, renders the overlays, makes or finds the
 * part that all nodes share, and puts each node's part onto it (by the native engine, or by mkimage). The images, `SHA256SUMS` and `manifest.json` appear in
 * the output folder by renames at the very end; until then, and after any failure, it is as it was.
 *
 * @throws VipisoError of every kind
 */
export async function buildImages(host: Host, request: BuildRequest): Promise<BuildResult> {
  const loaded = await loadCluster(host, request.clusterFile);
  return await buildLoaded(host, loaded, request);
}
