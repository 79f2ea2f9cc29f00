import type { LockedPackage, Lockfile, Purpose } from './schema.ts';

/** The packages of one purpose in their install order; empty for a purpose that asked for nothing. */
export function closureOf(lock: Lockfile, purpose: Purpose): readonly LockedPackage[] {
  const chosen = lock.packages.filter((it) => it.for.includes(purpose));
  const byName = new Map(chosen.map((it) => [it.name, it]));
  return (lock.order[purpose] ?? []).flatMap((name) => byName.get(name) ?? []);
}
