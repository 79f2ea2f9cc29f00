import { digestOf } from '../../../core/digest.ts';
import type { Sha256 } from '../../../core/digest.ts';
import type { Lockfile, Purpose } from './schema.ts';

export type Requests = Readonly<Partial<Record<Purpose, readonly string[]>>>;

/**
 * What a lock was, or is to be, made for. Where the repositories lie is not among it: mirrors are equivalent,
 * and a lock made outside an air gap must hold inside.
 */
export interface LockInputs {
  readonly branch: string;
  readonly arch: string;
  readonly repositories: readonly { readonly name: string; readonly tag?: string | undefined }[];
  readonly requests: Requests;
}

/** @param sources where the packages come from: `PackageSources` */
export function lockInputsOf(
  { branch, arch, repositories }: Omit<LockInputs, 'requests'>,
  requests: Requests,
): LockInputs {
  return { branch, arch, repositories, requests };
}

export function inputsDigest({ branch, arch, repositories, requests }: LockInputs): Sha256 {
  const places = repositories.map(({ name, tag }) => ({ name, tag }));
  return digestOf({ branch, arch, repositories: places, requests });
}

/** What changed since the lock was made, one line each; empty when the lock holds. */
export function staleness(lock: Lockfile, wanted: LockInputs): readonly string[] {
  return [
    ...changed('Alpine branch', lock.branch, wanted.branch),
    ...changed('architecture', lock.arch, wanted.arch),
    ...changed('repositories', placesOf(lock), placesOf(wanted)),
    ...PURPOSES.flatMap((purpose) => requestChanges(purpose, lock, wanted)),
  ];
}

const PURPOSES: readonly Purpose[] = ['image', 'kernel', 'builder'];

function changed(what: string, locked: string, wanted: string): string[] {
  return locked === wanted ? [] : [`${what}: locked ${locked}, wanted ${wanted}`];
}

function placesOf({ repositories }: Pick<LockInputs, 'repositories'>): string {
  const names = repositories.map(({ name, tag }) => (tag === undefined ? name : `@${tag} ${name}`));
  return names.join(', ');
}

function requestChanges(purpose: Purpose, lock: Lockfile, wanted: LockInputs): string[] {
  const before = lock.requests[purpose] ?? [];
  // A lock may hold more than this build needs: mkimage's tools, while the native engine builds.
  const after = wanted.requests[purpose] ?? before;
  return [
    ...after.filter((it) => !before.includes(it)).map((it) => `+ ${it} (${purpose})`),
    ...before.filter((it) => !after.includes(it)).map((it) => `- ${it} (${purpose})`),
  ];
}
