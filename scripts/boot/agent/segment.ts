import { execFile } from 'node:child_process';
import dgram from 'node:dgram';
import { once } from 'node:events';
import { promisify } from 'node:util';
import { packetOf, sourceOf } from '../lan/frame.ts';
import type { PacketEvent } from '../lan/protocol.ts';
import { Switch } from '../lan/switch.ts';
import type { Cable } from '../lan/switch.ts';
import { withoutTag, withTag } from '../lan/vlan.ts';
import { unwrapFrame, VXLAN_SEGMENT, wrapFrame } from '../lan/vxlan.ts';

const run = promisify(execFile);

const DEVICE = 'lan0';
/** The port of the switch where the namespace's own kernel is plugged in. */
const KERNEL = 'kernel';
/** The port of stations of our own that only ask. */
const PROBE = 'probe';
const KERNEL_MAC = '02:76:69:70:00:01';
const KERNEL_LISTENS = 4789;
const KERNEL_SENDS_TO = 4790;
const FIRST_MACHINE_PORT = 20_000;
/**
 * The kernel short-cuts VXLAN packets to its own addresses past the socket layer and drops them when no other
 * VXLAN device wants them; it does not for broadcasts, and the loopback network has a broadcast address.
 */
const LOOPBACK_BROADCAST = '127.255.255.255';

/**
 * One Ethernet segment: a switch of ours in user space, the namespace's kernel plugged into it by a VXLAN device
 * (no /dev/net/tun and no root needed), and a UDP socket for each machine, as QEMU's `-netdev socket,udp=` wants.
 */
export class Segment {
  readonly #switch = new Switch(Math.random, (work, milliseconds) =>
    setTimeout(work, milliseconds),
  );
  readonly #tell: (packetEvent: PacketEvent) => void;
  readonly #absent = new Set<string>();
  #vlan: number | undefined;
  #machines = 0;

  constructor(tell: (packetEvent: PacketEvent) => void) {
    this.#tell = tell;
  }

  /** @param vlan that the namespace's kernel is in, as if behind an access port of the switch */
  async open(addresses: readonly string[], mtu: number, vlan: number | undefined): Promise<void> {
    this.#vlan = vlan;
    await ip('link', 'set', 'lo', 'up');
    await ip(
      ...[
        'link',
        'add',
        DEVICE,
        'address',
        KERNEL_MAC,
        'type',
        'vxlan',
        'id',
        String(VXLAN_SEGMENT),
      ],
      ...['dstport', String(KERNEL_LISTENS), 'nolearning'],
    );
    await run('bridge', [
      ...['fdb', 'append', '00:00:00:00:00:00', 'dev', DEVICE],
      ...['dst', LOOPBACK_BROADCAST, 'port', String(KERNEL_SENDS_TO)],
    ]);
    await this.#plugKernel();
    // What comes back was told of when it came in.
    this.#switch.addPort(PROBE, () => undefined);
    // Segments of TCP are cut to size before they reach us: a machine's card cannot take 64 KiB frames.
    await ip('link', 'set', DEVICE, 'mtu', String(mtu), 'gso_max_segs', '1', 'up');
    for (const address of addresses) await addAddress(address);
  }

  /**
   * Takes a single address of the namespace off the segment, or puts it back. Nothing is sent from an absent one:
   * not even the resets with which a kernel ends connections.
   */
  async setPresence(address: string, present: boolean): Promise<void> {
    if (present !== this.#absent.has(address)) return;
    if (present) {
      this.#absent.delete(address);
      await addAddress(singleHost(address));
    } else {
      this.#absent.add(address);
      await ip('address', 'delete', singleHost(address), 'dev', DEVICE);
    }
  }

  /** @param frame of a station of our own, in the VLAN where the namespace's kernel is */
  ask(frame: Buffer): void {
    this.#switch.receive(PROBE, this.#tagged(frame));
  }

  #tagged(frame: Buffer): Buffer {
    return this.#vlan === undefined ? frame : withTag(frame, this.#vlan);
  }

  async #plugKernel(): Promise<void> {
    const socket = dgram.createSocket('udp4');
    socket.on('message', (packet) => {
      const frame = unwrapFrame(packet);
      if (frame === undefined || this.#isFromAbsent(frame)) return;
      this.#receive(KERNEL, this.#tagged(frame));
    });
    this.#switch.addPort(KERNEL, (frame) => {
      const plain = this.#vlan === undefined ? frame : withoutTag(frame, this.#vlan);
      if (plain !== undefined) socket.send(wrapFrame(plain), KERNEL_LISTENS, '127.0.0.1');
    });
    socket.bind(KERNEL_SENDS_TO);
    await once(socket, 'listening');
  }

  async plug(port: string): Promise<{ readonly switchPort: number; readonly machinePort: number }> {
    const switchPort = FIRST_MACHINE_PORT + 2 * this.#machines++;
    const machinePort = switchPort + 1;
    const socket = dgram.createSocket('udp4');
    socket.on('message', (frame) => {
      this.#receive(port, frame);
    });
    // A machine that is off leaves its socket closed: the kernel then reports refused packets.
    socket.on('error', () => undefined);
    this.#switch.addPort(port, (frame) => {
      socket.send(frame, machinePort, '127.0.0.1');
    });
    socket.bind(switchPort, '127.0.0.1');
    await once(socket, 'listening');
    return { switchPort, machinePort };
  }

  setCable(port: string, cable: Cable): void {
    this.#switch.setCable(port, cable);
  }

  /** The kernel goes on sending for IPv6 connections whose address was taken away. */
  #isFromAbsent(frame: Buffer): boolean {
    return this.#absent.size > 0 && this.#absent.has(sourceOf(frame) ?? '');
  }

  #receive(port: string, frame: Buffer): void {
    const packet = packetOf(frame);
    if (packet !== undefined) this.#tell({ at: Date.now(), port, packet });
    this.#switch.receive(port, frame);
  }
}

async function addAddress(address: string): Promise<void> {
  const nodad = address.includes(':') ? ['nodad'] : [];
  await ip('address', 'add', address, 'dev', DEVICE, ...nodad);
}

function singleHost(address: string): string {
  return `${address}/${address.includes(':') ? 128 : 32}`;
}

async function ip(...args: readonly string[]): Promise<void> {
  await run('ip', args);
}
