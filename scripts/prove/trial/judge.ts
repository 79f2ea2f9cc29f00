import type { PacketEvent } from '../../boot/lan/protocol.ts';
import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import { vipsOf } from '../../cluster/node-addresses.ts';
import type { VrrpGroupModel } from '../../cluster/vrrp-model.ts';
import type { ProofFinding } from '../findings.ts';
import { announcementsIn } from '../measure/announcements.ts';
import { claimsOf, duplicatesIn } from '../measure/claims.ts';
import { conflictsIn, masterPeriodsIn } from '../measure/masters.ts';
import type { MasterPeriod } from '../measure/masters.ts';
import type { FaultStep } from '../scenarios/model.ts';
import { nodeOfPort } from '../switch-port.ts';
import { ofGroup } from './groups.ts';

/** What an emulated machine may take to hear of a better master, beyond the timers. */
const PREEMPTION_NOTICE_MS = 1000;
/** How often the segment is asked who has the VIPs. */
export const ASK_OWNERS_MS = 250;

/** What was seen during a step, in milliseconds since the epoch. */
export interface StepObservations {
  readonly faultStep: FaultStep;
  readonly cluster: ClusterModel;
  readonly group: VrrpGroupModel;
  /** Who held the group's VIPs before the step, and who was to hold it after; undefined where nobody was. */
  readonly before: NodeModel | undefined;
  readonly after: NodeModel | undefined;
  /** When the last action was done, and when the observation ended. */
  readonly done: number;
  /** From the step's beginning on. */
  readonly packetEvents: readonly PacketEvent[];
  readonly outageSeconds: number;
  /** By the timers, and what the machine may add; undefined where losses are not judged. */
  readonly allowedSeconds: number | undefined;
  readonly marginSeconds: number;
}

/** What the wire and the clients hold against a step that came to its end. */
export function judgeStep(seen: StepObservations): readonly ProofFinding[] {
  return [...judgeLoss(seen), ...judgeMasters(seen), ...judgeAnnouncement(seen)];
}

function judgeLoss(seen: StepObservations): readonly ProofFinding[] {
  const { outageSeconds, allowedSeconds, marginSeconds, group, cluster } = seen;
  if (allowedSeconds === undefined || outageSeconds <= allowedSeconds + marginSeconds) return [];
  const where = cluster.vrrp.groups.length > 1 ? ` at the VIP${ofGroup(group, cluster)}` : '';
  const text = `${outageSeconds.toFixed(2)} s without answers${where}; the timers allow ${allowedSeconds.toFixed(2)} s, and the emulation may add ${marginSeconds} s`;
  return [{ code: 'outage-too-long', text }];
}

function judgeMasters(seen: StepObservations): readonly ProofFinding[] {
  const { faultStep, cluster, group, done, packetEvents, before, after } = seen;
  const moves = after?.hostname !== before?.hostname;
  const masterPeriods = masterPeriodsOf(cluster, packetEvents);
  // What is in the nature of the actions has to end with them.
  const judged =
    faultStep.splitBrain === true ? packetEvents.filter(({ at }) => at >= done) : packetEvents;
  const lasting =
    faultStep.splitBrain === true &&
    faultStep.endsWith !== 'preferred' &&
    faultStep.endsWith !== 'anyone';
  const conflicts = lasting
    ? []
    : [
        ...duplicates(group, cluster, judged),
        ...conflictsIn(masterPeriodsOf(cluster, judged), handOverMs(cluster)).map(
          ({ ports, from, until }): ProofFinding => ({
            code: 'split-brain',
            text: `${ports.map(nodeOfPort).join(' and ')} were both master${ofGroup(group, cluster)} for ${((until - from) / 1000).toFixed(1)} s`,
          }),
        ),
      ];
  const unexpectedMasters =
    faultStep.endsWith === 'holder' && !moves
      ? masterPeriods.filter(({ port }) => nodeOfPort(port) !== before?.hostname)
      : [];
  const flaps = [...new Set(unexpectedMasters.map(({ port }) => nodeOfPort(port)))].map(
    (name): ProofFinding => ({
      code: 'vip-flapping',
      text: `${name} became master${ofGroup(group, cluster)} without a reason`,
    }),
  );
  return [...conflicts, ...flaps];
}

/** Two nodes that answered for one VIP, asked by the proof itself. */
function duplicates(
  group: VrrpGroupModel,
  cluster: ClusterModel,
  packetEvents: readonly PacketEvent[],
): readonly ProofFinding[] {
  const limits = { silenceMs: 4 * ASK_OWNERS_MS, toleranceMs: handOverMs(cluster) };
  return vipsOf(cluster, [group.name]).flatMap((vip) =>
    duplicatesIn(claimsOf(packetEvents, vip), limits).map(
      ({ machines, from, until }): ProofFinding => ({
        code: 'duplicate-vip',
        text: `${machines.join(' and ')} both had ${vip} for ${((until - from) / 1000).toFixed(1)} s`,
      }),
    ),
  );
}

function judgeAnnouncement(seen: StepObservations): readonly ProofFinding[] {
  const { faultStep, cluster, group, before, after, packetEvents } = seen;
  const moved = after?.hostname !== before?.hostname;
  if (after === undefined || (faultStep.endsWith === 'holder' && !moved)) return [];
  // After a split the LAN may believe either: whoever is left has to tell it, even if it was master all along.
  const split = masterPeriodsOf(cluster, packetEvents).some(
    ({ port }) => nodeOfPort(port) !== after.hostname,
  );
  if (!moved && !split) return [];
  const announced = announcementsIn(packetEvents, vipsOf(cluster, [group.name]))
    .filter(({ port }) => nodeOfPort(port) === after.hostname)
    .map(({ address }) => address);
  return vipsOf(cluster, [group.name])
    .filter((vip) => !announced.includes(vip))
    .map((vip) => ({
      code: 'vip-not-announced',
      text: `${after.hostname} holds ${vip} and has not announced it`,
    }));
}

export function masterPeriodsOf(
  cluster: ClusterModel,
  packetEvents: readonly PacketEvent[],
): readonly MasterPeriod[] {
  return masterPeriodsIn(packetEvents, advertMs(cluster) + PREEMPTION_NOTICE_MS / 4);
}

/** Two masters for so long are not a conflict: one hears late of the other. */
export function handOverMs(cluster: ClusterModel): number {
  return 3 * advertMs(cluster) + PREEMPTION_NOTICE_MS;
}

/** The longest of all groups. */
export function advertMs({ vrrp }: ClusterModel): number {
  return Math.max(...vrrp.groups.map(({ advertInt }) => advertInt)) * 1000;
}
