import { lintError, lintWarning } from '../../findings/finding.ts';
import type { LintFinding } from '../../findings/finding.ts';
import type { Rule } from '../rule.ts';
import { placedGroups } from './placed-groups.ts';
import type { PlacedGroup } from './placed-groups.ts';

/** Intervals that the protocol cannot carry: whole seconds up to 255 in version 2, 12 bits of 10 ms in version 3. */
export const advert: Rule = (input) =>
  placedGroups(input).flatMap((placed) => [
    ...interval(placed),
    ...family(placed),
    ...withoutPeer(placed),
  ]);

/** keepalived would send multicast instead, and says that this is deprecated. */
function withoutPeer({ group, path }: PlacedGroup): readonly LintFinding[] {
  if (group.transport !== 'unicast' || group.members.length > 1) return [];
  const message = "unicast adverts go to the other nodes' addresses, and there is no other node";
  return [lintError('advert', [...path, 'unicast'], message, 'Remove unicast, or add a node.')];
}

function interval({ group, path }: PlacedGroup): readonly LintFinding[] {
  const seconds = group.advertInt;
  const at = [...path, 'advert_int'];
  if (group.version === 2) {
    if (!Number.isInteger(seconds)) {
      const message = `VRRP version 2 sends whole seconds; it cannot carry an advert_int of ${seconds}`;
      return [lintError('advert', at, message, 'Use a whole number, or set version: 3.')];
    }
    if (seconds <= 255) return [];
    return [
      lintError('advert', at, `advert_int ${seconds} is above 255, the most of VRRP version 2`),
    ];
  }
  if (seconds < 0.01 || seconds > 40.95) {
    return [
      lintError(
        'advert',
        at,
        `advert_int ${seconds} is outside 0.01 to 40.95, the range of VRRP version 3`,
      ),
    ];
  }
  if (!isWholeCentiseconds(seconds)) {
    return [
      lintError(
        'advert',
        at,
        `VRRP version 3 counts in 0.01 s; it cannot carry an advert_int of ${seconds}`,
      ),
    ];
  }
  if (seconds >= 0.1) return [];
  const lost = (3 * seconds).toFixed(2);
  const message = `with adverts every ${seconds} s a pause of ${lost} s moves the VIP: live migrations and snapshots pause a machine longer`;
  return [
    lintWarning('advert', at, message, 'Use 0.1 or more unless the proxies run on bare metal.'),
  ];
}

function isWholeCentiseconds(seconds: number): boolean {
  return Math.abs(seconds * 100 - Math.round(seconds * 100)) < 1e-6;
}

function family({ written, group, path }: PlacedGroup): readonly LintFinding[] {
  if (written.version !== 2 || !group.instances.some((instance) => instance.family === 6))
    return [];
  const message = 'VRRP version 2 is for IPv4 alone (RFC 3768); an IPv6 VIP needs version 3';
  return [lintError('advert', [...path, 'version'], message, 'Set version: 3.')];
}
