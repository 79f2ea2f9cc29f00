import { isGroupMac, macsOf } from './frame.ts';
import { frameDelivery, GOOD_LINK } from './link.ts';
import type { LinkCondition } from './link.ts';

/** Condition of a cable, by direction as seen from the machine at its end. */
export interface Cable {
  readonly fromMachine: LinkCondition;
  readonly toMachine: LinkCondition;
}

interface Port {
  readonly deliver: (frame: Buffer) => void;
  cable: Cable;
}

/**
 * A learning Ethernet switch in user space. Frames come in by `receive` and go out by each port's `deliver`;
 * cables can be cut or made bad in either direction. A kernel bridge would need a tap device per machine, and
 * few kernels can lose or delay frames at will (netem is a module that many leave out).
 */
export class Switch {
  readonly #ports = new Map<string, Port>();
  readonly #learnt = new Map<string, string>();
  readonly #random: () => number;
  readonly #later: (work: () => void, milliseconds: number) => void;

  constructor(random: () => number, later: (work: () => void, milliseconds: number) => void) {
    this.#random = random;
    this.#later = later;
  }

  addPort(name: string, deliver: (frame: Buffer) => void): void {
    this.#ports.set(name, { deliver, cable: { fromMachine: GOOD_LINK, toMachine: GOOD_LINK } });
  }

  setCable(name: string, cable: Cable): void {
    const port = this.#ports.get(name);
    if (port !== undefined) port.cable = cable;
  }

  /** The port behind which a station was last heard. */
  portOf(mac: string): string | undefined {
    return this.#learnt.get(mac);
  }

  receive(from: string, frame: Buffer): void {
    const macs = macsOf(frame);
    const port = this.#ports.get(from);
    if (macs === undefined || port === undefined) return;
    this.#pass(port.cable.fromMachine, () => {
      this.#forward(from, macs.source, macs.destination, frame);
    });
  }

  #forward(from: string, source: string, destination: string, frame: Buffer): void {
    if (!isGroupMac(source)) this.#learnt.set(source, from);
    const known = isGroupMac(destination) ? undefined : this.#learnt.get(destination);
    const targets = known === undefined ? this.#ports.keys() : [known];
    for (const name of targets) if (name !== from) this.#send(name, frame);
  }

  #send(name: string, frame: Buffer): void {
    const port = this.#ports.get(name);
    if (port === undefined) return;
    this.#pass(port.cable.toMachine, () => {
      port.deliver(frame);
    });
  }

  #pass(condition: LinkCondition, deliver: () => void): void {
    const delay = frameDelivery(condition, this.#random);
    if (delay === undefined) return;
    if (delay === 0) deliver();
    else this.#later(deliver, delay);
  }
}
