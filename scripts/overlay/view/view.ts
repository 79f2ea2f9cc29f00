import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import { vipsOf } from '../../cluster/node-addresses.ts';
import { hostOf } from '../../cluster/values/address.ts';
import { mainInterface, memberOf } from '../../cluster/vrrp-groups.ts';
import type { VrrpGroupModel } from '../../cluster/vrrp-model.ts';
import { VipisoError } from '../../core/errors.ts';
import { syslogdTarget } from '../log-forward.ts';
import { accountsOf } from './accounts.ts';
import { firewallView } from './firewall.ts';
import { handoverView } from './handover/handover.ts';
import { haproxyView, statsView } from './haproxy.ts';
import { keepalivedView } from './keepalived.ts';
import { hostsView, managementAddresses, managementView, networkView } from './network.ts';
import { probeOf } from './probe.ts';
import { View } from './view-schema.ts';
import { installedWorldOf } from './world.ts';

/** Two sockets per connection, the health checks and the system's own beside them. */
const FILES_PER_CONNECTION = 3;
const LEAST_FILES = 262_144;
/** Listeners, health checks, threads' own: more than any cluster file asks for. */
const FILES_BESIDE = 20_000;
/** The kernel's default of fs.nr_open. */
const KERNEL_NR_OPEN = 1_048_576;

/** What is known of a build before it is made, and shown on the console. */
export interface BuildNames {
  /** Names the packages, never a time. */
  readonly release: string;
  /** Of the release that the image is built for. */
  readonly version?: string | undefined;
}

/**
 * What the templates of one node may use.
 *
 * @throws VipisoError cluster-invalid where a value has a line break or another control character
 */
export function viewOf(cluster: ClusterModel, node: NodeModel, names: BuildNames): View {
  const result = View.safeParse(draft(cluster, node, names));
  if (result.success) return result.data;
  throw new VipisoError(
    'cluster-invalid',
    `a value cannot be written into the files of ${node.hostname}`,
    {
      details: result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`),
      hint: 'Correct the value in the cluster file.',
    },
  );
}

function draft(cluster: ClusterModel, node: NodeModel, { release, version }: BuildNames): View {
  const { haproxy, system, vrrp } = cluster;
  const probe = probeOf(cluster);
  return {
    cluster: cluster.name,
    release,
    ...(version !== undefined && { version }),
    hostname: node.hostname,
    role: node.role,
    mainInterface: mainInterface(cluster, node),
    severalGroups: vrrp.groups.length > 1,
    usesVmac: vrrp.groups.some(({ useVmac }) => useVmac),
    vrrpGroups: vrrp.groups.map((group) => groupView(group, node)),
    vips: [...vipsOf(cluster)],
    packages: [...installedWorldOf(cluster)],
    hosts: hostsView(cluster),
    network: networkView(node),
    haproxy: haproxyView(cluster, node, probe),
    stats: statsView(cluster.stats, node),
    keepalived: keepalivedView(cluster, node, probe),
    handover: handoverView(cluster, node),
    firewall: firewallView(cluster, node),
    ...accountsOf(cluster),
    ssh: sshView(cluster, node),
    management: managementView(node),
    ntp: system.ntpServers.map((name) => ({ directive: isPool(name) ? 'pool' : 'server', name })),
    syslogTarget: syslogdTarget(cluster),
    timezone: system.timezone,
    fileMax: Math.max(LEAST_FILES, FILES_PER_CONNECTION * haproxy.maxconn),
    filesPerProcess: filesPerProcess(haproxy.maxconn),
  };
}

function groupView(group: VrrpGroupModel, node: NodeModel): View['vrrpGroups'][number] {
  const { role, priority, interface: carrier } = memberOf(group, node);
  const vips = group.instances.flatMap(({ addresses }) => addresses.map(hostOf));
  const isMaster = role === 'MASTER';
  return { name: group.name, role, isMaster, priority, interface: carrier, vips };
}

/**
 * HAProxy raises its own limit of open files to what `maxconn` needs, two for each connection, and does not start where
 * the kernel says no; the kernel says no above fs.nr_open.
 */
function filesPerProcess(maxconn: number): number | undefined {
  const needed = 2 * maxconn + FILES_BESIDE;
  return needed > KERNEL_NR_OPEN ? FILES_PER_CONNECTION * maxconn : undefined;
}

/** With an admin user the keys are theirs, and root does not log in from the network. */
function sshView({ access }: ClusterModel, node: NodeModel): View['ssh'] {
  const keys = access.sshd ? [...access.sshAuthorizedKeys] : [];
  const admin = access.adminUser?.name;
  return {
    enabled: access.sshd,
    permitRootLogin: admin === undefined ? 'prohibit-password' : 'no',
    allowUsers: [admin ?? 'root'],
    rootKeys: admin === undefined ? keys : [],
    adminKeys: admin === undefined ? [] : keys,
    listen: [...managementAddresses(node)],
    ...hostIdentity(access, node),
  };
}

/** sshd finds out which certificate is whose: the names only have to differ. */
function hostIdentity({ sshd, sshHosts }: ClusterModel['access'], { hostname }: NodeModel) {
  const own = sshd ? sshHosts.find((it) => it.hostname === hostname) : undefined;
  const place = (index: number): string => `/etc/ssh/ssh_host_${index + 1}_key`;
  return {
    hostKeys: (own?.keys ?? []).map((key, index) => ({ path: place(index), key })),
    hostCertificates: (own?.certificates ?? []).map((text, index) => ({
      path: `${place(index)}-cert.pub`,
      text,
    })),
  };
}

/** `pool.ntp.org`, `2.de.pool.ntp.org`: a name for many servers, of which chrony takes several. */
function isPool(name: string): boolean {
  return name.split('.').includes('pool');
}
