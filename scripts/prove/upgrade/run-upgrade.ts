import { withBootedCluster } from '../../boot/boot-cluster.ts';
import type { BootedCluster } from '../../boot/boot-cluster.ts';
import { complaintsAbout } from '../../boot/console/verdict.ts';
import type { Accelerator } from '../../boot/qemu/accelerator.ts';
import type { ClusterModel } from '../../cluster/model.ts';
import { VipisoError } from '../../core/errors.ts';
import { step } from '../../core/events.ts';
import type { Host } from '../../host/host.ts';
import type { UpgradeProof, UpgradeRun } from '../certificate/document.ts';
import type { ProofFinding } from '../findings.ts';
import { BOOT_DEADLINE_MS, REQUIRED_SERVICES } from '../trial/execute-action.ts';
import type { TrialPlan } from '../trial/run-trial.ts';
import { POLL_INTERVAL_MS, TIMEOUT_MS } from './client.ts';
import { changedPackages } from './changed-packages.ts';
import { runDirection } from './run-direction.ts';

type Images = TrialPlan['images'];

export interface UpgradePlan {
  readonly cluster: ClusterModel;
  readonly from: Images;
  readonly to: Images;
  /** How often forward and back in a row. */
  readonly repeat: number;
  /** Forward alone. */
  readonly forwardOnly: boolean;
  /** Absolute folder for consoles. */
  readonly logs: string;
}

/** Boots the old release, and swaps its nodes for the new one's and back, while clients ask. */
export async function runUpgrade(
  host: Host,
  plan: UpgradePlan,
): Promise<{ readonly upgrade: UpgradeProof; readonly accelerator: Accelerator }> {
  const { cluster, from, to, logs } = plan;
  const boots = new Map(
    from.map(({ node, path: image }) => [node, { image, as: 'cd', firmware: 'bios' } as const]),
  );
  const packages = await changedPackages(from, to);
  return await withBootedCluster(host, { cluster, boots, logs }, async (booted) => {
    const findings = await bootAll(host, booted);
    const runs = findings.length > 0 ? [] : await runAll(host, plan, booted);
    const clean = findings.length === 0 && runs.every(({ verdict }) => verdict === 'pass');
    return {
      upgrade: {
        verdict: clean && runs.length > 0 ? 'pass' : 'fail',
        ...{ from: shown(from), to: shown(to), packages, findings, runs },
        ...{ pollIntervalMs: POLL_INTERVAL_MS, timeoutMs: TIMEOUT_MS },
      },
      accelerator: booted.accelerator,
    };
  });
}

async function bootAll(host: Host, { machines }: BootedCluster): Promise<ProofFinding[]> {
  const waits = [...machines.values()].map((machine) =>
    step(
      host.report,
      { id: `upgrade-boot-${machine.name}`, title: `Booting ${machine.name}` },
      async (): Promise<readonly ProofFinding[]> => {
        try {
          await machine.reach('login', BOOT_DEADLINE_MS);
        } catch (error) {
          if (!(error instanceof VipisoError) || host.signal.aborted) throw error;
          return [{ code: 'boot-failed', text: [error.message, ...error.details].join('\n') }];
        }
        return complaintsAbout(machine.console.record, REQUIRED_SERVICES).map((text) => ({
          code: 'boot-incomplete',
          text: `${machine.name}: ${text}`,
        }));
      },
    ),
  );
  return (await Promise.all(waits)).flat();
}

async function runAll(
  host: Host,
  { cluster, from, to, repeat, forwardOnly }: UpgradePlan,
  booted: BootedCluster,
): Promise<UpgradeRun[]> {
  const runs: UpgradeRun[] = [];
  const directions = forwardOnly ? (['forward'] as const) : (['forward', 'back'] as const);
  for (let number = 1; number <= repeat; number++) {
    for (const direction of directions) {
      const images = new Map(
        (direction === 'forward' ? to : from).map(({ node, path }) => [node, path]),
      );
      const run = await step(
        host.report,
        { id: `upgrade-${direction}-${number}`, title: `Rollout ${number} ${direction}` },
        () => runDirection(host, { cluster, booted, images, number, direction }),
        (done) => ({ summary: summarise(done) }),
      );
      runs.push(run);
      // A pair that got stuck says nothing of the next rollout.
      if (run.findings.some(({ code }) => code === 'upgrade-stuck')) return runs;
    }
  }
  return runs;
}

function summarise({ verdict, requests, longestGapMs, streams, findings }: UpgradeRun): string {
  const codes = findings.map(({ code }) => code).join(', ');
  const word = verdict === 'pass' ? 'pass' : `FAIL (${codes})`;
  return `${word}: ${requests.failed} of ${requests.sent} requests failed, longest gap ${longestGapMs} ms, streams cut ${Math.max(0, ...streams.cuts)} times at most`;
}

function shown(images: Images): UpgradeProof['from'] {
  return images.map(({ node, size, sha256 }) => ({ node, file: `${node}.iso`, size, sha256 }));
}
