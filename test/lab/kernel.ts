import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { compareStrings } from '../../scripts/core/digest.ts';
import { VipisoError } from '../../scripts/core/errors.ts';
import { isErrno } from '../../scripts/host/fs/errno.ts';
import { runTool } from '../../scripts/host/process/run.ts';
import type { ApkFile } from './apk-writer.ts';
import { readInto } from './contents.ts';
import type { Content, Sources } from './recipe.ts';

/** Modules that a virtual machine with a load balancer may want; what these need comes with them. */
const KEPT_MODULES = [
  ...['arch/x86/crypto', 'crypto', 'lib', 'block'],
  ...['drivers/acpi', 'drivers/ata', 'drivers/block/loop', 'drivers/block/virtio', 'drivers/cdrom'],
  ...['drivers/block/xen-blkfront', 'drivers/char', 'drivers/firmware', 'drivers/hv'],
  ...['drivers/hid/hid-generic', 'drivers/hid/hid-hyperv', 'drivers/input', 'drivers/nvme/host'],
  ...['drivers/net/bonding', 'drivers/net/dummy', 'drivers/net/ethernet/amazon'],
  ...['drivers/net/ethernet/google', 'drivers/net/ethernet/intel', 'drivers/net/hyperv'],
  ...['drivers/net/ifb', 'drivers/net/ipvlan', 'drivers/net/macvlan', 'drivers/net/net_failover'],
  ...['drivers/net/team', 'drivers/net/tun', 'drivers/net/veth', 'drivers/net/virtio_net'],
  ...['drivers/net/vmxnet3', 'drivers/net/vrf', 'drivers/net/vxlan', 'drivers/net/wireguard'],
  ...['drivers/net/xen-netfront', 'drivers/ptp', 'drivers/pps', 'drivers/scsi/hv_storvsc'],
  ...['drivers/scsi/sd_mod', 'drivers/scsi/sg', 'drivers/scsi/sr_mod', 'drivers/scsi/virtio_scsi'],
  ...['drivers/scsi/vmw_pvscsi', 'drivers/virtio', 'drivers/watchdog'],
  ...['fs/binfmt_misc', 'fs/efivarfs', 'fs/ext4', 'fs/fat', 'fs/fuse', 'fs/isofs', 'fs/nls'],
  ...['fs/overlayfs', 'fs/squashfs', 'net/802', 'net/8021q', 'net/bridge', 'net/core'],
  ...['net/ipv4', 'net/ipv6', 'net/llc', 'net/netfilter', 'net/netlink', 'net/packet'],
  ...['net/sched/sch_', 'net/unix', 'net/vmw_vsock'],
].map((it) => `kernel/${it}`);

const TABLES = ['modules.alias', 'modules.dep', 'modules.symbols'];

/**
 * Kernel and modules of Debian's packages `debs`, laid out as Alpine's package of a flavour. Debian has them in one
 * package with the kernel in /boot, or in several with all of it below /usr/lib/modules.
 */
export function kernel(debs: readonly string[], flavour: string): Content {
  return async (sources) => {
    const { root, release } = await modulesIn(debs.map(sources.deb));
    await unpackModules(sources, root);
    await trimModules(sources, root, release);
    const boot = ['System.map', 'config', 'vmlinuz'].map(async (name) => {
      const places = debs.flatMap((deb) => [
        path.join(sources.deb(deb), 'boot', `${name}-${release}`),
        path.join(sources.deb(deb), 'usr/lib/modules', release, name),
      ]);
      return await readFirst(places, `boot/${name}-${flavour}`);
    });
    const modules = await readInto(
      path.join(root, 'usr/lib/modules', release),
      `lib/modules/${release}`,
    );
    const links = [`lib/modules/${release}/build`, `lib/modules/${release}/source`];
    return [
      ...(await Promise.all(boot)).flat(),
      ...modules.filter((file) => !links.includes(file.path) && !isBootFile(file.path)),
      {
        path: `usr/share/kernel/${flavour}/kernel.release`,
        content: Buffer.from(`${release}\n`),
      },
    ];
  };
}

function isBootFile(name: string): boolean {
  return /^lib\/modules\/[^/]+\/(?:System\.map|config|vmlinuz)$/.test(name);
}

/** The package that has the modules, and what `uname -r` will print: the one folder below lib/modules. */
async function modulesIn(
  roots: readonly string[],
): Promise<{ readonly root: string; readonly release: string }> {
  const found = [];
  for (const root of roots) {
    const pattern = path.join(root, 'usr/lib/modules');
    for (const release of await namesIn(pattern))
      if ((await namesIn(path.join(pattern, release, 'kernel'))).length > 0)
        found.push({ root, release });
  }
  const [modules, ...others] = found;
  if (modules === undefined || others.length > 0) {
    const text = `Debian's kernel holds not one set of modules: ${found.map(({ release }) => release).join(', ')}`;
    throw new VipisoError('bug', text);
  }
  return modules;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort(compareStrings);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

async function readFirst(places: readonly string[], to: string): Promise<readonly ApkFile[]> {
  for (const place of places) {
    try {
      return await readInto(place, to);
    } catch (error) {
      if (!isErrno(error, 'ENOENT')) throw error;
    }
  }
  throw new VipisoError('bug', `Debian's kernel has none of ${places.join(', ')}`);
}

/** The small init's busybox and the image's tools each know other compressions: plain modules suit all. */
async function unpackModules({ host }: Sources, root: string): Promise<void> {
  const folder = path.join(root, 'usr/lib/modules');
  const names = (await readdir(folder, { recursive: true })).filter((it) => it.endsWith('.ko.xz'));
  if (names.length === 0) return;
  const input = names.map((name) => `${path.join(folder, name)}\0`).join('');
  const args = ['-0', '-P', '2', '-n', '64', 'xz', '-d'];
  await runTool(host, { tool: 'xargs', args, input, timeoutMs: 300_000 });
}

/** Removes what is not kept from the unpacked package, and makes the tables of what stays. */
async function trimModules(sources: Sources, root: string, release: string): Promise<void> {
  const folder = path.join(root, 'usr/lib/modules', release);
  await depmod(sources, root, release);
  const kept = keptModules(await readFile(path.join(folder, 'modules.dep'), 'utf8'));
  const all = await readdir(path.join(folder, 'kernel'), { recursive: true });
  const dropped = all.filter((name) => name.endsWith('.ko') && !kept.has(`kernel/${name}`));
  await Promise.all(dropped.map((name) => rm(path.join(folder, 'kernel', name))));
  await depmod(sources, root, release);
}

/** Names below the release's folder; modules.dep has one module and what it needs per line. */
function keptModules(table: string): ReadonlySet<string> {
  const lines = table.split('\n').map((line) => line.split(/:? +|:$/).filter((it) => it !== ''));
  const wanted = lines.filter(([name = '']) => KEPT_MODULES.some((it) => name.startsWith(it)));
  return new Set(wanted.flat());
}

/** busybox's depmod writes in the order of the folder: sorted, equal modules give equal tables. */
async function depmod({ host, deb }: Sources, root: string, release: string): Promise<void> {
  const tool = path.join(deb('busybox-static'), 'usr/bin/busybox');
  await runTool(host, { tool, args: ['depmod', '-b', root, release], timeoutMs: 120_000 });
  for (const name of TABLES) await sortLines(path.join(root, 'usr/lib/modules', release, name));
}

async function sortLines(file: string): Promise<void> {
  try {
    const lines = (await readFile(file, 'utf8')).split('\n').filter((line) => line !== '');
    await writeFile(file, `${lines.sort(compareStrings).join('\n')}\n`);
  } catch (error) {
    if (!isErrno(error, 'ENOENT')) throw error;
  }
}
