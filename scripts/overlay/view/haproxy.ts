import { isAtLeast } from '../../cluster/daemon-versions.ts';
import type {
  BackendCheckModel,
  BackendModel,
  ClusterModel,
  NodeModel,
  ServiceModel,
  StatsModel,
} from '../../cluster/model.ts';
import { joinHostPort } from '../../cluster/values/address.ts';
import { isDnsName } from '../../cluster/values/host-name.ts';
import { sectionNames, STATS_FRONTEND } from '../../cluster/values/section-names.ts';
import { logForwardView } from '../log-forward.ts';
import { caPath } from './computed.ts';
import { managementAddresses } from './network.ts';
import type { Probe } from './probe.ts';
import type { View } from './view-schema.ts';

type Service = View['haproxy']['services'][number];

/** What the page of figures may have, on top of what the services share: it answers when they are full. */
const STATS_CONNECTIONS = 100;

export function haproxyView(
  cluster: ClusterModel,
  node: NodeModel,
  probe: Probe | undefined,
): View['haproxy'] {
  const { haproxy, raw } = cluster;
  return {
    bindsAfterFork: isAtLeast(cluster.daemons.haproxy, '3.1'),
    processMaxconn: haproxy.maxconn + (cluster.stats === undefined ? 0 : STATS_CONNECTIONS),
    maxconn: haproxy.maxconn,
    probe: probe && joinHostPort(probe.address, probe.port),
    log: haproxy.log === 'syslog',
    logLevel: haproxy.logLevel,
    logFormat: haproxy.logFormat,
    nbthread: haproxy.nbthread,
    resolvers: resolversView(cluster, node),
    logForward: logForwardView(cluster),
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
    check: checkView(service.check, name, cluster),
    defaultServer: { ...service.defaultServer },
    sendProxy: SEND_PROXY[service.sendProxy],
    backends: backends.map((backend) => backendView(backend, cluster)),
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

function checkView(
  check: BackendCheckModel,
  service: string,
  { daemons }: ClusterModel,
): Service['check'] {
  const page = check.type === 'http' || check.type === 'https' ? check : undefined;
  return {
    enabled: check.type !== 'none',
    tcp: check.type === 'tcp',
    port: check.type === 'none' ? undefined : check.port,
    page: page && {
      tls: page.type === 'https',
      path: page.path,
      host: page.host?.header,
      serverName: page.host?.serverName,
      refusesHostAsName:
        page.host !== undefined &&
        page.host.serverName === undefined &&
        isAtLeast(daemons.haproxy, '3.3'),
      headers: Object.entries(page.headers).map(([name, value]) => ({ name, value })),
      expect: [...page.expect],
      caFile: page.ca === undefined ? undefined : `/${caPath(service)}`,
    },
  };
}

/**
 * A DNS name gets `init-addr last,none` in the template, without `libc`: that would have haproxy wait for the C
 * library's resolver while it reads its file, name after name and again at each test of the file. With a name server
 * that says nothing, three names took 60 s instead of half of one, at every boot. The resolvers ask as soon as haproxy
 * runs.
 */
function backendView(
  { name, address, port, weight, backup, count }: BackendModel,
  { haproxy }: ClusterModel,
): Service['backends'][number] {
  const places = count === undefined ? undefined : `1-${count}`;
  const prefer = isDnsName(address) ? haproxy.resolvers.prefer : undefined;
  return { name, endpoint: joinHostPort(address, port), weight, backup, prefer, places };
}

function resolversView(
  { haproxy, services }: ClusterModel,
  node: NodeModel,
): View['haproxy']['resolvers'] {
  const named = services.some(({ backends }) => backends.some((it) => isDnsName(it.address)));
  if (!named) return undefined;
  const { nameservers, prefer, retries, timeouts, hold } = haproxy.resolvers;
  const asked =
    nameservers.length > 0 ? nameservers : node.dns.map((address) => joinHostPort(address, 53));
  return {
    nameservers: asked.map((endpoint, index) => ({ name: `ns${index + 1}`, endpoint })),
    prefer,
    retries,
    ...timeouts,
    hold: Object.entries(hold).map(([what, time]) => ({ what, time })),
  };
}

/** @param node whose addresses for management are listened on where the cluster file names no other */
export function statsView(stats: StatsModel | undefined, node: NodeModel): View['stats'] {
  if (stats === undefined) return undefined;
  const everywhere = stats.bind === '*' || stats.bind === '::';
  const addresses = stats.bind === undefined ? managementAddresses(node) : [stats.bind];
  return {
    frontend: STATS_FRONTEND,
    maxconn: STATS_CONNECTIONS,
    binds: everywhere
      ? [`:::${stats.port} v4v6`]
      : addresses.map((address) => joinHostPort(address, stats.port)),
    prometheus: stats.prometheus,
    auth: stats.auth,
  };
}
