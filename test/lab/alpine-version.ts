import { isValidVersion } from '../../scripts/apk/version.ts';
import { VipisoError } from '../../scripts/core/errors.ts';

const EPOCH = /^\d+:/;
const UPSTREAM = /^(\d+(?:\.\d+)*)(?:p(\d+)|~?(alpha|beta|dev|pre|rc|git)(\d+)|([a-z])(?![a-z]))?/;

/**
 * A Debian version in Alpine's grammar: `1:9.2p1-2+deb12u10` becomes `9.2_p1-r21000`. The release number keeps
 * the order of Debian's revision, security update and rebuild, each in its own digits.
 *
 * @throws VipisoError `bug` for a version that starts with no number
 */
export function alpineVersion(debian: string): string {
  const text = debian.replace(EPOCH, '');
  const dash = text.lastIndexOf('-');
  const revision = dash < 0 ? '' : text.slice(dash + 1);
  const version = `${upstream(text)}-r${release(revision)}`;
  if (!/^\d/.test(version) || !isValidVersion(version)) {
    throw new VipisoError('bug', `Debian's version ${debian} has no form in Alpine's grammar.`);
  }
  return version;
}

function upstream(text: string): string {
  const [, numbers = '', patch, suffix, count = '', letter = ''] = UPSTREAM.exec(text) ?? [];
  if (patch !== undefined) return `${numbers}_p${patch}`;
  if (suffix === undefined) return numbers + letter;
  // haproxy's development versions; Alpine's grammar has no word for them.
  return `${numbers}_${suffix === 'dev' ? 'alpha' : suffix}${count}`;
}

function release(revision: string): number {
  const part = (pattern: RegExp): number => Number(pattern.exec(revision)?.[1] ?? 0);
  return part(/^(\d+)/) * 10_000 + part(/deb\d+u(\d+)/) * 100 + part(/\+b(\d+)/);
}
