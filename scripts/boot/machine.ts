import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../core/errors.ts';
import { findTool, requireTools } from '../host/find-tool.ts';
import type { Host } from '../host/host.ts';
import { Console } from './console/console.ts';
import type { BootStage } from './console/events.ts';
import type { Lan, LanProgram } from './lan/lan.ts';
import type { ProcessExit } from './lan/protocol.ts';
import { chooseAccelerator } from './qemu/accelerator.ts';
import { qemuArguments } from './qemu/arguments.ts';
import type { BootMedium, NetworkCard } from './qemu/arguments.ts';
import type { Firmware } from './qemu/firmware.ts';
import { connectWhenThere, Qmp } from './qemu/qmp.ts';

const QEMU = 'qemu-system-x86_64';
const SOCKET_DEADLINE_MS = 20_000;

export interface MachineOptions {
  readonly name: string;
  readonly medium: BootMedium;
  readonly firmware: Firmware;
  readonly memoryMib: number;
  readonly cards: readonly NetworkCard[];
  /** Absolute folder for its sockets, made if missing. Socket paths hold 107 bytes: keep it short. */
  readonly sockets: string;
  /** Absolute folder that gets `<name>.console.log` and `<name>.qemu.log`, and keeps them. */
  readonly logs: string;
}

/** A computer on the LAN that has been switched on. */
export class Machine {
  readonly name: string;
  readonly console: Console;
  readonly #host: Host;
  readonly #program: LanProgram;
  readonly #qmp: Qmp;

  private constructor(
    host: Host,
    parts: { name: string; program: LanProgram; qmp: Qmp; console: Console },
  ) {
    this.name = parts.name;
    this.console = parts.console;
    this.#host = host;
    this.#program = parts.program;
    this.#qmp = parts.qmp;
  }

  /** @throws VipisoError tool-missing; tool-failed when QEMU does not start */
  static async powerOn(host: Host, lan: Lan, options: MachineOptions): Promise<Machine> {
    requireTools(host, [QEMU]);
    const { kind: accelerator } = await chooseAccelerator(host);
    const { name, sockets } = options;
    await mkdir(sockets, { recursive: true });
    const consoleSocket = path.join(sockets, 'console.sock');
    const qmpSocket = path.join(sockets, 'qmp.sock');
    const argv = [
      findTool(host, QEMU) ?? QEMU,
      ...qemuArguments({
        ...options,
        ...{ accelerator, consoleSocket, qmpSocket },
        consoleLog: path.join(options.logs, `${name}.console.log`),
      }),
    ];
    const log = path.join(options.logs, `${name}.qemu.log`);
    const program = await lan.start(argv, log);
    const opened = openSockets(host, { consoleSocket, qmpSocket });
    const ended = program.exited.then(() => undefined);
    const connections = await Promise.race([opened, ended]);
    if (connections === undefined) throw await didNotStart(name, log);
    await connections.qmp.execute('cont');
    return new Machine(host, { name, program, ...connections });
  }

  /** Resolves when the machine is off, for whatever reason. */
  get off(): Promise<ProcessExit> {
    return this.#program.exited;
  }

  /** @throws VipisoError proof-failed when the boot does not come so far in time */
  async reach(stage: BootStage, deadlineMs: number): Promise<void> {
    const { name } = this;
    await this.console.reach(stage, { name, deadlineMs, signal: this.#host.signal });
  }

  /** The plug is pulled: no daemon gets a chance to say goodbye. */
  async cutPower(): Promise<void> {
    await this.#program.signal('SIGKILL');
    await this.#program.exited;
    this.#qmp.close();
  }

  /** The power button is pressed (ACPI). `off` tells when the machine has followed. */
  async pressPowerButton(): Promise<void> {
    await this.#qmp.execute('system_powerdown');
  }

  /** The cable is pulled out of, or put into, a card: unlike a bad cable the machine's kernel sees it. */
  async setCarrier(card: NetworkCard, up: boolean): Promise<void> {
    await this.#qmp.execute('set_link', { name: card.id, up });
  }
}

async function openSockets(
  host: Host,
  sockets: { readonly consoleSocket: string; readonly qmpSocket: string },
): Promise<{ readonly qmp: Qmp; readonly console: Console }> {
  const stream = await connectWhenThere(sockets.consoleSocket, SOCKET_DEADLINE_MS);
  // A machine that loses its power takes the console with it.
  stream.on('error', () => undefined);
  const console = new Console(stream, host.now);
  return { console, qmp: await Qmp.connect(sockets.qmpSocket, SOCKET_DEADLINE_MS) };
}

async function didNotStart(name: string, log: string): Promise<VipisoError> {
  const said = await readFile(log, 'utf8').catch(() => '');
  return new VipisoError('tool-failed', `QEMU did not start the machine ${name}`, {
    details: said.trimEnd().split('\n').slice(-10),
  });
}
