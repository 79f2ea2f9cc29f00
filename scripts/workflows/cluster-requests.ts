import type { ClusterModel, ImageModel } from '../cluster/model.ts';
import type { Host } from '../host/host.ts';
import { loadProfile } from '../image/profile.ts';
import type { Profile } from '../image/profile.ts';
import { requestsOf } from '../image/requests.ts';
import type { ImageRequests } from '../image/requests.ts';
import { worldOf } from '../overlay/world.ts';

/** What a cluster's images ask of the repositories, and the profile that decides it. */
export async function requestsFor(
  host: Host,
  cluster: ClusterModel,
  engine: ImageModel['engine'] = cluster.image.engine,
): Promise<{ readonly profile: Profile; readonly requests: ImageRequests }> {
  const profile = await loadProfile(host, cluster.image.profile);
  return { profile, requests: requestsOf(cluster, profile, worldOf(cluster), engine) };
}
