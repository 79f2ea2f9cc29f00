import { z } from 'zod';
import { isArch, isPackageName, isPackageVersion } from '../../../apk/package/package-identity.ts';
import { isSha256 } from '../../../core/digest.ts';

/** Version of the format; a file of another version is refused with the command that writes it again. */
export const LOCK_SCHEMA = 1;

const digest = z.string().refine(isSha256, 'must be a SHA-256 in lower-case hexadecimal');

/** What asked for a package: the image's world, the root that makes the kernel files, mkimage's builder root. */
export const Purpose = z.enum(['image', 'kernel', 'builder']);
export type Purpose = z.infer<typeof Purpose>;

/** By purpose; one that is not there asks for nothing (the native engine has no builder). */
const namesByPurpose = z.partialRecord(Purpose, z.array(z.string()));

const LockedRepository = z.strictObject({
  name: z.string(),
  /** apk's `@tag`. */
  tag: z.string().optional(),
  /** Equivalent bases in the order they were configured, as the user wrote them (no credentials). */
  bases: z.array(z.string()),
  index: z.strictObject({
    sha256: digest,
    /** The index's DESCRIPTION member: `v3.24.1-12-gabcdef`. */
    description: z.string(),
    /** Name of the key; absent when `--allow-untrusted` was used. */
    signedBy: z.string().optional(),
    /** Unix seconds: build time of its newest package. An index that is older than this is a step back. */
    newest: z.number().int().nonnegative(),
  }),
});
export type LockedRepository = z.infer<typeof LockedRepository>;

const LockedPackage = z.strictObject({
  /** Like version and architecture a part of file names: nothing that apk would not take. */
  name: z.string().refine(isPackageName, 'must be a name of a package'),
  version: z.string().refine(isPackageVersion, 'must be a version of a package'),
  arch: z.string().refine(isArch, 'must be an architecture'),
  /** Name of the repository. */
  repository: z.string(),
  /** Bytes of the .apk file. */
  size: z.number().int().nonnegative(),
  /** apk's identity of the package: `Q1` + base64 SHA-1 of the control member. */
  checksum: z.string(),
  /** SHA-256 of the whole .apk file. */
  sha256: digest,
  /** Source package. */
  origin: z.string(),
  for: z.array(Purpose).min(1),
});
export type LockedPackage = z.infer<typeof LockedPackage>;

/**
 * `vipiso.lock.json`: everything that decides the bytes of the images besides the cluster file itself.
 * Packages are sorted by name; keys are written in the order of this schema.
 */
export const Lockfile = z.strictObject({
  schema: z.literal(LOCK_SCHEMA),
  /** Digest of what was asked for: `inputsDigest`. */
  inputs: digest,
  /** Alpine's release branch, `v3.24`. */
  branch: z.string(),
  arch: z.string(),
  /** Unix seconds: the SOURCE_DATE_EPOCH of every image made from this lock. */
  sourceDateEpoch: z.number().int().nonnegative(),
  /** The keys that signed the indexes, by SHA-256 of their DER form. */
  keys: z.array(z.strictObject({ name: z.string(), fingerprint: digest })),
  repositories: z.array(LockedRepository),
  /** What was asked for, by purpose, in apk's notation: what `packages` satisfies. */
  requests: namesByPurpose,
  /** Install order of each purpose's closure, by package name. */
  order: namesByPurpose,
  packages: z.array(LockedPackage),
  /** aports scripts, when the mkimage engine is used. */
  aports: z
    .strictObject({ source: z.string(), commit: z.string().optional(), sha256: digest })
    .optional(),
  /** `--allow-untrusted` was used: shown by every later command and recorded in the manifest. */
  untrusted: z.literal(true).optional(),
});
export type Lockfile = z.infer<typeof Lockfile>;
