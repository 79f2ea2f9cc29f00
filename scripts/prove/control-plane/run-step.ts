import { setTimeout as pause } from 'node:timers/promises';
import type { WorkloadFigures } from '../../boot/lan/control-plane-protocol.ts';
import type { PacketEvent } from '../../boot/lan/protocol.ts';
import type { NodeModel } from '../../cluster/model.ts';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import type { ControlPlaneStep } from '../certificate/document.ts';
import type { ProofFinding } from '../findings.ts';
import type { FaultStep } from '../scenarios/model.ts';
import { nodeOfPort } from '../switch-port.ts';
import { executeAction } from '../trial/execute-action.ts';
import type { FaultTarget } from '../trial/execute-action.ts';
import { finalHolder, limitsFor } from '../trial/groups.ts';
import { assign } from '../trial/node-roles.ts';
import type { NodeRoles } from '../trial/node-roles.ts';
import { trackPowerState } from '../trial/power-state.ts';
import { FigureSum } from './figure-sum.ts';

const LOOK_EVERY_MS = 500;
const STEADY_MS = 3000;
const LEAST_WATCH_MS = 5000;
const SETTLE_MS = 120_000;
/** What a request on a connection of its own may take on a busy machine, beyond the timers. */
const PACE_SECONDS = 0.5;
/** client-go's renew deadline: a controller may lose its lease when no request was answered for so long. */
const RENEW_DEADLINE_MS = 10_000;

export interface ControlPlaneContext extends FaultTarget {
  readonly accelerator: 'kvm' | 'tcg';
  /** Adverts since the machines were switched on. */
  readonly packetEvents: readonly PacketEvent[];
  /** Nodes that are switched off, by host name. */
  readonly off: Set<string>;
}

/** One step under real API servers: does the actions, waits until clients are served steadily again, and judges. */
export async function runControlPlaneStep(
  host: Host,
  context: ControlPlaneContext,
  faultStep: FaultStep,
  roles: NodeRoles,
): Promise<ControlPlaneStep> {
  const { cluster, booted } = context;
  const [group] = cluster.vrrp.groups;
  const began = host.now();
  const before = masterOf(context);
  const after = finalHolder(group, before, { cluster, faultStep, roles, off: context.off });
  const sum = new FigureSum();
  sum.add(await booted.lan.workload());
  sum.reset();
  const findings: ProofFinding[] = [];
  await performAll(host, context, faultStep, { roles, sum, findings });
  const expectedAfter =
    finalHolder(group, before, { cluster, faultStep, roles, off: context.off }) ?? after;
  await watchFor(
    host,
    context,
    sum,
    Math.max(LEAST_WATCH_MS, (faultStep.watchSeconds ?? 0) * 1000),
  );
  const settled = await until(host, context, sum, ({ steadyForMs, silentForMs }) =>
    faultStep.endsWith === 'nobody'
      ? silentForMs > STEADY_MS
      : steadyForMs > STEADY_MS &&
        (expectedAfter === undefined || masterOf(context)?.hostname === expectedAfter.hostname),
  );
  const moves = expectedAfter?.hostname !== before?.hostname;
  const { allowedSeconds, marginSeconds } = limitsFor(
    group,
    moves,
    { faultStep, cluster },
    context.accelerator,
  );
  // A real API server takes its time to start, which is none of the pair's.
  const judged = faultStep.loss !== 'recovery' && faultStep.endsWith !== 'nobody';
  const limits =
    judged && allowedSeconds !== undefined
      ? { allowedSeconds, marginSeconds: marginSeconds + PACE_SECONDS }
      : {};
  const { requests, writes, streams, leader } = sum;
  if (!settled)
    findings.push({
      code: faultStep.endsWith === 'nobody' ? 'fault-injection-failed' : 'vip-unreachable',
      text:
        faultStep.endsWith === 'nobody'
          ? 'clients still get answers'
          : `${masterOf(context)?.hostname ?? 'nobody'} is MASTER, and clients are not served steadily`,
    });
  findings.push(...judge({ requests, leader }, limits));
  return {
    ...{ id: faultStep.id, title: faultStep.title, findings },
    verdict: findings.length === 0 ? 'pass' : 'fail',
    durationMs: host.now() - began,
    ...{ requests, writes, streams, leader },
    ...limits,
  };
}

function judge(
  { requests, leader }: Pick<ControlPlaneStep, 'requests' | 'leader'>,
  limits: { readonly allowedSeconds?: number; readonly marginSeconds?: number },
): readonly ProofFinding[] {
  const findings: ProofFinding[] = [];
  const { allowedSeconds, marginSeconds = 0 } = limits;
  const gap = requests.longestGapMs / 1000;
  if (allowedSeconds !== undefined && gap > allowedSeconds + marginSeconds)
    findings.push({
      code: 'control-plane-requests',
      text: `${gap.toFixed(2)} s without an answer; the timers allow ${allowedSeconds.toFixed(2)} s, and the emulation may add ${marginSeconds} s`,
    });
  if (allowedSeconds === 0 && requests.failed > 0)
    findings.push({
      code: 'control-plane-requests',
      text: `${requests.failed} of ${requests.sent} requests failed: ${Object.entries(
        requests.reasons ?? {},
      )
        .map(([reason, count]) => `${count} × ${reason}`)
        .join(', ')}`,
    });
  if (leader.changes > 0 && requests.longestGapMs < RENEW_DEADLINE_MS)
    findings.push({
      code: 'control-plane-leader',
      text: `the lease went to another controller after ${(leader.longestGapMs / 1000).toFixed(1)} s`,
    });
  return findings;
}

async function performAll(
  host: Host,
  context: ControlPlaneContext,
  { actions }: FaultStep,
  about: { readonly roles: NodeRoles; readonly sum: FigureSum; readonly findings: ProofFinding[] },
): Promise<void> {
  const { roles, sum, findings } = about;
  try {
    for (const written of actions) {
      const action = assign(written, roles);
      trackPowerState(context.off, action);
      const booting = await executeAction(host, context, action);
      const complaints = (await booting?.complaints) ?? [];
      findings.push(...complaints.map((text) => ({ code: 'boot-incomplete', text }) as const));
      sum.add(await context.booted.lan.workload());
    }
  } catch (error) {
    if (!(error instanceof VipisoError) || error.code === 'interrupted' || host.signal.aborted)
      throw error;
    const text = [error.message, ...error.details].join('\n');
    findings.push({ code: 'fault-injection-failed', text });
  }
}

/** Who sent the last advert of the first group, and did not give up with it. */
export function masterOf({ cluster, packetEvents }: ControlPlaneContext): NodeModel | undefined {
  const [group] = cluster.vrrp.groups;
  const ids = group.instances.map(({ virtualRouterId }) => virtualRouterId);
  const last = packetEvents.findLast(
    ({ packet }) => packet.kind === 'vrrp' && ids.includes(packet.virtualRouterId),
  );
  if (last?.packet.kind !== 'vrrp' || last.packet.priority === 0) return undefined;
  return cluster.nodes.find(({ hostname }) => hostname === nodeOfPort(last.port));
}

async function watchFor(
  host: Host,
  context: ControlPlaneContext,
  sum: FigureSum,
  milliseconds: number,
): Promise<void> {
  const end = host.now() + milliseconds;
  await until(host, context, sum, () => host.now() > end);
}

/** Looks until it is so, or the time is over. @throws VipisoError interrupted */
export async function until(
  host: Host,
  { booted }: ControlPlaneContext,
  sum: FigureSum,
  holds: (figures: WorkloadFigures) => boolean,
): Promise<boolean> {
  const end = host.now() + SETTLE_MS;
  for (;;) {
    const figures = await booted.lan.workload();
    sum.add(figures);
    if (holds(figures)) return true;
    if (host.signal.aborted) throw new VipisoError('interrupted', 'interrupted during a proof');
    if (host.now() > end) return false;
    await pause(LOOK_EVERY_MS);
  }
}
