import type { ClusterModel, ImageModel } from '../cluster/model.ts';
import type { Host } from '../host/host.ts';
import { worldOf } from '../overlay/view/world.ts';
import { loadProfile } from './profile.ts';
import type { Profile } from './profile.ts';
import { requestsOf } from './requests.ts';
import type { ImageRequests } from './requests.ts';

/** What a cluster's images ask of the repositories, and the profile that decides it. */
export async function requestsFor(
  host: Host,
  cluster: ClusterModel,
  engine: ImageModel['engine'] = cluster.image.engine,
): Promise<{ readonly profile: Profile; readonly requests: ImageRequests }> {
  const profile = await loadProfile(host, cluster.image.profile);
  return { profile, requests: requestsOf(cluster, profile, worldOf(cluster), engine) };
}
