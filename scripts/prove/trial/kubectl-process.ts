import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Lan } from '../../boot/lan/lan.ts';
import type { ProcessExit } from '../../boot/lan/protocol.ts';
import { joinHostPort } from '../../cluster/values/address.ts';
import type { Host } from '../../host/host.ts';
import { findTool } from '../../host/tools/find-tool.ts';

/** What became of one run of kubectl; `text` is all it said. */
export type KubectlOutcome =
  | { readonly kind: 'answered'; readonly text: string }
  | { readonly kind: 'failed'; readonly reason: string; readonly text: string };

/** A watch by kubectl that is under way. */
export interface KubectlWatch {
  /** What it has said so far; each event is a line that begins with the name of the API server. */
  readonly text: () => Promise<string>;
  /** Ends it where it still runs. Failed if it had ended by itself: a watch goes on until it breaks. */
  readonly end: () => Promise<KubectlOutcome>;
}

/** The real kubectl, running on the LAN and asking via one frontend of the cluster. */
export class Kubectl {
  readonly #lan: Lan;
  readonly #program: string;
  readonly #folder: string;
  #runs = 0;

  private constructor(lan: Lan, program: string, folder: string) {
    this.#lan = lan;
    this.#program = program;
    this.#folder = folder;
  }

  /**
   * Writes a kubeconfig for the frontend.
   *
   * @param folder absolute, for this one alone; gets the kubeconfig, kubectl's cache and what it says
   * @param which a name that is looked for in PATH, or a path
   * @returns undefined where kubectl is not installed
   */
  static async at(
    host: Host,
    lan: Lan,
    frontend: { readonly address: string; readonly port: number },
    folder: string,
    which = 'kubectl',
  ): Promise<Kubectl | undefined> {
    const program = findTool(host, which);
    if (program === undefined) return undefined;
    await mkdir(folder, { recursive: true });
    // The token is worth nothing after the run.
    await writeFile(path.join(folder, 'kubeconfig'), kubeconfigOf(frontend, lan), { mode: 0o600 });
    return new Kubectl(lan, program, folder);
  }

  /** `kubectl get --raw /readyz`: a whole connection with TLS of its own. */
  async readyz(deadlineMs: number): Promise<KubectlOutcome> {
    const run = await this.#start(['get', '--raw', '/readyz']);
    const deadline = setTimeout(() => void run.kill(), deadlineMs);
    const exit = await run.exited;
    clearTimeout(deadline);
    const text = await run.text();
    if (exit.signal !== null)
      return { kind: 'failed', reason: `no end within ${deadlineMs} ms`, text };
    return outcomeOf(exit, text);
  }

  /** `kubectl get namespaces --watch`. */
  async watchNamespaces(): Promise<KubectlWatch> {
    const run = await this.#start(['get', 'namespaces', '--no-headers', '--watch']);
    let ended: ProcessExit | undefined;
    void run.exited.then((exit) => (ended = exit));
    return {
      text: run.text,
      end: async () => {
        const before = ended;
        await run.kill();
        await run.exited;
        const text = await run.text();
        if (before === undefined) return { kind: 'answered', text };
        return { kind: 'failed', reason: `ended by itself ${howEnded(before)}`, text };
      },
    };
  }

  async #start(command: readonly string[]): Promise<{
    readonly exited: Promise<ProcessExit>;
    readonly kill: () => Promise<void>;
    readonly text: () => Promise<string>;
  }> {
    const output = path.join(this.#folder, `${++this.#runs}.log`);
    // A LAN's programs append to their logs.
    await rm(output, { force: true });
    const settings = [
      `--kubeconfig=${path.join(this.#folder, 'kubeconfig')}`,
      `--cache-dir=${path.join(this.#folder, 'cache')}`,
    ];
    const program = await this.#lan.start([this.#program, ...settings, ...command], output);
    return {
      exited: program.exited,
      kill: () => program.signal('SIGKILL'),
      text: () => readFile(output, 'utf8'),
    };
  }
}

function outcomeOf(exit: ProcessExit, text: string): KubectlOutcome {
  return exit.code === 0
    ? { kind: 'answered', text }
    : { kind: 'failed', reason: `ended ${howEnded(exit)}`, text };
}

function howEnded({ code, signal }: ProcessExit): string {
  return signal === null ? `with exit code ${code ?? 'unknown'}` : `by ${signal}`;
}

/** A kubeconfig in JSON, which kubectl takes as the YAML that it also is. */
function kubeconfigOf(
  frontend: { readonly address: string; readonly port: number },
  { certificate, token = 'anybody' }: Pick<Lan, 'certificate' | 'token'>,
): string {
  const { address, port } = frontend;
  const server = `https://${joinHostPort(address, port)}`;
  const authorityData = Buffer.from(certificate).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'proof', cluster: { server, 'certificate-authority-data': authorityData } }],
    // Without a credential kubectl asks for a name and a password.
    users: [{ name: 'proof', user: { token } }],
    contexts: [{ name: 'proof', context: { cluster: 'proof', user: 'proof' } }],
    'current-context': 'proof',
  });
}
