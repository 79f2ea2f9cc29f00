import { joinHostPort } from '../cluster/address.ts';
import { isAtLeast } from '../cluster/daemon-versions.ts';
import type {
  BackendCheckModel,
  BackendModel,
  ClusterModel,
  NodeModel,
  ServiceModel,
  StatsModel,
} from '../cluster/model.ts';
import { sectionNames, STATS_FRONTEND } from '../cluster/section-names.ts';
import { caPath } from './computed.ts';
import type { Probe } from './probe.ts';
import { managementAddresses } from './view-network.ts';
import type { View } from './view-schema.ts';

type Service = View['haproxy']['services'][number];

export function haproxyView(cluster: ClusterModel, probe: Probe | undefined): View['haproxy'] {
  const { haproxy, raw } = cluster;
  return {
    bindsAfterFork: isAtLeast(cluster.daemons.haproxy, '3.1'),
    maxconn: haproxy.maxconn,
    log: haproxy.log === 'syslog',
    dontlognull: haproxy.dontlognull,
    tcpKeepalive: haproxy.tcpKeepalive ?? false,
    redispatch: haproxy.redispatch,
    retries: haproxy.retries,
    timeouts: { ...haproxy.timeouts },
    rawGlobal: [...raw.haproxyGlobal],
    rawDefaults: [...raw.haproxyDefaults],
    services: cluster.services.map((service) => serviceView(service, cluster, probe)),
  };
}

function serviceView(
  service: ServiceModel,
  cluster: ClusterModel,
  probe: Probe | undefined,
): Service {
  const { name, backends } = service;
  const probed = probe?.service === name;
  return {
    name,
    sections: { ...sectionNames(service) },
    ports: portsOf(service),
    binds: [...service.binds, ...(probed ? probe.extraBinds : [])],
    maxconn: service.frontendMaxconn,
    allow: [...service.allow],
    probeSource: probed ? probe.address : undefined,
    timeouts: { ...service.timeouts },
    balance: service.balance,
    check: checkView(service.check, name),
    defaultServer: { ...service.defaultServer },
    sendProxy: SEND_PROXY[service.sendProxy],
    backends: backends.map(backendView),
    backendNames: backends.map((backend) => backend.name),
    rawFrontend: [...(cluster.raw.haproxyFrontend[name] ?? [])],
    rawBackend: [...(cluster.raw.haproxyBackend[name] ?? [])],
  };
}

const SEND_PROXY = { none: undefined, v1: 'send-proxy', v2: 'send-proxy-v2' } as const;

/** The ports a service listens on, from its bind lines: several binds may name several. */
export function portsOf(service: ServiceModel): number[] {
  const ports = service.binds.map((bind) =>
    Number(/:(\d+)(?: |$)/.exec(bind)?.[1] ?? service.port),
  );
  return [...new Set(ports)].sort((a, b) => a - b);
}

function checkView(check: BackendCheckModel, service: string): Service['check'] {
  return {
    enabled: check.type !== 'none',
    tcp: check.type === 'tcp',
    https:
      check.type === 'https'
        ? {
            path: check.path,
            host: check.host,
            expect: [...check.expect],
            caFile: check.ca === undefined ? undefined : `/${caPath(service)}`,
          }
        : undefined,
  };
}

function backendView({
  name,
  address,
  port,
  weight,
  backup,
}: BackendModel): Service['backends'][number] {
  return { name, endpoint: joinHostPort(address, port), weight, backup };
}

/** @param node whose addresses for management are listened on where the cluster file names no other */
export function statsView(stats: StatsModel | undefined, node: NodeModel): View['stats'] {
  if (stats === undefined) return undefined;
  const everywhere = stats.bind === '*' || stats.bind === '::';
  const addresses = stats.bind === undefined ? managementAddresses(node) : [stats.bind];
  return {
    frontend: STATS_FRONTEND,
    binds: everywhere
      ? [`:::${stats.port} v4v6`]
      : addresses.map((address) => joinHostPort(address, stats.port)),
    prometheus: stats.prometheus,
    auth: stats.auth,
  };
}
