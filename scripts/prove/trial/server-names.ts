import type { BootedCluster } from '../../boot/boot-cluster.ts';
import type { ClusterModel } from '../../cluster/model.ts';
import type { ServerRef } from '../scenarios/model.ts';

/** API servers of the first service, by their names on the LAN. */
export function serverNames(
  { services }: ClusterModel,
  { lan }: Pick<BootedCluster, 'lan'>,
  servers: ServerRef,
): readonly string[] {
  const backends = services[0]?.backends ?? [];
  return backends
    .slice(...placesOf(servers))
    .flatMap(({ address, port }) =>
      lan.plan.apiServers
        .filter((it) => it.host === address && it.port === port)
        .map(({ name }) => name),
    );
}

/** From and to, as `Array.slice` takes them. */
function placesOf(servers: ServerRef): readonly [number, number?] {
  if (servers === 'all') return [0];
  return typeof servers === 'number' ? [0, servers] : [servers.nth - 1, servers.nth];
}
