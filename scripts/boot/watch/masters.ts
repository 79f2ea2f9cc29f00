import type { Sighting } from '../lan/protocol.ts';

/** A stretch of time in which a machine spoke as VRRP master. Milliseconds since the epoch. */
export interface Mastership {
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
 * @param sightings in the order of time
 * @param advertMs the advert interval that all machines use
 */
export function mastershipsIn(
  sightings: readonly Sighting[],
  advertMs: number,
): readonly Mastership[] {
  const ended: Mastership[] = [];
  const open = new Map<string, Mastership>();
  for (const { at, port, note } of sightings) {
    if (note.kind !== 'vrrp') continue;
    const key = `${port} ${note.virtualRouterId} ${note.source.includes(':') ? 6 : 4}`;
    const current = open.get(key);
    const silent = current !== undefined && at - current.until > ADVERTS_TO_SILENCE * advertMs;
    if (silent) ended.push(current);
    const from = current === undefined || silent ? at : current.from;
    const mastership = { port, virtualRouterId: note.virtualRouterId, from, until: at };
    if (note.priority > 0) open.set(key, mastership);
    else {
      if (current !== undefined) ended.push(mastership);
      open.delete(key);
    }
  }
  return [...ended, ...open.values()].sort((a, b) => a.from - b.from);
}

/**
 * Where masterships of different machines overlap for longer than a hand-over takes.
 *
 * @param toleranceMs overlap that is no conflict: a master that is preempted sends until it hears of it
 */
export function conflictsIn(
  masterships: readonly Mastership[],
  toleranceMs: number,
): readonly Conflict[] {
  return masterships.flatMap((first, i) =>
    masterships.slice(i + 1).flatMap((second): readonly Conflict[] => {
      if (first.port === second.port || first.virtualRouterId !== second.virtualRouterId) return [];
      const from = Math.max(first.from, second.from);
      const until = Math.min(first.until, second.until);
      if (until - from <= toleranceMs) return [];
      const { virtualRouterId } = first;
      return [{ virtualRouterId, ports: [first.port, second.port], from, until }];
    }),
  );
}
