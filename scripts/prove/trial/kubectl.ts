import { setTimeout as pause } from 'node:timers/promises';
import type { BootedCluster } from '../../boot/boot-cluster.ts';
import type { Host } from '../../host/host.ts';
import type { ProofFinding } from '../findings.ts';
import { Kubectl } from './kubectl-process.ts';
import type { KubectlOutcome, KubectlWatch } from './kubectl-process.ts';

const DEADLINE_MS = 30_000;
const POLL_EVERY_MS = 250;

/** The real kubectl as one more client of a trial, where it is installed. */
export class KubectlClient {
  readonly #kubectl: Kubectl;
  readonly #watch: KubectlWatch;

  private constructor(kubectl: Kubectl, watch: KubectlWatch) {
    this.#kubectl = kubectl;
    this.#watch = watch;
  }

  /**
   * Starts `kubectl get namespaces --watch` via the VIP.
   *
   * @param folder absolute, gets what kubectl says
   * @returns undefined, and a note, where there is no kubectl
   */
  static async start(
    host: Host,
    { lan }: BootedCluster,
    folder: string,
  ): Promise<KubectlClient | undefined> {
    const [frontend] = lan.plan.frontends;
    const kubectl = frontend && (await Kubectl.at(host, lan, frontend, folder));
    if (kubectl === undefined) {
      const text = 'kubectl is not installed here: the proof does without this client';
      host.report({ type: 'note', level: 'info', text });
      return undefined;
    }
    return new KubectlClient(kubectl, await kubectl.watchNamespaces());
  }

  /** `kubectl get --raw /readyz` via the VIP. */
  async findings(): Promise<readonly ProofFinding[]> {
    return findingsOf('kubectl get --raw /readyz', await this.#kubectl.readyz(DEADLINE_MS));
  }

  /** Ends the watch. It must have gone on until now: to be called before anything is broken. */
  async endWatch(): Promise<readonly ProofFinding[]> {
    for (let waited = 0; waited < DEADLINE_MS; waited += POLL_EVERY_MS) {
      if ((await this.#watch.text()).trim() !== '') break;
      await pause(POLL_EVERY_MS);
    }
    const outcome = await this.#watch.end();
    const silent = outcome.kind === 'answered' && outcome.text.trim() === '';
    return silent
      ? [{ code: 'vip-unreachable', text: 'kubectl get namespaces --watch was told nothing' }]
      : findingsOf('kubectl get namespaces --watch', outcome);
  }
}

function findingsOf(command: string, outcome: KubectlOutcome): readonly ProofFinding[] {
  if (outcome.kind === 'answered') return [];
  const said = outcome.text.trim().split('\n').slice(-3).join(' / ');
  return [{ code: 'vip-unreachable', text: `${command}: ${outcome.reason}: ${said}` }];
}
