import { VipisoError } from '../../core/errors.ts';
import type { PackageRecord } from '../model.ts';
import { isValidVersion } from '../version.ts';

/** What a package is called, and what it is for. All three become parts of file names. */
export type PackageIdentity = Pick<PackageRecord, 'name' | 'version' | 'arch'>;

/** apk-package(5), “Package names and versions”; a file name of name and version has at most 255 bytes. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,127}$/;
const ARCH = /^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$/;
const MAX_VERSION = 96;
/**
 * Of packages that are for every architecture, or do not say: indexes list them with their own
 * (`apk index --rewrite-arch`).
 */
const ANY_ARCH = ['noarch', ''];

export function isPackageName(name: string): boolean {
  return NAME.test(name);
}

export function isPackageVersion(version: string): boolean {
  return version.length <= MAX_VERSION && isValidVersion(version);
}

export function isArch(arch: string): boolean {
  return ARCH.test(arch);
}

/**
 * Holds name, version and architecture against apk's grammar.
 * @param what how messages name the file
 * @throws VipisoError malformed-package
 */
export function checkGrammar({ name, version, arch }: PackageIdentity, what: string): void {
  const wrong = [
    ...(isPackageName(name) ? [] : [`the name ${JSON.stringify(name)}`]),
    ...(isPackageVersion(version) ? [] : [`the version ${JSON.stringify(version)}`]),
    ...(arch === '' || isArch(arch) ? [] : [`the architecture ${JSON.stringify(arch)}`]),
  ];
  if (wrong.length === 0) return;
  throw new VipisoError(
    'malformed-package',
    `${what} has ${wrong.join(' and ')}, which apk does not allow.`,
    {
      hint: 'Take another repository, or ask who maintains this one: such a package may be an attack.',
    },
  );
}

/**
 * Holds what a package says of itself against what an index or a lock says that it is.
 * @throws VipisoError malformed-package, digest-mismatch
 */
export function checkIdentity(
  found: PackageIdentity,
  expected: PackageIdentity | undefined,
  what: string,
): void {
  checkGrammar(found, what);
  if (expected === undefined) return;
  const isSame =
    found.name === expected.name &&
    found.version === expected.version &&
    (found.arch === expected.arch || ANY_ARCH.includes(found.arch));
  if (isSame) return;
  throw new VipisoError(
    'digest-mismatch',
    `${what} is another package: it says that it is ${textOf(found)}, not ${textOf(expected)}.`,
    { hint: 'The index or the lock lists one package under the name of another: do not use them.' },
  );
}

function textOf({ name, version, arch }: PackageIdentity): string {
  return `${name}-${version} for ${arch}`;
}
