import type { ClusterModel } from '../../cluster/model.ts';
import { carrierOf } from '../../cluster/network/cards.ts';
import { isDnsName } from '../../cluster/values/host-name.ts';
import { API_SERVER_SCENARIOS } from './api-servers.ts';
import { BOND_SCENARIOS } from './bond.ts';
import type { Need, Scenario } from './model.ts';
import { NAME_SCENARIOS } from './names.ts';
import { NETWORK_SCENARIOS } from './network.ts';
import { MACHINE_SCENARIOS, PROCESS_SCENARIOS } from './proxies.ts';

/** Every scenario, those that need no reboot first. */
export const SCENARIOS: readonly Scenario[] = [
  ...API_SERVER_SCENARIOS,
  ...PROCESS_SCENARIOS,
  ...NETWORK_SCENARIOS,
  ...BOND_SCENARIOS,
  ...NAME_SCENARIOS,
  ...MACHINE_SCENARIOS,
];

/** Why a scenario means nothing for a cluster, or undefined if it does. */
export function obstacleTo(scenario: Scenario, cluster: ClusterModel): string | undefined {
  return scenario.needs?.map((need) => obstacle(need, cluster)).find((it) => it !== undefined);
}

function obstacle(
  need: Need,
  { services, nodes, vrrp }: Pick<ClusterModel, 'services' | 'nodes' | 'vrrp'>,
): string | undefined {
  const [service] = services;
  const check = service?.check;
  const servers = service?.backends.length ?? 0;
  switch (need) {
    case 'two-api-servers':
      return servers > 1 ? undefined : 'there is only one API server';
    case 'three-api-servers':
      return servers > 2 ? undefined : 'it takes a third API server';
    case 'three-nodes':
      return nodes.length > 2 ? undefined : 'it takes a third node';
    case 'bond':
      return nodes.every((node) => (carrierOf({ vrrp }, node)?.bond?.members.length ?? 0) > 1)
        ? undefined
        : 'the VIP is on no bond of several network cards';
    case 'names':
      return services.some(({ backends }) => backends.some((it) => isDnsName(it.address)))
        ? undefined
        : 'no API server is given by a DNS name';
    case 'port-probe':
      return vrrp.check.probe === 'port'
        ? undefined
        : 'vrrp.check.probe is process: a hung haproxy is not noticed (vrrp.profile: fast would)';
    case 'https-check':
      return check?.type === 'https' || check?.type === 'http'
        ? undefined
        : 'the service is checked by TCP connection alone: give it check: {type: https}';
    case 'https-check-without-401':
      if (check?.type !== 'https' && check?.type !== 'http')
        return obstacle('https-check', { services, nodes, vrrp });
      return check.expect.includes(401) ? 'the check takes 401 as healthy' : undefined;
  }
}
