import { mkdir, readFile } from 'node:fs/promises';
import type net from 'node:net';
import path from 'node:path';
import { VipisoError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';
import { findTool } from '../host/tools/find-tool.ts';
import { Console } from './console/console.ts';
import { openDebugShell } from './console/debug-shell.ts';
import type { BootStage } from './console/events.ts';
import type { CommandResult, GuestShell } from './console/guest-shell.ts';
import type { Lan, LanProgram } from './lan/lan.ts';
import type { ProcessExit } from './lan/protocol.ts';
import type { Accelerator } from './qemu/accelerator.ts';
import { qemuArguments } from './qemu/arguments.ts';
import type { BootMedium, NetworkCard } from './qemu/arguments.ts';
import type { Firmware } from './qemu/firmware.ts';
import { connectWhenThere, Qmp } from './qemu/qmp.ts';

const QEMU = 'qemu-system-x86_64';
const SOCKET_DEADLINE_MS = 20_000;
/** From power-on to the initramfs. */
const SEAT_DEADLINE_MS = 240_000;
const COMMAND_DEADLINE_MS = 30_000;

export interface MachineOptions {
  readonly name: string;
  readonly medium: BootMedium;
  readonly firmware: Firmware;
  /** As `chooseAccelerator` chose it for the kernel on the medium. */
  readonly accelerator: Accelerator['kind'];
  readonly memoryMib: number;
  readonly cards: readonly NetworkCard[];
  /** Absolute folder for its sockets, made if missing. Socket paths hold 107 bytes: keep it short. */
  readonly sockets: string;
  /**
   * Label at the boot loader's prompt: gives the machine a root shell on a second serial port (`console/debug-shell.ts`).
   * BIOS alone; absent = it boots untouched.
   */
  readonly debugShellLabel?: string | undefined;
  /** Absolute folder that gets `<name>.console.log` and `<name>.qemu.log`, and keeps them. */
  readonly logs: string;
}

interface Parts {
  readonly name: string;
  readonly program: LanProgram;
  readonly qmp: Qmp;
  readonly console: Console;
  readonly debugShell: Promise<GuestShell> | undefined;
}

/** Where a machine's console is kept. */
export function consoleLogOf(logs: string, name: string): string {
  return path.join(logs, `${name}.console.log`);
}

/** A computer on the LAN that has been switched on. */
export class Machine {
  readonly name: string;
  readonly console: Console;
  readonly #host: Host;
  readonly #program: LanProgram;
  readonly #qmp: Qmp;
  readonly #debugShell: Promise<GuestShell> | undefined;

  private constructor(host: Host, parts: Parts) {
    this.name = parts.name;
    this.console = parts.console;
    this.#host = host;
    this.#program = parts.program;
    this.#qmp = parts.qmp;
    this.#debugShell = parts.debugShell;
  }

  /** @throws VipisoError tool-failed when QEMU does not start */
  static async powerOn(host: Host, lan: Lan, options: MachineOptions): Promise<Machine> {
    const { name, sockets } = options;
    await mkdir(sockets, { recursive: true });
    const files = {
      consoleSocket: path.join(sockets, 'console.sock'),
      qmpSocket: path.join(sockets, 'qmp.sock'),
      debugShell:
        options.debugShellLabel === undefined
          ? undefined
          : {
              socket: path.join(sockets, 'debug-shell.sock'),
              log: path.join(options.logs, `${name}.debug-shell.log`),
            },
      consoleLog: consoleLogOf(options.logs, name),
    };
    const qemu = findTool(host, QEMU) ?? QEMU;
    const log = path.join(options.logs, `${name}.qemu.log`);
    const argv = [qemu, ...qemuArguments({ ...options, ...files })];
    const program = await lan.start(argv, log);
    const gone = new AbortController();
    const ended = program.exited.then(() => gone.abort());
    const signal = AbortSignal.any([host.signal, gone.signal]);
    const connections = await Promise.race([connect(host, options, { ...files, signal }), ended]);
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

  /**
   * Runs a command line of sh inside the machine, as root.
   *
   * @throws VipisoError proof-failed, timeout; usage for a machine that was switched on without a debug shell
   */
  async inside(command: string, deadlineMs = COMMAND_DEADLINE_MS): Promise<CommandResult> {
    if (this.#debugShell === undefined)
      throw new VipisoError('usage', `${this.name} was switched on without a debug shell`);
    return await (await this.#debugShell).run(command, deadlineMs);
  }

  /** The plug is pulled: no daemon gets a chance to send priority 0. */
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

/** Connects to the sockets of a machine that stands still, so that not a word of it is missed. */
async function connect(
  host: Host,
  { name, debugShellLabel }: MachineOptions,
  files: {
    readonly consoleSocket: string;
    readonly qmpSocket: string;
    readonly debugShell: { readonly socket: string } | undefined;
    /** Ends the waiting for sockets: the machine will not open them any more, or nobody wants them. */
    readonly signal: AbortSignal;
  },
): Promise<Omit<Parts, 'name' | 'program'>> {
  const deadline = { deadlineMs: SOCKET_DEADLINE_MS, signal: files.signal };
  const open = async (file: string): Promise<net.Socket> => {
    const socket = await connectWhenThere(file, deadline);
    // A machine that loses its power takes its lines with it.
    socket.on('error', () => undefined);
    return socket;
  };
  const console = new Console(await open(files.consoleSocket), host.now);
  const waiting = { name, deadlineMs: SEAT_DEADLINE_MS, signal: host.signal };
  const debugShell =
    files.debugShell === undefined || debugShellLabel === undefined
      ? undefined
      : openDebugShell(console, await open(files.debugShell.socket), {
          ...waiting,
          label: debugShellLabel,
        });
  // Whoever wants the shell is told; a machine without one still boots, and one that is ended meanwhile ends quietly.
  debugShell?.catch(() => undefined);
  return { console, debugShell, qmp: await Qmp.connect(files.qmpSocket, deadline) };
}

async function didNotStart(name: string, log: string): Promise<VipisoError> {
  const said = await readFile(log, 'utf8').catch(() => '');
  return new VipisoError('tool-failed', `QEMU did not start the machine ${name}`, {
    details: said.trimEnd().split('\n').slice(-10),
  });
}
