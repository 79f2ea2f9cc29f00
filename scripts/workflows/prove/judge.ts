import type { Act } from '../../boot/faults/model.ts';
import { announcementsIn } from '../../boot/watch/announcements.ts';
import { conflictsIn, mastershipsIn } from '../../boot/watch/masters.ts';
import type { Mastership } from '../../boot/watch/masters.ts';
import { claimsOf, duplicatesIn } from '../../boot/watch/claims.ts';
import type { Sighting } from '../../boot/lan/protocol.ts';
import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import type { Finding } from '../../core/finding.ts';
import { nodeOfPort, vipsOf } from './cast.ts';

/** What an emulated machine may take to hear of a better master, beyond the timers. */
const HEARING_MS = 1000;
/** How often the segment is asked who has the VIPs. */
export const ASK_OWNERS_MS = 250;

/** What was seen during an act, in milliseconds since the epoch. */
export interface ActSeen {
  readonly act: Act;
  readonly cluster: ClusterModel;
  /** Who held the VIP before the act, and who was to hold it after; undefined where nobody was. */
  readonly before: NodeModel | undefined;
  readonly after: NodeModel | undefined;
  /** When the last deed was done, and when the looking ended. */
  readonly done: number;
  /** From the act's beginning on. */
  readonly sightings: readonly Sighting[];
  readonly lostSeconds: number;
  /** By the timers, and what the machine may add; undefined where losses are not judged. */
  readonly allowedSeconds: number | undefined;
  readonly marginSeconds: number;
}

/** What the wire and the clients hold against an act that came to its end. */
export function judgeAct(seen: ActSeen): readonly Finding[] {
  return [...judgeLoss(seen), ...judgeMasters(seen), ...judgeAnnouncement(seen)];
}

function judgeLoss({ lostSeconds, allowedSeconds, marginSeconds }: ActSeen): readonly Finding[] {
  if (allowedSeconds === undefined || lostSeconds <= allowedSeconds + marginSeconds) return [];
  const text = `${lostSeconds.toFixed(2)} s without answers; the timers allow ${allowedSeconds.toFixed(2)} s, and the emulation may add ${marginSeconds} s`;
  return [{ code: 'lost-too-long', text }];
}

function judgeMasters(seen: ActSeen): readonly Finding[] {
  const { act, cluster, done, sightings, before } = seen;
  const masterships = mastershipsOf(cluster, sightings);
  // What is in the nature of the deeds has to end with them.
  const judged = act.splitBrain === true ? sightings.filter(({ at }) => at >= done) : sightings;
  const lasting =
    act.splitBrain === true && act.endsWith !== 'preferred' && act.endsWith !== 'anyone';
  const conflicts = lasting
    ? []
    : [
        ...duplicates(cluster, judged),
        ...conflictsIn(mastershipsOf(cluster, judged), handOverMs(cluster)).map(
          ({ ports, from, until }): Finding => ({
            code: 'two-masters',
            text: `${ports.map(nodeOfPort).join(' and ')} were both master for ${((until - from) / 1000).toFixed(1)} s`,
          }),
        ),
      ];
  const strangers =
    act.endsWith === 'holder'
      ? masterships.filter(({ port }) => nodeOfPort(port) !== before?.hostname)
      : [];
  const flaps = [...new Set(strangers.map(({ port }) => nodeOfPort(port)))].map(
    (name): Finding => ({
      code: 'flapped',
      text: `${name} became master though nothing asked for it`,
    }),
  );
  return [...conflicts, ...flaps];
}

/** Two nodes that answered for one VIP, asked by the proof itself. */
function duplicates(cluster: ClusterModel, sightings: readonly Sighting[]): readonly Finding[] {
  const limits = { silenceMs: 4 * ASK_OWNERS_MS, toleranceMs: handOverMs(cluster) };
  return vipsOf(cluster).flatMap((vip) =>
    duplicatesIn(claimsOf(sightings, vip), limits).map(({ machines, from, until }): Finding => ({
      code: 'duplicate-vip',
      text: `${machines.join(' and ')} both had ${vip} for ${((until - from) / 1000).toFixed(1)} s`,
    })),
  );
}

function judgeAnnouncement(seen: ActSeen): readonly Finding[] {
  const { act, cluster, before, after, sightings } = seen;
  if (after === undefined || act.endsWith === 'holder') return [];
  const moved = after.hostname !== before?.hostname;
  // After a split the LAN may believe either: whoever is left has to tell it, even if it was master all along.
  const split = mastershipsOf(cluster, sightings).some(
    ({ port }) => nodeOfPort(port) !== after.hostname,
  );
  if (!moved && !split) return [];
  const announced = announcementsIn(sightings, vipsOf(cluster))
    .filter(({ port }) => nodeOfPort(port) === after.hostname)
    .map(({ address }) => address);
  return vipsOf(cluster)
    .filter((vip) => !announced.includes(vip))
    .map((vip) => ({
      code: 'not-announced',
      text: `${after.hostname} holds ${vip} and has not announced it`,
    }));
}

export function mastershipsOf(
  cluster: ClusterModel,
  sightings: readonly Sighting[],
): readonly Mastership[] {
  return mastershipsIn(sightings, advertMs(cluster) + HEARING_MS / 4);
}

/** Two masters for so long are no conflict: one hears late of the other. */
export function handOverMs(cluster: ClusterModel): number {
  return 3 * advertMs(cluster) + HEARING_MS;
}

/** The longest of all groups. */
export function advertMs({ vrrp }: ClusterModel): number {
  return Math.max(...vrrp.groups.map(({ advertInt }) => advertInt)) * 1000;
}
