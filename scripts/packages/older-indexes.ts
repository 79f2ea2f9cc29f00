import { VipisoError } from '../core/errors.ts';
import { parseSource } from '../host/download/source-address.ts';
import type { Host } from '../host/host.ts';
import type { Lockfile } from './lock/format/schema.ts';
import type { OpenRepository } from './open-repositories.ts';

interface Now {
  readonly branch: string;
  readonly repositories: readonly OpenRepository[];
}

/**
 * A signature says who made an index, not that it is the latest: a mirror that serves an old one keeps known holes
 * open. The lock records how new the index of the same repository has been before, wherever it lay: mirrors are
 * equivalent.
 *
 * @throws VipisoError downgrade
 */
export function refuseOlderIndexes(before: Lockfile | undefined, now: Now): void {
  if (before?.branch !== now.branch) return;
  const older = now.repositories.flatMap((repository) => {
    const then = before.repositories.find(({ name }) => name === repository.model.name);
    if (then === undefined || repository.newest >= then.index.newest) return [];
    return [
      `${then.name}: of ${day(repository.newest)}, but the lock saw one of ${day(then.index.newest)}`,
    ];
  });
  if (older.length === 0) return;
  throw new VipisoError(
    'downgrade',
    'a repository is older than it was when it was locked (a downgrade attack looks like this)',
    {
      details: older,
      hint: 'Its mirror may be out of date, or someone may be holding updates back: use another, or, if it is meant, --allow-older.',
    },
  );
}

const DAY_SECONDS = 86_400;
/** Alpine's living branches get fixes every few days. */
const FROZEN_AFTER_DAYS = 60;

/**
 * A mirror that shows the same signed index for ever is never older than the lock; only the calendar tells. A warning,
 * for branches do come to their end, and folders are meant to stay as they are.
 */
export function warnOfFrozenIndexes(host: Host, repositories: readonly OpenRepository[]): void {
  for (const { model, newest } of repositories) {
    const days = Math.floor((host.now() / 1000 - newest) / DAY_SECONDS);
    const remote = model.bases.some((base) => parseSource(base).kind === 'http');
    if (!remote || newest === 0 || days < FROZEN_AFTER_DAYS) continue;
    const text = `The newest package of ${model.name} is ${days} days old: its branch is no longer maintained, or the mirror withholds updates (a freeze attack looks like this). Compare with another mirror.`;
    host.report({ type: 'note', level: 'warning', text });
  }
}

/** Unix seconds as a date and time in UTC. */
function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
