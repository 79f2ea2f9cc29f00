import { joinHostPort } from '../cluster/address.ts';
import { isAtLeast } from '../cluster/daemon-versions.ts';
import type {
  BackendCheckModel,
  BackendModel,
  ClusterModel,
  ServiceModel,
  StatsModel,
} from '../cluster/model.ts';
import { sectionNames, STATS_FRONTEND } from '../cluster/section-names.ts';
import { caPath } from './computed.ts';
import type { Probe } from './probe.ts';
import type { View } from './view-schema.ts';

type Service = View['haproxy']['services'][number];

/** What the page of figures may have, on top of what the services share: it answers when they are full. */
const STATS_CONNECTIONS = 100;

export function haproxyView(cluster: ClusterModel, probe: Probe | undefined): View['haproxy'] {
  const { haproxy, raw } = cluster;
  return {
    bindsAfterFork: isAtLeast(cluster.daemons.haproxy, '3.1'),
    processMaxconn: haproxy.maxconn + (cluster.stats === undefined ? 0 : STATS_CONNECTIONS),
    maxconn: haproxy.maxconn,
    probe: probe && joinHostPort(probe.address, probe.port),
    log: haproxy.log === 'syslog',
    dontlognull: haproxy.dontlognull,
    tcpKeepalive: haproxy.tcpKeepalive ?? false,
    redispatch: haproxy.redispatch,
    retries: haproxy.retries,
    timeouts: { ...haproxy.timeouts },
    rawGlobal: [...raw.haproxyGlobal],
    rawDefaults: [...raw.haproxyDefaults],
    services: cluster.services.map((service) => serviceView(service, cluster)),
  };
}

function serviceView(service: ServiceModel, cluster: ClusterModel): Service {
  const { name, backends } = service;
  return {
    name,
    sections: { ...sectionNames(service) },
    ports: portsOf(service),
    binds: [...service.binds],
    maxconn: service.frontendMaxconn,
    allow: [...service.allow],
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

export function statsView(stats: StatsModel | undefined): View['stats'] {
  if (stats === undefined) return undefined;
  const everywhere = stats.bind === '*' || stats.bind === '::';
  return {
    frontend: STATS_FRONTEND,
    maxconn: STATS_CONNECTIONS,
    bind: everywhere ? `:::${stats.port} v4v6` : joinHostPort(stats.bind, stats.port),
    prometheus: stats.prometheus,
    auth: stats.auth,
  };
}
