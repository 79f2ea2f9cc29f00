import { parseCheckHost } from '../check-host.ts';
import type {
  BackendCheckModel,
  BackendModel,
  HaproxyModel,
  ResolversModel,
  ServiceModel,
} from '../model.ts';
import type { DefaultServerOptions } from '../passthrough.ts';
import { absolutePath } from '../references.ts';
import type { ReferenceContext } from '../references.ts';
import type { ServiceCheckFile } from '../schema/check.ts';
import type { DefaultServerFile, HaproxyFile } from '../schema/haproxy.ts';
import type { ResolversFile } from '../schema/resolvers.ts';
import type { ServiceFile } from '../schema/service.ts';
import { hostOf, joinHostPort } from '../values/address.ts';
import { splitBind } from '../values/bind.ts';
import { certificatesOf, holdsPrivateKey } from '../values/certificates.ts';
import { parseHostPort } from '../values/host-port.ts';
import { vipCidrs } from '../vrrp-groups.ts';
import type { VrrpModel } from '../vrrp-model.ts';
import { listOf } from './lists.ts';
import type { Profile } from './profiles.ts';

const DEFAULT_NAME = 'k8s-api';
const DEFAULT_PORT = 6443;
const DNS_PORT = 53;

type BackendFile = ServiceFile['backends'][number];

export function resolveHaproxy(
  file: HaproxyFile = {},
  { haproxy: profile }: Pick<Profile, 'haproxy'>,
): HaproxyModel {
  const timeouts = file.timeouts ?? {};
  return {
    maxconn: file.maxconn ?? 20_000,
    timeouts: {
      httpRequest: timeouts.http_request ?? '10s',
      queue: timeouts.queue ?? '1m',
      connect: timeouts.connect ?? profile.connect,
      client: timeouts.client ?? '86400s',
      server: timeouts.server ?? '86400s',
      tunnel: timeouts.tunnel ?? '86400s',
    },
    dontlognull: file.dontlognull ?? true,
    retries: file.retries ?? profile.retries,
    redispatch: file.redispatch ?? profile.redispatch,
    tcpKeepalive: file.tcp_keepalive ?? profile.tcpKeepalive,
    log: file.log ?? 'syslog',
    ...(file.log_level === undefined ? {} : { logLevel: file.log_level }),
    ...(file.log_format === undefined ? {} : { logFormat: file.log_format }),
    ...(file.nbthread === undefined ? {} : { nbthread: file.nbthread }),
    resolvers: resolveResolvers(file.resolvers),
  };
}

export function resolveService(
  file: ServiceFile,
  {
    haproxy = {},
    profile,
    vrrp,
  }: {
    readonly haproxy: HaproxyFile | undefined;
    readonly profile: Profile;
    readonly vrrp: VrrpModel;
  },
  context: ReferenceContext,
): ServiceModel {
  const binds = listOf(file.bind);
  const groups = listOf(file.vrrp);
  const port = file.port ?? (binds[0] === undefined ? DEFAULT_PORT : splitBind(binds[0]).port);
  return {
    name: file.name ?? DEFAULT_NAME,
    binds: binds.length === 0 ? defaultBinds(port, groups, vrrp) : binds,
    groups,
    port,
    frontendMaxconn: file.maxconn,
    balance: file.balance ?? 'roundrobin',
    check: resolveCheck(file.check, context),
    defaultServer: resolveDefaultServer(
      { ...haproxy.default_server, ...file.default_server },
      profile,
    ),
    backends: file.backends.map((backend) => resolveBackend(backend, port)),
    allow: listOf(file.allow),
    sendProxy: file.send_proxy ?? 'none',
    ...(file.timeouts === undefined ? {} : { timeouts: file.timeouts }),
  };
}

/** All addresses of both families, or the VIPs of the groups that carry the service. */
function defaultBinds(port: number, groups: readonly string[], vrrp: VrrpModel): readonly string[] {
  const vips = vipCidrs({ vrrp }, groups).map((vip) => joinHostPort(hostOf(vip), port));
  return groups.length === 0 || vips.length === 0 ? [`:::${port} v4v6`] : vips;
}

function resolveDefaultServer(
  file: DefaultServerFile,
  { server: profile }: Pick<Profile, 'server'>,
): DefaultServerOptions {
  return {
    inter: file.inter ?? profile.inter,
    downinter: file.downinter ?? profile.downinter,
    rise: file.rise ?? 2,
    fall: file.fall ?? profile.fall,
    slowstart: file.slowstart ?? '60s',
    maxconn: file.maxconn ?? 250,
    maxqueue: file.maxqueue ?? 256,
    weight: file.weight ?? 100,
    shutdownSessionsOnDown: file.shutdown_sessions ?? profile.shutdownSessions,
  };
}

function resolveResolvers(file: ResolversFile = {}): ResolversModel {
  const { hold = {}, timeouts = {} } = file;
  return {
    nameservers: listOf(file.nameservers).map((text) => {
      const { host, port } = parseHostPort(text) ?? { host: text, port: undefined };
      return joinHostPort(host, port ?? DNS_PORT);
    }),
    prefer: file.prefer ?? 'ipv4',
    retries: file.retries ?? 3,
    timeouts: { resolve: timeouts.resolve ?? '1s', retry: timeouts.retry ?? '1s' },
    hold: {
      valid: hold.valid ?? '10s',
      obsolete: hold.obsolete ?? '30s',
      nx: hold.nx ?? '30s',
      other: hold.other ?? '24h',
      refused: hold.refused ?? '24h',
      timeout: hold.timeout ?? '24h',
    },
  };
}

function resolveBackend(file: BackendFile, servicePort: number): BackendModel {
  const { host, port } = parseHostPort(file.address) ?? { host: file.address, port: undefined };
  return {
    name: file.name,
    address: host,
    port: file.port ?? port ?? servicePort,
    weight: file.weight,
    backup: file.backup ?? false,
    ...(file.count === undefined ? {} : { count: file.count }),
  };
}

function resolveCheck(
  file: ServiceCheckFile | undefined,
  context: ReferenceContext,
): BackendCheckModel {
  const written = file ?? 'tcp';
  if (written === 'http' || written === 'https') return resolvePage({ type: written }, context);
  if (written === 'tcp' || written === 'none') return { type: written };
  return written.type === 'http' || written.type === 'https'
    ? resolvePage(written, context)
    : written;
}

type PageCheckFile = Extract<ServiceCheckFile, { type: 'http' | 'https' }>;

function resolvePage(file: PageCheckFile, context: ReferenceContext): BackendCheckModel {
  const expect = listOf(file.expect);
  const ca = 'ca' in file ? file.ca : undefined;
  return {
    type: file.type,
    ...(file.port === undefined ? {} : { port: file.port }),
    path: file.path ?? '/readyz',
    host: file.host === undefined ? undefined : parseCheckHost(file.host),
    expect: expect.length === 0 ? [200] : expect,
    headers: file.headers ?? {},
    ca: ca === undefined ? undefined : readCa(ca, context),
  };
}

/** Text of the CA's PEM file; of one that holds a private key too, the certificates alone. A file that cannot be read is reported by the reference check, before anyone uses this. */
export function readCa(path: string, context: ReferenceContext): string | undefined {
  const result = context.reader.readTextFile(absolutePath(context, path));
  if (!result.ok) return undefined;
  return holdsPrivateKey(result.text) ? certificatesOf(result.text) : result.text;
}
