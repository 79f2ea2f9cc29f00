import type { PacketEvent } from '../../boot/lan/protocol.ts';

/** A stretch of time in which a machine spoke as VRRP master. Milliseconds since the epoch. */
export interface MasterPeriod {
  readonly port: string;
  readonly virtualRouterId: number;
  readonly from: number;
  /** Its last advert, or the one with which it gave up (priority 0). */
  readonly until: number;
}

/** Two machines that were masters of one virtual router at the same time. */
export interface Conflict {
  readonly virtualRouterId: number;
  readonly ports: readonly [string, string];
  readonly from: number;
  readonly until: number;
}

/** Adverts that a master may leave out before it counts as silent: RFC 9568, Active_Down_Interval. */
const ADVERTS_TO_SILENCE = 3;

/**
 * Who was master when, from the adverts on the wire: only a master sends them.
 *
 * @param packetEvents in the order of time
 * @param advertMs the advert interval that all machines use
 */
export function masterPeriodsIn(
  packetEvents: readonly PacketEvent[],
  advertMs: number,
): readonly MasterPeriod[] {
  const ended: MasterPeriod[] = [];
  const open = new Map<string, MasterPeriod>();
  for (const { at, port, packet } of packetEvents) {
    if (packet.kind !== 'vrrp') continue;
    const key = `${port} ${packet.virtualRouterId} ${packet.source.includes(':') ? 6 : 4}`;
    const current = open.get(key);
    const silent = current !== undefined && at - current.until > ADVERTS_TO_SILENCE * advertMs;
    if (silent) ended.push(current);
    const from = current === undefined || silent ? at : current.from;
    const masterPeriod = { port, virtualRouterId: packet.virtualRouterId, from, until: at };
    if (packet.priority > 0) open.set(key, masterPeriod);
    else {
      if (current !== undefined) ended.push(masterPeriod);
      open.delete(key);
    }
  }
  return [...ended, ...open.values()].sort((a, b) => a.from - b.from);
}

/**
 * Where different machines are master at once for longer than a hand-over takes.
 *
 * @param toleranceMs overlap that is not a conflict: a master that is preempted sends until it hears of it
 */
export function conflictsIn(
  masterPeriods: readonly MasterPeriod[],
  toleranceMs: number,
): readonly Conflict[] {
  return masterPeriods.flatMap((first, i) =>
    masterPeriods.slice(i + 1).flatMap((second): readonly Conflict[] => {
      if (first.port === second.port || first.virtualRouterId !== second.virtualRouterId) return [];
      const from = Math.max(first.from, second.from);
      const until = Math.min(first.until, second.until);
      if (until - from <= toleranceMs) return [];
      const { virtualRouterId } = first;
      return [{ virtualRouterId, ports: [first.port, second.port], from, until }];
    }),
  );
}
