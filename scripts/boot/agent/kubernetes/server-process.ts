import { setTimeout as pause } from 'node:timers/promises';
import type { ApiServerMode } from '../../lan/protocol.ts';
import type { ApiServerAddress } from '../api-server.ts';
import type { Processes } from '../processes.ts';
import type { ApiClient } from './api-client.ts';

const READY_DEADLINE_MS = 240_000;
const ASK_EVERY_MS = 250;
const ASK_TIMEOUT_MS = 5000;

/** A real kube-apiserver of the LAN: its modes are what can be done to a process and to its machine's address. */
export class ServerProcess {
  readonly about: ApiServerAddress;
  readonly #argv: readonly string[];
  readonly #log: string;
  readonly #processes: Processes;
  readonly #client: ApiClient;
  readonly #setPresence: (present: boolean) => Promise<void>;
  #running: number | undefined;
  #isHeld = false;

  constructor(
    about: ApiServerAddress,
    program: { readonly argv: readonly string[]; readonly log: string },
    tools: {
      readonly processes: Processes;
      readonly client: ApiClient;
      /** Takes the server's address off the segment, and puts it back. */
      readonly setPresence: (present: boolean) => Promise<void>;
    },
  ) {
    this.about = about;
    this.#argv = program.argv;
    this.#log = program.log;
    this.#processes = tools.processes;
    this.#client = tools.client;
    this.#setPresence = tools.setPresence;
  }

  /** `serving` resolves when the server says that it is ready. */
  async setMode(mode: ApiServerMode): Promise<void> {
    switch (mode) {
      case 'serving':
        await this.#serve();
        break;
      case 'stopped':
        await this.#kill();
        break;
      case 'hung':
        this.#signal('SIGSTOP');
        this.#isHeld = true;
        break;
      case 'silent':
        // The address is off before the process ends: nobody gets the resets of a machine without power.
        await this.#setPresence(false);
        await this.#kill();
        break;
      default:
        throw new Error('a real kube-apiserver cannot be told to answer badly or late');
    }
  }

  async #serve(): Promise<void> {
    await this.#setPresence(true);
    if (this.#isHeld) this.#signal('SIGCONT');
    this.#isHeld = false;
    this.#running ??= await this.#processes.start(this.#argv, this.#log);
    const state = { ended: false };
    void this.#processes.exit(this.#running).then(() => (state.ended = true));
    const deadline = Date.now() + READY_DEADLINE_MS;
    while (!(await this.#isReady())) {
      if (state.ended) throw new Error(`${this.about.name} ended by itself: see ${this.#log}`);
      if (Date.now() > deadline) throw new Error(`${this.about.name} is not ready: ${this.#log}`);
      await pause(ASK_EVERY_MS);
    }
  }

  async #isReady(): Promise<boolean> {
    const { address, port } = this.about;
    const to = { address, port, timeoutMs: ASK_TIMEOUT_MS };
    return await this.#client.get(to, '/readyz').then(
      ({ status }) => status === 200,
      () => false,
    );
  }

  async #kill(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    this.#running = undefined;
    this.#isHeld = false;
    this.#processes.signal(running, 'SIGKILL');
    await this.#processes.exit(running);
  }

  #signal(signal: string): void {
    if (this.#running !== undefined) this.#processes.signal(this.#running, signal);
  }
}
