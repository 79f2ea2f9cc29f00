import path from 'node:path';
import type { RepositoryModel } from '../cluster/model.ts';
import { parseSource, withoutCredentials } from '../host/download/source-address.ts';

/**
 * A repository's bases as a lock records them: URLs without credentials, folders relative to the lock file, so that
 * the same checkout at another place, or on another machine, gives the same lock.
 */
export function recordedBases({ bases }: RepositoryModel, lockFile: string): string[] {
  return bases.map((base) => {
    const source = parseSource(base);
    return source.kind === 'http'
      ? withoutCredentials(base)
      : path.relative(path.dirname(lockFile), source.path) || '.';
  });
}
