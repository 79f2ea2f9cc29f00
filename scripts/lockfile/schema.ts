import { z } from 'zod';

const digest = z.string().regex(/^[0-9a-f]{64}$/);

/** What asked for a package: the image's world, the root that makes the kernel files, mkimage's builder root. */
const Purpose = z.enum(['image', 'kernel', 'builder']);
export type Purpose = z.infer<typeof Purpose>;

const LockedRepository = z.strictObject({
  name: z.string(),
  tag: z.string().optional(),
  /** Equivalent bases in the order they were configured, as the user wrote them (no credentials). */
  bases: z.array(z.string()),
  index: z.strictObject({
    sha256: digest,
    /** The index's DESCRIPTION member: `v3.24.1-12-gabcdef`. */
    description: z.string(),
    signedBy: z.string(),
  }),
});
export type LockedRepository = z.infer<typeof LockedRepository>;

const LockedPackage = z.strictObject({
  name: z.string(),
  version: z.string(),
  arch: z.string(),
  repository: z.string(),
  size: z.number().int().nonnegative(),
  /** apk's identity of the package: `Q1` + base64 SHA-1 of the control member. */
  checksum: z.string(),
  /** SHA-256 of the whole .apk file. */
  sha256: digest,
  origin: z.string(),
  for: z.array(Purpose).min(1),
});
export type LockedPackage = z.infer<typeof LockedPackage>;

/**
 * `vipiso.lock.json`: everything that decides the bytes of the images besides the cluster file itself.
 * Packages are sorted by name; keys are written in the order of this schema.
 */
export const Lockfile = z.strictObject({
  schema: z.literal(1),
  /** Digest of the part of the cluster file that decides the package set: `lockInputsOf`. */
  inputs: digest,
  arch: z.string(),
  /** Unix seconds: the SOURCE_DATE_EPOCH of every image made from this lock. */
  sourceDateEpoch: z.number().int().nonnegative(),
  keys: z.array(z.strictObject({ name: z.string(), fingerprint: digest })),
  repositories: z.array(LockedRepository),
  /** The resolved requests, by purpose, in apk's notation: what `packages` satisfies. */
  requests: z.record(Purpose, z.array(z.string())),
  /** Install order of each purpose's closure, by package name. */
  order: z.record(Purpose, z.array(z.string())),
  packages: z.array(LockedPackage),
  /** aports scripts, when the mkimage engine is used. */
  aports: z
    .strictObject({ source: z.string(), commit: z.string().optional(), sha256: digest })
    .optional(),
  /** `--allow-untrusted` was used: shown by every later command and recorded in the manifest. */
  untrusted: z.boolean().optional(),
});
export type Lockfile = z.infer<typeof Lockfile>;
