import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { withBootedCluster } from '../../boot/boot-cluster.ts';
import type { BootedCluster } from '../../boot/boot-cluster.ts';
import type { PacketEvent, Target } from '../../boot/lan/protocol.ts';
import type { Accelerator } from '../../boot/qemu/accelerator.ts';
import type { ClusterModel } from '../../cluster/model.ts';
import { VipisoError } from '../../core/errors.ts';
import { step } from '../../core/events.ts';
import type { Host } from '../../host/host.ts';
import type { ControlPlaneProof, ControlPlaneStep } from '../certificate/document.ts';
import type { ProofFinding } from '../findings.ts';
import { obstacleTo } from '../scenarios/catalogue.ts';
import type { Scenario } from '../scenarios/model.ts';
import { BOOT_DEADLINE_MS } from '../trial/execute-action.ts';
import { Kubectl } from '../trial/kubectl-process.ts';
import { rolesFor } from '../trial/node-roles.ts';
import type { TrialPlan } from '../trial/run-trial.ts';
import { FigureSum } from './figure-sum.ts';
import { versionsOf } from './programs.ts';
import type { KubernetesPrograms } from './programs.ts';
import { masterOf, runControlPlaneStep, until } from './run-step.ts';
import type { ControlPlaneContext } from './run-step.ts';
import { verificationOf } from './verification.ts';

const SERVED_DEADLINE_MS = 120_000;
const ASK_EVERY_MS = 250;
const KUBECTL_DEADLINE_MS = 60_000;
const STEADY_MS = 5000;

export interface ControlPlanePlan {
  readonly cluster: ClusterModel;
  readonly images: TrialPlan['images'];
  readonly scenarios: readonly Scenario[];
  readonly programs: KubernetesPrograms;
  /** Absolute folder for consoles and for what the programs say. */
  readonly logs: string;
}

/** Boots the images in front of real API servers, breaks things while real clients work, and counts what they lost. */
export async function runControlPlane(
  host: Host,
  plan: ControlPlanePlan,
): Promise<{ readonly controlPlane: ControlPlaneProof; readonly accelerator: Accelerator }> {
  const { cluster, programs, logs } = plan;
  const versions = await versionsOf(host, programs);
  const boots = new Map(
    plan.images.map(({ node, path: image }) => [
      node,
      { image, as: 'cd', firmware: 'bios', debugShell: true } as const,
    ]),
  );
  const options = { cluster, boots, logs, controlPlane: programs };
  return await withBootedCluster(host, options, async (booted) => {
    const packetEvents: PacketEvent[] = [];
    booted.lan.watch((packetEvent) => packetEvents.push(packetEvent));
    const accelerator = booted.accelerator.kind;
    const context = { cluster, booted, packetEvents, accelerator, off: new Set<string>() };
    const worked = await work(host, plan, context);
    const { findings, steps } = worked;
    const clean = findings.length === 0 && steps.every(({ verdict }) => verdict !== 'fail');
    const tried = steps.some(({ verdict }) => verdict === 'pass');
    return {
      controlPlane: {
        verdict: clean && tried ? 'pass' : 'fail',
        versions,
        images: plan.images.map(({ node, size, sha256 }) => ({
          ...{ node, file: `${node}.iso`, size, sha256 },
        })),
        apiServers: booted.lan.plan.apiServers.length,
        ...worked,
      },
      accelerator: booted.accelerator,
    };
  });
}

type Worked = Pick<ControlPlaneProof, 'findings' | 'steps' | 'verification'>;

async function work(
  host: Host,
  plan: ControlPlanePlan,
  context: ControlPlaneContext,
): Promise<Worked> {
  const { booted } = context;
  const started = await step(
    host.report,
    { id: 'control-plane-start', title: 'Booting the pair in front of real API servers' },
    () => startClients(host, plan, context),
    (findings) => ({ summary: findings.length === 0 ? 'served' : 'not served' }),
  );
  if (started.length > 0) return { findings: [...started], steps: [] };
  const findings = [...(await askWithKubectl(host, plan, booted))];
  const steps: ControlPlaneStep[] = [];
  for (const scenario of plan.scenarios) steps.push(...(await runOne(host, context, scenario)));
  const { verification, findings: lost } = verificationOf(await booted.lan.verifyWorkload());
  findings.push(...lost, ...(await askWithKubectl(host, plan, booted)));
  return { findings, steps, verification };
}

async function startClients(
  host: Host,
  { cluster }: ControlPlanePlan,
  context: ControlPlaneContext,
): Promise<readonly ProofFinding[]> {
  const { booted } = context;
  try {
    for (const machine of booted.machines.values()) await machine.reach('login', BOOT_DEADLINE_MS);
    await served(host, booted);
    await booted.lan.startWorkload();
    const steady = await until(
      host,
      context,
      new FigureSum(),
      ({ steadyForMs }) => steadyForMs > STEADY_MS && masterOf(context) !== undefined,
    );
    if (steady) return [];
    return [{ code: 'control-plane-stuck', text: `${cluster.name}: clients are not served` }];
  } catch (error) {
    if (!(error instanceof VipisoError) || error.code === 'interrupted' || host.signal.aborted)
      throw error;
    const text = [error.message, ...error.details].join('\n');
    return [{ code: 'control-plane-stuck', text }];
  }
}

/** Waits until the VIP leads to an API server that is ready. */
async function served(host: Host, { lan }: BootedCluster): Promise<void> {
  const [frontend] = lan.plan.frontends;
  if (frontend === undefined) return;
  const { address, port } = frontend;
  const target: Target = { scheme: 'https', address, port, timeoutMs: 5000 };
  const end = host.now() + SERVED_DEADLINE_MS;
  for (;;) {
    const { result } = await lan.request(target);
    if (result.kind === 'answered' && result.status === 200) return;
    if (host.signal.aborted) throw new VipisoError('interrupted', 'interrupted during a proof');
    if (host.now() > end)
      throw new VipisoError('proof-failed', 'the VIP did not lead to a ready API server', {
        details: [JSON.stringify(result)],
      });
    await pause(ASK_EVERY_MS);
  }
}

async function askWithKubectl(
  host: Host,
  { programs, logs }: ControlPlanePlan,
  { lan }: BootedCluster,
): Promise<readonly ProofFinding[]> {
  const [frontend] = lan.plan.frontends;
  if (programs.kubectl === undefined || frontend === undefined) return [];
  const kubectl = await Kubectl.at(
    host,
    lan,
    frontend,
    path.join(logs, 'kubectl'),
    programs.kubectl,
  );
  const outcome = await kubectl?.readyz(KUBECTL_DEADLINE_MS);
  if (outcome?.kind !== 'failed') return [];
  const text = `kubectl get --raw /readyz: ${outcome.reason}: ${outcome.text.trim().slice(-300)}`;
  return [{ code: 'vip-unreachable', text }];
}

async function runOne(
  host: Host,
  context: ControlPlaneContext,
  scenario: Scenario,
): Promise<readonly ControlPlaneStep[]> {
  const { cluster } = context;
  const holder = masterOf(context);
  const obstacle = obstacleTo(scenario, cluster) ?? unlikeReal(scenario);
  const why = obstacle ?? (holder === undefined ? 'nobody is MASTER' : undefined);
  if (why !== undefined || holder === undefined)
    return scenario.steps.map(({ id, title }) => ({ ...SKIPPED, id, title, skipped: why }));
  const roles = rolesFor(cluster, holder);
  const steps: ControlPlaneStep[] = [];
  for (const faultStep of scenario.steps) {
    const done = await step(
      host.report,
      { id: `control-plane-${faultStep.id}`, title: faultStep.title },
      () => runControlPlaneStep(host, context, faultStep, roles),
      ({ verdict, requests, writes }) => ({
        summary: `${verdict}: ${requests.failed} of ${requests.sent} requests and ${writes.failed} of ${writes.sent} writes failed, longest gap ${Math.round(requests.longestGapMs)} ms`,
      }),
    );
    steps.push(done);
  }
  return steps;
}

/** What cannot be done to a real API server. */
function unlikeReal({ steps }: Scenario): string | undefined {
  const odd = steps.some(({ actions }) =>
    actions.some((action) => action.do === 'api-servers' && typeof action.mode !== 'string'),
  );
  return odd ? 'a real API server cannot be told to answer badly or late' : undefined;
}

const NO_REQUESTS = { sent: 0, failed: 0, slowestMs: 0, longestGapMs: 0 };
const SKIPPED = {
  ...{ verdict: 'skipped', findings: [], durationMs: 0, streams: [] },
  ...{ requests: NO_REQUESTS, writes: NO_REQUESTS },
  leader: { renewals: 0, changes: 0, longestGapMs: 0 },
} satisfies Omit<ControlPlaneStep, 'id' | 'title'>;
