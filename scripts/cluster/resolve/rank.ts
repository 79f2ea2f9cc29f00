import type { NodeFile } from '../schema/node.ts';
import type { VrrpFile } from '../schema/vrrp.ts';
import { trackedBy } from './track-scripts.ts';

/** The priority that tutorials give a MASTER. */
const REFERENCE_TOP = 101;
/** keepalived counts no higher; 255 is for the owner of an address. */
const HIGHEST = 254;
/** Room above a derived priority for the weight of a live haproxy. */
const LEAST_ROOM = 4;

/**
 * Whether every node starts as BACKUP and the priorities decide: keepalived drops nopreempt and preempt_delay
 * from an instance whose initial state is MASTER.
 */
export function allStartAsBackup(file: VrrpFile): boolean {
  return isNopreempt(file) || (file.preempt_delay ?? 0) > 0;
}

export function isNopreempt(file: VrrpFile): boolean {
  return file.nopreempt ?? file.preempt === false;
}

/**
 * The priority that the others are counted down from where none is written. A node takes over (256 - priority) / 256
 * adverts later than three of them (RFC 9568, Skew_Time), so the fast profile ranks the nodes as high as the weight of
 * their checks leaves room for. Among written priorities the usual numbers stay.
 */
export function topPriority(file: VrrpFile, nodes: readonly NodeFile[]): number {
  const anyWritten = nodes.some(({ priority }) => priority !== undefined);
  if (file.profile !== 'fast' || anyWritten) return REFERENCE_TOP;
  const unit = Math.max(2, nodes.length);
  const scripts = trackedBy(file, unit).reduce((sum, { weight }) => sum + Math.abs(weight), 0);
  const check = file.check?.weight ?? unit + scripts;
  const room = Math.max(LEAST_ROOM, nodes.length, check) + scripts;
  return Math.max(REFERENCE_TOP, HIGHEST - room);
}
