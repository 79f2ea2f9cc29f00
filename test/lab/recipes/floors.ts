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

const NO_FLOOR: Floor = { version: '0', suites: [USERLAND, EXPERIMENTAL] };

/** Every suite whose list the lab reads. */
export const SUITES: readonly string[] = [USERLAND, EXPERIMENTAL, STABLE];

/** What a Debian package must reach, and where it is looked for. */
export function floorOf(name: string): Floor {
  return FLOORS[name] ?? NO_FLOOR;
}
