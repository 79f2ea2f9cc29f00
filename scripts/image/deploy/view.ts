import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import { cardsOf } from '../../cluster/network/cards.ts';
import { nodesByRank } from '../../cluster/vrrp-groups.ts';
import { compareStrings, sha256 } from '../../core/digest.ts';

/** A network card of a virtual machine. */
export interface CardView {
  /** Its name in the image. */
  readonly name: string;
  /** Place among the machine's cards: the kernel names those without an address of their own in this order. */
  readonly index: number;
  /** The cluster file's, or one that follows from the names: the same after each rebuild of the machine. */
  readonly mac: string;
  readonly isGiven: boolean;
}

/** What the definitions of a node's virtual machine have in common. */
export interface MachineView {
  readonly cluster: string;
  readonly node: string;
  readonly role: string;
  /** The cluster's other nodes: no two of them belong on one host. */
  readonly peers: readonly string[];
  readonly everyNode: readonly string[];
  readonly memoryMib: number;
  readonly cpus: number;
  readonly cards: readonly CardView[];
  /** Number of the serial port that has the console; absent where none of a PC's has. */
  readonly serialPort: number | undefined;
  /** The VIPs move with a MAC address of their own. */
  readonly usesVirtualMac: boolean;
}

/** Less boots, too; the rest is for connections and logs. */
const MEMORY_MIB = 512;
/** One for haproxy, one for adverts that are never late. */
const CPUS = 2;

export function machineView(cluster: ClusterModel, node: NodeModel): MachineView {
  const cards = [...cardsOf(node.interfaces)].sort((a, b) => compareStrings(a.name, b.name));
  const names = nodesByRank(cluster.vrrp.groups[0], cluster).map(({ hostname }) => hostname);
  const port = /^ttyS(\d)$/.exec(cluster.image.serialConsole?.device ?? '')?.[1];
  return {
    cluster: cluster.name,
    node: node.hostname,
    role: node.role,
    peers: names.filter((name) => name !== node.hostname),
    everyNode: names,
    memoryMib: MEMORY_MIB,
    cpus: CPUS,
    cards: cards.map(({ name, mac }, index) => ({
      ...{ name, index, mac: mac ?? derivedMac(cluster.name, node.hostname, name) },
      isGiven: mac !== undefined,
    })),
    serialPort: port === undefined ? undefined : Number(port),
    usesVirtualMac: cluster.vrrp.groups.some(({ useVmac }) => useVmac),
  };
}

/** QEMU's and libvirt's own range, which is administered locally. */
function derivedMac(...names: readonly string[]): string {
  const digest = sha256(names.join('\n'));
  return ['52:54:00', digest.slice(0, 2), digest.slice(2, 4), digest.slice(4, 6)].join(':');
}
