import { compareStrings } from '../../../core/digest.ts';
import type { LockedPackage, LockedRepository, Lockfile, Purpose } from './schema.ts';

/**
 * The text of `vipiso.lock.json`: keys in the order of the schema whatever order they were set in, packages
 * by name, two spaces, a newline at the end. Equal locks give equal texts.
 */
export function serialiseLock(lock: Lockfile): string {
  const { schema, inputs, branch, arch, sourceDateEpoch, aports, untrusted } = lock;
  const ordered = {
    schema,
    inputs,
    branch,
    arch,
    sourceDateEpoch,
    keys: lock.keys.map(({ name, fingerprint }) => ({ name, fingerprint })),
    repositories: lock.repositories.map(orderedRepository),
    requests: byPurpose(lock.requests),
    order: byPurpose(lock.order),
    packages: [...lock.packages].sort(byNameAndVersion).map(orderedPackage),
    aports: aports && { source: aports.source, commit: aports.commit, sha256: aports.sha256 },
    untrusted,
  };
  return `${JSON.stringify(ordered, null, 2)}\n`;
}

function orderedRepository({ name, tag, bases, index }: LockedRepository): LockedRepository {
  const { sha256, description, signedBy, newest } = index;
  return {
    name,
    ...(tag !== undefined && { tag }),
    bases,
    index: { sha256, description, ...(signedBy !== undefined && { signedBy }), newest },
  };
}

function orderedPackage(it: LockedPackage): LockedPackage {
  const { name, version, arch, repository, size, checksum, sha256, origin } = it;
  const purposes = PURPOSES.filter((purpose) => it.for.includes(purpose));
  return { name, version, arch, repository, size, checksum, sha256, origin, for: purposes };
}

const PURPOSES: readonly Purpose[] = ['image', 'kernel', 'builder'];

function byPurpose(names: Lockfile['requests']): Lockfile['requests'] {
  const present = PURPOSES.filter((purpose) => names[purpose] !== undefined);
  return Object.fromEntries(present.map((purpose) => [purpose, names[purpose]]));
}

function byNameAndVersion(a: LockedPackage, b: LockedPackage): number {
  return compareStrings(a.name, b.name) || compareStrings(a.version, b.version);
}
