import { VipisoError } from '../../../scripts/core/errors.ts';

/** `'http://deb.debian.org/debian/dists/bookworm/main/binary-amd64/Packages.xz' <name> 0`, in whatever order. */
const LIST = /^'([^']+)\/dists\/([^'/]+)\/main\/binary-[^'/]+\/Packages[^']*' /;
/** What a source may call Debian's releases, beside the host's own code name. */
const RELEASES = ['stable', 'oldstable', 'testing', 'unstable', 'sid'];

/**
 * The mirror of Debian that a host takes its own packages from.
 *
 * @param uris what `apt-get update --print-uris` says, whichever form the sources have (sources.list(5))
 * @param codename of the host's release, `VERSION_CODENAME` in os-release(5)
 * @returns without a slash at its end: `http://deb.debian.org/debian`
 * @throws VipisoError `not-found` where no source is Debian's
 */
export function mirrorIn(uris: string, codename: string | undefined): string {
  const names = new Set([...RELEASES, ...(codename === undefined ? [] : [codename])]);
  const mirrors = uris.split('\n').flatMap((line) => {
    const [, mirror, suite] = LIST.exec(line) ?? [];
    return mirror === undefined || suite === undefined || !names.has(suite) ? [] : [mirror];
  });
  // Others name their suites after Debian's; a mirror of Debian ends so by convention.
  const mirror = mirrors.find((it) => it.endsWith('/debian')) ?? mirrors[0];
  if (mirror === undefined) {
    throw new VipisoError('not-found', 'apt’s sources name no mirror of Debian.', {
      hint: 'The lab takes its packages from the mirror in /etc/apt/sources.list or sources.list.d.',
    });
  }
  return mirror;
}
