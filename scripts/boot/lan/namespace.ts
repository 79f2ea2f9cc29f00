import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import { startTool } from '../../host/process/start-tool.ts';
import type { RunningTool } from '../../host/process/start-tool.ts';
import { AgentMessage, CALLS } from './protocol.ts';
import type { CallAnswer, CallArgs, CallName, PacketEvent } from './protocol.ts';

interface Waiting {
  readonly settle: (answer: unknown) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Namespaces of their own (network and pid; for an ordinary account a user namespace around them) with the agent as
 * their first process. Nothing inside reaches the host's networks, and everything inside ends with the agent, which
 * ends with this process.
 */
export class Namespace {
  readonly #waiting = new Map<number, Waiting>();
  readonly #listeners = new Set<(packetEvent: PacketEvent) => void>();
  readonly #complaints: string[] = [];
  #agent: RunningTool | undefined;
  #calls = 0;
  #greet: () => void = () => undefined;

  /** @throws VipisoError tool-missing; sandbox when this system does not allow it */
  static async open(host: Host): Promise<Namespace> {
    const namespace = new Namespace();
    await namespace.#start(host);
    return namespace;
  }

  /** @throws VipisoError sandbox: the namespace has ended */
  async call<N extends CallName>(name: N, args: CallArgs<N>): Promise<CallAnswer<N>> {
    const id = ++this.#calls;
    const agent = this.#agent;
    if (agent === undefined) throw this.#gone();
    const answer = await new Promise<unknown>((settle, fail) => {
      this.#waiting.set(id, { settle, fail });
      agent.stdin.write(`${JSON.stringify({ id, call: name, args })}\n`);
    });
    return CALLS[name].answer.parse(answer) as CallAnswer<N>;
  }

  /** @returns a function that ends the listening */
  onPacketEvent(listener: (packetEvent: PacketEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Ends the agent and with it every process of the namespace. */
  async close(): Promise<void> {
    const agent = this.#agent;
    this.#agent = undefined;
    agent?.stdin.end();
    await agent?.exited;
  }

  async #start(host: Host): Promise<void> {
    const greeted = new Promise<void>((resolve) => (this.#greet = resolve));
    const agent = await startTool(host, {
      tool: 'unshare',
      args: [...unshareArguments(), process.execPath, ...agentArguments()],
      onLine: (line, stream) => {
        const message = stream === 'stdout' ? parseJsonLine(line) : undefined;
        if (message === undefined) this.#complaints.push(line);
        else this.#hear(AgentMessage.parse(message));
      },
    });
    this.#agent = agent;
    const ended = agent.exited.then(() => {
      this.#agent = undefined;
      for (const { fail } of this.#waiting.values()) fail(this.#gone());
      this.#waiting.clear();
    });
    const begun = await Promise.race([greeted.then(() => true), ended.then(() => false)]);
    if (!begun) throw this.#gone();
  }

  #hear(message: AgentMessage): void {
    switch (message.type) {
      case 'ready':
        this.#greet();
        break;
      case 'packet':
        for (const listener of this.#listeners) listener(message.packetEvent);
        break;
      case 'answer':
        this.#take(message.id)?.settle(message.answer);
        break;
      case 'failure':
        this.#take(message.id)?.fail(new VipisoError('sandbox', `on the LAN: ${message.message}`));
        break;
    }
  }

  #take(id: number): Waiting | undefined {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    return waiting;
  }

  #gone(): VipisoError {
    return new VipisoError(
      'sandbox',
      'the network namespace of the LAN could not be created or has ended',
      {
        hint: 'Allow user namespaces for your account (sysctl user.max_user_namespaces, kernel.apparmor_restrict_unprivileged_userns), or run as root.',
        details: this.#complaints.slice(-10),
      },
    );
  }
}

/** Undefined for what is not a whole message: an agent that is ended in the middle of a word leaves half a line behind. */
function parseJsonLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/** Root needs no user namespace, and some systems that forbid them to others are fine with the rest. */
function unshareArguments(): readonly string[] {
  const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  return [...user, '--net', '--pid', '--fork', '--'];
}

/** The agent as this very code runs: bundled, in the folder of all parts, or as TypeScript through tsx. */
function agentArguments(): readonly string[] {
  if (!import.meta.filename.endsWith('.ts')) return [path.join(import.meta.dirname, 'agent.js')];
  const entry = path.join(import.meta.dirname, '..', 'agent', 'main.ts');
  const loader = createRequire(import.meta.url).resolve('tsx');
  return ['--import', pathToFileURL(loader).href, entry];
}
