import { compareStrings } from '../../../core/digest.ts';
import type { LockedPackage, Lockfile } from './schema.ts';

/** What a new lock changes, as lines for people: packages first, then indexes and the rest. */
export function diffLocks(before: Lockfile | undefined, after: Lockfile): readonly string[] {
  if (before === undefined) return after.packages.map((it) => `+ ${it.name} ${it.version}`);
  return [
    ...packageChanges(before, after),
    ...indexChanges(before, after),
    ...changed('epoch', before.sourceDateEpoch, after.sourceDateEpoch),
    ...changed('keys', keysOf(before), keysOf(after)),
    ...changed('aports', before.aports?.sha256 ?? 'none', after.aports?.sha256 ?? 'none'),
    ...changed('untrusted', before.untrusted === true, after.untrusted === true),
  ];
}

function packageChanges(before: Lockfile, after: Lockfile): string[] {
  const names = [...before.packages, ...after.packages].map(({ name }) => name);
  return [...new Set(names)].sort(compareStrings).flatMap((name) => {
    const old = before.packages.filter((it) => it.name === name);
    const fresh = after.packages.filter((it) => it.name === name);
    return packageChange(name, old, fresh);
  });
}

function packageChange(
  name: string,
  old: readonly LockedPackage[],
  fresh: readonly LockedPackage[],
): string[] {
  const [from, to] = [versionsOf(old), versionsOf(fresh)];
  if (old.length === 0) return [`+ ${name} ${to}`];
  if (fresh.length === 0) return [`- ${name} ${from}`];
  if (from !== to) return [`~ ${name} ${from} -> ${to}`];
  const [wanted, wants] = [purposesOf(old), purposesOf(fresh)];
  return [
    ...(digestsOf(old) === digestsOf(fresh) ? [] : [`~ ${name} ${to}: rebuilt, other content`]),
    ...(wanted === wants ? [] : [`~ ${name} ${to}: for ${wanted} -> ${wants}`]),
  ];
}

function versionsOf(packages: readonly LockedPackage[]): string {
  return packages.map(({ version }) => version).join(', ');
}

function digestsOf(packages: readonly LockedPackage[]): string {
  return packages.map(({ sha256 }) => sha256).join();
}

function purposesOf(packages: readonly LockedPackage[]): string {
  return packages.map((it) => it.for.join('+')).join();
}

function indexChanges(before: Lockfile, after: Lockfile): string[] {
  return after.repositories.flatMap(({ name, index }) => {
    const old = before.repositories.find((it) => it.name === name)?.index;
    if (old?.sha256 === index.sha256) return [];
    return [`index of ${name}: ${old?.description ?? 'new'} -> ${index.description}`];
  });
}

function keysOf({ keys }: Lockfile): string {
  return keys.map(({ name }) => name).join(', ');
}

function changed<T extends string | number | boolean>(what: string, from: T, to: T): string[] {
  return from === to ? [] : [`${what}: ${String(from)} -> ${String(to)}`];
}
