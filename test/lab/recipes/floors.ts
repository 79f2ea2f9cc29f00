import type { Floor } from '../debian/choose.ts';

/** The suite of nearly everything: programs and libraries of one day fit each other. */
const USERLAND = 'sid';
/** Versions that Debian's maintainers have not let into its releases yet. */
const EXPERIMENTAL = 'experimental';
/** Debian 13, for what should not change from day to day. */
const STABLE = 'trixie';

/** What Alpine v3.24 has, as far as a load balancer notices: the lab is not older. */
const FLOORS: Readonly<Record<string, Floor>> = {
  haproxy: { version: '3.4', suites: [USERLAND, EXPERIMENTAL] },
  keepalived: { version: '2.3.4', suites: [USERLAND, EXPERIMENTAL] },
  'busybox-static': { version: '1.37', suites: [USERLAND, EXPERIMENTAL] },
  'linux-image-cloud-amd64': { version: '6.12', suites: [STABLE, USERLAND] },
};

/** Another day's choice, for two releases that differ where a rollout may notice: proxy, VRRP, kernel. */
const OTHER_FLOORS: Readonly<Record<string, Floor>> = {
  haproxy: { version: '3.0', suites: [STABLE] },
  keepalived: { version: '2.3.3', suites: [STABLE] },
  'linux-image-cloud-amd64': { version: '6.13', suites: [USERLAND] },
};

const NO_FLOOR: Floor = { version: '0', suites: [USERLAND, EXPERIMENTAL] };

/** Every suite whose list the lab reads. */
export const SUITES: readonly string[] = [USERLAND, EXPERIMENTAL, STABLE];

/**
 * What a Debian package must reach, and where it is looked for.
 *
 * @param mix `other` has older daemons and a newer kernel than `today`
 */
export function floorOf(name: string, mix: LabMix = 'today'): Floor {
  const floor = FLOORS[name] ?? NO_FLOOR;
  if (mix === 'today') return floor;
  return OTHER_FLOORS[name] ?? { ...floor, suites: [...floor.suites, STABLE] };
}

export type LabMix = 'today' | 'other';
