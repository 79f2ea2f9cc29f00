import { VipisoError } from '../core/errors.ts';
import type { LockedRepository, Lockfile } from '../lockfile/schema.ts';
import type { OpenRepository } from './open-repositories.ts';
import { recordedBases } from './recorded-bases.ts';

interface Now {
  readonly branch: string;
  readonly repositories: readonly OpenRepository[];
  readonly lockFile: string;
}

/**
 * A signature says who made an index, not that it is the latest: a mirror that serves an old one keeps known holes
 * open. The lock tells how new the index of the same place has been before.
 *
 * @throws VipisoError downgrade
 */
export function refuseOlderIndexes(before: Lockfile | undefined, now: Now): void {
  if (before?.branch !== now.branch) return;
  const older = now.repositories.flatMap((repository) => {
    const then = before.repositories.find((it) => isSamePlace(it, repository, now.lockFile));
    if (then === undefined || repository.newest >= then.index.newest) return [];
    return [
      `${then.name}: of ${day(repository.newest)}, but the lock saw one of ${day(then.index.newest)}`,
    ];
  });
  if (older.length === 0) return;
  throw new VipisoError('downgrade', 'a repository is older than it was when it was locked', {
    details: older,
    hint: 'Its mirror may be out of date, or someone may be holding updates back: use another, or, if it is meant, --allow-older.',
  });
}

function isSamePlace(then: LockedRepository, { model }: OpenRepository, lockFile: string): boolean {
  const bases = recordedBases(model, lockFile);
  return then.name === model.name && then.bases.some((base) => bases.includes(base));
}

/** Unix seconds as a date and time in UTC. */
function day(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}
