import type { KeySet } from '../../apk/model.ts';
import { keyFingerprint } from '../../apk/trust/keys.ts';
import { compareStrings } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import type { Host } from '../../host/host.ts';
import type { Choice } from '../choose-packages.ts';
import type { FetchedPackage } from '../fetch-package.ts';
import type { OpenRepository } from '../open-repositories.ts';
import { recordedBases } from '../recorded-bases.ts';
import { inputsDigest } from './format/inputs.ts';
import type { LockInputs, Requests } from './format/inputs.ts';
import { LOCK_SCHEMA } from './format/schema.ts';
import type { LockedPackage, LockedRepository, Lockfile } from './format/schema.ts';

interface Parts {
  readonly inputs: LockInputs;
  readonly repositories: readonly OpenRepository[];
  readonly keys: KeySet;
  readonly choice: Choice;
  /** The verified files of the choice's packages, in their order. */
  readonly files: readonly FetchedPackage[];
  readonly lockFile: string;
  readonly aports: Lockfile['aports'];
}

/** Writes down what was chosen and verified. @throws VipisoError usage for a malformed SOURCE_DATE_EPOCH */
export function assembleLock(host: Host, parts: Parts): Lockfile {
  const { inputs, repositories, choice, files, lockFile } = parts;
  const untrusted = repositories.some(({ index }) => index.signer === undefined);
  return {
    schema: LOCK_SCHEMA,
    inputs: inputsDigest(inputs),
    branch: inputs.branch,
    arch: inputs.arch,
    sourceDateEpoch: epochOf(host, choice),
    keys: signersOf(parts),
    repositories: repositories.map((repository) => lockedRepository(repository, lockFile)),
    requests: mutable(inputs.requests),
    order: mutable(choice.order),
    packages: choice.packages
      .map((it, position) => lockedPackage(it, files[position]))
      .sort((a, b) => compareStrings(a.name, b.name) || compareStrings(a.version, b.version)),
    ...(parts.aports !== undefined && { aports: parts.aports }),
    ...(untrusted && { untrusted }),
  };
}

/** 1980-01-01: the file system of the EFI image knows no earlier time. */
const FAT_EPOCH = 315_532_800;

/** The time of the images: https://reproducible-builds.org/specs/source-date-epoch/, or the newest package's. */
function epochOf(host: Host, { packages }: Choice): number {
  const given = host.env['SOURCE_DATE_EPOCH'];
  if (given === undefined || given === '') {
    return packages.reduce((newest, { record }) => Math.max(newest, record.buildTime), FAT_EPOCH);
  }
  if (/^\d{1,10}$/.test(given)) return Number(given);
  throw new VipisoError('usage', `SOURCE_DATE_EPOCH is not a number of seconds: ${given}`, {
    hint: 'Unset it, or set it to Unix time: date +%s',
  });
}

function signersOf({ repositories, keys }: Parts): Lockfile['keys'] {
  const names = repositories.flatMap(({ index }) => index.signer ?? []);
  return [...new Set(names)].sort(compareStrings).flatMap((name) => {
    const pem = keys.get(name);
    return pem === undefined ? [] : [{ name, fingerprint: keyFingerprint(pem) }];
  });
}

function lockedRepository(repository: OpenRepository, lockFile: string): LockedRepository {
  const { model, index, sha256, newest } = repository;
  return {
    name: model.name,
    ...(model.tag !== undefined && { tag: model.tag }),
    bases: recordedBases(model, lockFile),
    index: {
      sha256,
      description: index.description,
      ...(index.signer !== undefined && { signedBy: index.signer }),
      newest,
    },
  };
}

function lockedPackage(
  { record, repository, purposes }: Choice['packages'][number],
  file: FetchedPackage | undefined,
): LockedPackage {
  if (file === undefined) throw new Error(`no file was supplied for ${record.name}`);
  const { name, version, arch, size, checksum, origin } = record;
  return {
    name,
    version,
    arch,
    repository: repository.model.name,
    size,
    checksum,
    sha256: file.sha256,
    origin: origin === '' ? name : origin,
    for: [...purposes],
  };
}

function mutable(names: Requests): Lockfile['requests'] {
  return Object.fromEntries(Object.entries(names).map(([purpose, list]) => [purpose, [...list]]));
}
