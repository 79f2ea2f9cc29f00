import { daemonVersions } from './daemon-versions.ts';
import type {
  AccessModel,
  ClusterModel,
  NodeModel,
  RawLinesModel,
  StatsModel,
  SystemModel,
} from './model.ts';
import { absolutePath } from './references.ts';
import type { ReferenceContext } from './references.ts';
import { resolveAlpine, resolveImage } from './resolve/alpine.ts';
import { authorizedKeys } from './resolve/authorized-keys.ts';
import { groupFilesOf } from './resolve/groups.ts';
import { linesOf, listOf } from './resolve/lists.ts';
import { resolveNodes } from './resolve/nodes.ts';
import type { NodeNetwork } from './resolve/nodes.ts';
import { daemonProfileOf } from './resolve/profiles.ts';
import { readCa, resolveHaproxy, resolveService } from './resolve/services.ts';
import { resolveSshHosts } from './resolve/ssh-hosts.ts';
import { resolveVrrp } from './resolve/vrrp.ts';
import type { ClusterFile } from './schema.ts';
import type { Lines, Secret } from './schema/scalars.ts';
import type { AccessFile, RawFile, SystemFile } from './schema/system.ts';
import { resolveSecret } from './secrets/secret.ts';
import { withSloTimers } from './slo/derive.ts';
import { sloOf } from './slo/model.ts';
import type { VrrpModel } from './vrrp-model.ts';

/** Fills in every default. Total: any file that fits the schema resolves; the rules judge the outcome. */
export function resolveCluster(file: ClusterFile, context: ReferenceContext): ClusterModel {
  const resolve = (written: ClusterFile): ClusterModel => resolveWritten(written, context);
  return resolve(withSloTimers(file, resolve));
}

function resolveWritten(file: ClusterFile, context: ReferenceContext): ClusterModel {
  const profile = daemonProfileOf(groupFilesOf(file));
  const nodes = resolveNodes(file);
  const vrrp = resolveVrrp(file, nodes, context);
  const alpine = resolveAlpine(file.alpine, context);
  return {
    name: file.name ?? 'cluster',
    alpine,
    daemons: daemonVersions(alpine, context.locked),
    image: resolveImage(file.image),
    nodes: nodes.map((node) => withRole(node, vrrp)),
    vrrp,
    ...(file.slo !== undefined && { slo: sloOf(file.slo) }),
    haproxy: resolveHaproxy(file.haproxy, profile),
    services: file.services.map((service) =>
      resolveService(service, { haproxy: file.haproxy, profile, vrrp }, context),
    ),
    access: resolveAccess(file.access, context),
    system: resolveSystem(file.system, file.guest_agent, context),
    firewall: {
      enabled: file.firewall?.enabled ?? true,
      allowManagement: listOf(file.firewall?.allow_management),
      ports: (file.firewall?.ports ?? []).map(
        ({ name, port, protocol, from, open_on: openOn }) => ({
          ...{ name, ports: listOf(port), protocol: protocol ?? 'tcp', from: listOf(from) },
          openOn: openOn ?? 'services',
        }),
      ),
    },
    stats: resolveStats(file, context),
    overlayFolder: file.overlay === undefined ? undefined : absolutePath(context, file.overlay),
    raw: resolveRaw(file.raw),
  };
}

function withRole(node: NodeNetwork, { groups }: VrrpModel): NodeModel {
  const isMaster = groups.some(({ members }) =>
    members.some(({ hostname, role }) => hostname === node.hostname && role === 'MASTER'),
  );
  return { ...node, role: isMaster ? 'MASTER' : 'BACKUP' };
}

function resolveAccess(file: AccessFile = {}, context: ReferenceContext): AccessModel {
  const secret = (written: Secret | undefined) =>
    written === undefined ? undefined : resolveSecret(written, context);
  const keys = authorizedKeys(file.ssh_authorized_keys, context).map(({ line }) => line);
  return {
    sshAuthorizedKeys: keys,
    rootPasswordHash: secret(file.root_password_hash),
    adminUser:
      file.admin_user === undefined
        ? undefined
        : { name: file.admin_user.name, passwordHash: secret(file.admin_user.password_hash) },
    sshd: file.sshd ?? keys.length > 0,
    sshHosts: resolveSshHosts(file.ssh, context),
  };
}

function resolveSystem(
  file: SystemFile = {},
  guestAgent: ClusterFile['guest_agent'],
  context: ReferenceContext,
): SystemModel {
  return {
    timezone: file.timezone ?? 'UTC',
    ntpServers: file.ntp_servers ?? ['pool.ntp.org'],
    syslogTarget: file.syslog,
    syslogProtocol: file.syslog_protocol ?? 'udp',
    ...(file.syslog_name === undefined ? {} : { syslogName: file.syslog_name.replace(/\.$/, '') }),
    ...(file.syslog_ca === undefined ? {} : { syslogCa: readCa(file.syslog_ca, context) }),
    guestAgent: guestAgent ?? 'none',
  };
}

function resolveStats(
  { stats: file, management }: ClusterFile,
  context: ReferenceContext,
): StatsModel | undefined {
  if (file === undefined) return undefined;
  const { user, password } = file;
  return {
    bind: file.bind ?? (management === undefined ? '127.0.0.1' : undefined),
    port: file.port ?? 8404,
    prometheus: file.prometheus ?? true,
    auth:
      user === undefined || password === undefined
        ? undefined
        : { user, password: resolveSecret(password, context) },
  };
}

function resolveRaw(file: RawFile = {}): RawLinesModel {
  return {
    haproxyGlobal: linesOf(file.haproxy?.global),
    haproxyDefaults: linesOf(file.haproxy?.defaults),
    haproxyFrontend: bySection(file.haproxy?.frontend),
    haproxyBackend: bySection(file.haproxy?.backend),
    keepalivedGlobal: linesOf(file.keepalived?.global_defs),
    keepalivedInstance: linesOf(file.keepalived?.vrrp_instance),
  };
}

function bySection(file: Record<string, Lines> = {}): Record<string, readonly string[]> {
  // Without a prototype: a service may be called `constructor`.
  const lines = Object.create(null) as Record<string, readonly string[]>;
  for (const [name, written] of Object.entries(file)) lines[name] = linesOf(written);
  return lines;
}
