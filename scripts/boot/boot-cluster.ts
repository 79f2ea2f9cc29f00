import { mkdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ClusterModel, NodeModel } from '../cluster/model.ts';
import { cardsOf } from '../cluster/network/cards.ts';
import { compareStrings } from '../core/digest.ts';
import { VipisoError } from '../core/errors.ts';
import { withTempFolder } from '../host/fs/temp-folder.ts';
import type { Host } from '../host/host.ts';
import { requireTools } from '../host/tools/find-tool.ts';
import { toolsFor } from '../host/tools/tool-packages.ts';
import { withIsoImage } from '../image/iso9660/iso-image.ts';
import { kernelFile } from '../image/layout.ts';
import { Lan } from './lan/lan.ts';
import { planLan } from './lan/plan.ts';
import { consoleLogOf, Machine } from './machine.ts';
import { chooseAccelerator } from './qemu/accelerator.ts';
import type { Accelerator } from './qemu/accelerator.ts';
import type { NetworkCard } from './qemu/arguments.ts';
import { findUefi } from './qemu/firmware.ts';

/** How one node's image is put into its machine. */
export interface NodeBoot {
  /** Absolute path of the ISO. */
  readonly image: string;
  readonly as: 'cd' | 'disk';
  readonly firmware: 'bios' | 'uefi';
  /** Whether commands can be run inside (`Machine.inside`): BIOS alone. */
  readonly debugShell?: boolean | undefined;
}

export interface BootOptions {
  readonly cluster: ClusterModel;
  /** By host name; nodes that are not named stay off. */
  readonly boots: ReadonlyMap<string, NodeBoot>;
  /** Absolute folder that keeps every machine's console log. */
  readonly logs: string;
  readonly memoryMib?: number | undefined;
  /** Real API servers in the place of the stand-ins: absolute paths of their programs. */
  readonly controlPlane?: { readonly etcd: string; readonly apiServer: string } | undefined;
}

/** The nodes of a cluster, switched on, on a LAN of their own. */
export interface BootedCluster {
  readonly lan: Lan;
  /** By host name. */
  readonly machines: ReadonlyMap<string, Machine>;
  readonly accelerator: Accelerator;
  /** Network cards of the machines, by `<host name>/<card>`. */
  readonly cards: ReadonlyMap<string, NetworkCard>;
  /** Switches a node on (again) after it went off. @param image absolute path of another one than it had at first */
  readonly powerOn: (hostname: string, image?: string) => Promise<Machine>;
}

const DEFAULT_MEMORY_MIB = 512;
/** What QEMU is asked to be, on whatever host. */
const MACHINE_ARCH = 'x86_64';

/**
 * Boots the images of a cluster's nodes on an isolated LAN with fake API servers and runs `work` with them. When it
 * returns, throws or is interrupted, machines and LAN are gone.
 *
 * @throws VipisoError tool-missing, sandbox, cluster-invalid, image-wrong, usage; whatever `work` throws
 */
export async function withBootedCluster<T>(
  host: Host,
  options: BootOptions,
  work: (booted: BootedCluster) => Promise<T>,
): Promise<T> {
  requireTools(host, toolsFor('boot'));
  requireArch(options.cluster);
  const plan = planLan(options.cluster);
  await mkdir(options.logs, { recursive: true });
  return await withTempFolder(host, os.tmpdir(), async (temp) => {
    const accelerator = await acceleratorFor(host, options, temp);
    const { controlPlane, logs } = options;
    const programs = controlPlane && {
      ...{ etcd: controlPlane.etcd, apiServer: controlPlane.apiServer },
      ...{ folder: path.join(temp, 'control-plane'), logs },
    };
    const lan = await Lan.open(host, plan, programs);
    try {
      const attached = await Promise.all(
        nodesToBoot(options).map(async (node) => await attachToLan(lan, node)),
      );
      const machines = new Map<string, Machine>();
      const powerOn = async (hostname: string, image?: string): Promise<Machine> => {
        const cards = attached.find((it) => it.hostname === hostname)?.cards ?? [];
        const sockets = path.join(temp, hostname);
        const about = { hostname, cards, sockets, accelerator: accelerator.kind, image };
        const machine = await switchOn(host, lan, options, about);
        machines.set(hostname, machine);
        return machine;
      };
      // QEMU appends to logs, so that a node's boots are all in it: those of earlier runs go first.
      for (const { hostname } of attached)
        await rm(consoleLogOf(options.logs, hostname), { force: true });
      for (const { hostname } of attached) await powerOn(hostname);
      const cards = new Map(attached.flatMap(({ plugged }) => plugged));
      return await work({ lan, machines, accelerator, cards, powerOn });
    } finally {
      await lan.close();
    }
  });
}

function requireArch({ alpine }: ClusterModel): void {
  if (alpine.arch === MACHINE_ARCH) return;
  throw new VipisoError('usage', `images for ${alpine.arch} cannot be booted here`, {
    hint: `The emulated machines are ${MACHINE_ARCH} ones, on every host.`,
  });
}

/** Images of one cluster have one kernel, so the first one tells whether KVM runs it. */
async function acceleratorFor(
  host: Host,
  { cluster, boots }: BootOptions,
  temp: string,
): Promise<Accelerator> {
  const [first] = boots.values();
  if (first === undefined) throw new VipisoError('usage', 'no image was named to boot');
  const kernel = path.join(temp, 'vmlinuz');
  const inImage = kernelFile(cluster.alpine.kernelFlavour);
  await writeFile(kernel, await withIsoImage(first.image, (image) => image.read(inImage)));
  return await chooseAccelerator(host, kernel);
}

function nodesToBoot({ cluster, boots }: BootOptions): readonly NodeModel[] {
  const unknown = [...boots.keys()].find(
    (hostname) => !cluster.nodes.some((node) => node.hostname === hostname),
  );
  if (unknown !== undefined)
    throw new VipisoError('usage', `the cluster file has no node ${unknown} to boot`);
  return cluster.nodes.filter(({ hostname }) => boots.has(hostname));
}

interface AttachedNode {
  readonly hostname: string;
  readonly cards: readonly NetworkCard[];
  /** By the names of their ports. */
  readonly plugged: readonly (readonly [string, NetworkCard])[];
}

/** One for each network card of a node, in the order in which its kernel will name those that have no MAC address. */
async function attachToLan(lan: Lan, node: NodeModel): Promise<AttachedNode> {
  const wanted = [...cardsOf(node.interfaces)].sort((a, b) => compareStrings(a.name, b.name));
  const plugged: (readonly [string, NetworkCard])[] = [];
  for (const { name, mac } of wanted) {
    const port = `${node.hostname}/${name}`;
    plugged.push([port, await lan.plug(port, mac)]);
  }
  return { hostname: node.hostname, cards: plugged.map(([, card]) => card), plugged };
}

async function switchOn(
  host: Host,
  lan: Lan,
  options: BootOptions,
  about: {
    readonly hostname: string;
    readonly cards: readonly NetworkCard[];
    readonly sockets: string;
    readonly accelerator: Accelerator['kind'];
    readonly image: string | undefined;
  },
): Promise<Machine> {
  const boot = options.boots.get(about.hostname);
  if (boot === undefined)
    throw new VipisoError('usage', `no image was named for the node ${about.hostname}`);
  return await Machine.powerOn(host, lan, {
    name: about.hostname,
    medium: { kind: boot.as, image: about.image ?? boot.image },
    firmware: boot.firmware === 'uefi' ? findUefi() : { kind: 'bios' },
    memoryMib: options.memoryMib ?? DEFAULT_MEMORY_MIB,
    accelerator: about.accelerator,
    cards: about.cards,
    sockets: about.sockets,
    logs: options.logs,
    // SYSLINUX's label is the kernel's flavour, in mkimage's images and in ours.
    debugShellLabel: boot.debugShell === true ? options.cluster.alpine.kernelFlavour : undefined,
  });
}
