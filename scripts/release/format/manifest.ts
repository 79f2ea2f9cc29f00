import { z } from 'zod';
import { isReleasePath } from './layout.ts';

const digest = z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in lower-case hexadecimal');
const place = z.string().refine(isReleasePath, 'leads outside of the release, or cannot be');
const key = z.strictObject({ name: z.string(), fingerprint: digest });
const role = z.enum(['MASTER', 'BACKUP']);
const seconds = z.number().nonnegative();

/** `2026.12`, `v1.4.0-rc.1`: what a folder, a tag and a line of a console can carry. */
export const ReleaseVersion = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._+~-]{0,63}$/, 'must be a word such as 2026.12');

/** A file of a node's overlay. */
const ConfigurationFile = z.strictObject({
  /** Absolute in the image: `/etc/haproxy/haproxy.cfg`. */
  path: z.string(),
  /** Permission bits, octal: `0600`. Absent for links. */
  mode: z.string().optional(),
  /** SHA-256 of the content as it is rendered with a placeholder instead of each secret; of a link, of its target. */
  sha256: digest,
  /** Whether the file in the image has secrets: then its own digest is another. */
  secret: z.literal(true).optional(),
});
export type ConfigurationFile = z.infer<typeof ConfigurationFile>;

const ReleaseImage = z.strictObject({
  /** File name in the release folder. */
  file: place,
  size: z.number().int().positive(),
  sha256: digest,
  node: z.string(),
  /** MASTER where it is that of any VRRP group. */
  role,
  /** Its role in each VRRP group, where there are several. */
  groups: z.array(z.strictObject({ name: z.string(), role })).optional(),
  /** SHA-256 of the node's `<host>.apkovl.tar.gz`. */
  overlay: digest,
  /** The same image in other formats. */
  disks: z
    .array(
      z.strictObject({
        format: z.enum(['raw', 'qcow2', 'vmdk', 'ova', 'vhdx']),
        file: place,
        size: z.number().int().positive(),
        sha256: digest,
      }),
    )
    .optional(),
  kernelArguments: z.array(z.string()),
  /** Versions of what is installed at boot or can be, by name. */
  packages: z.record(z.string(), z.string()),
  /** OpenRC services by runlevel, in their order. */
  services: z.record(z.string(), z.array(z.string())),
  configuration: z.array(ConfigurationFile),
});
export type ReleaseImage = z.infer<typeof ReleaseImage>;

/** A package of the lock; `packages` of an image names those that are in it. */
const ReleasePackage = z.strictObject({
  name: z.string(),
  version: z.string(),
  arch: z.string(),
  /** Source package. */
  origin: z.string(),
  repository: z.string(),
  /** As its maintainer wrote it. */
  license: z.string(),
  /** Bytes, and SHA-256, of the .apk file. */
  size: z.number().int().nonnegative(),
  sha256: digest,
  /** image, kernel or builder: what asked for it. */
  for: z.array(z.string()).min(1),
});
export type ReleasePackage = z.infer<typeof ReleasePackage>;

/** Times by the timers of the configuration, in seconds: `vipiso check --expect` explains them. */
const ReleaseGroup = z.strictObject({
  name: z.string(),
  vips: z.array(z.string()),
  nodes: z.array(
    z.strictObject({
      hostname: z.string(),
      role,
      priority: z.number().int(),
      interface: z.string(),
      addresses: z.array(z.string()),
    }),
  ),
  failover: z.strictObject({
    nodeDeath: seconds,
    haproxyDeath: seconds,
    haproxyHang: seconds.optional(),
    cleanStop: seconds,
    alone: z.boolean(),
  }),
});

const ReleaseService = z.strictObject({
  name: z.string(),
  port: z.number().int(),
  /** An API server dies: until haproxy sends it no new connections. Absent without a health check. */
  death: seconds.optional(),
  recovery: seconds.optional(),
});

const ReleaseInputs = z.strictObject({
  /** The cluster file and its lock, in the release folder. */
  cluster: place,
  lock: place,
  /** Digest of the lock less the places that its packages came from. */
  lockDigest: digest,
  /** All files below `inputs/`, and what the cluster file calls for. Links: SHA-256 of their target. */
  files: z.array(z.strictObject({ path: place, sha256: digest })),
  /** Keys that the packages were verified by. */
  keys: z.array(key),
  /** The scripts that mkimage ran, where it did. */
  aports: z.strictObject({ sha256: digest, commit: z.string().optional() }).optional(),
  /** What a rebuild needs and the release does not hold: by key of the cluster file, and where that looks. */
  secrets: z.array(z.strictObject({ key: z.string(), source: z.string() })),
});

export const DOCUMENT_KINDS = [
  'sbom-cyclonedx',
  'sbom-spdx',
  'vulnerabilities',
  'proof',
  'proof-page',
] as const;

/**
 * `manifest.json` of a release folder: what was built from what. It names no path of the machine it was built on and
 * holds no secret. What is made from it (CHANGES.md, the provenance) is not in it.
 */
export const ReleaseManifest = z.strictObject({
  format: z.literal('vipiso-release'),
  schema: z.literal(1),
  version: ReleaseVersion,
  cluster: z.string(),
  /** Unix seconds of every time stamp in the images, and of the documents. */
  sourceDateEpoch: z.number().int().nonnegative(),
  tool: z.strictObject({
    name: z.literal('vipiso'),
    version: z.string(),
    /** Of the names, modes and contents of its programs, templates and profiles. */
    sha256: digest,
  }),
  engine: z.enum(['native', 'mkimage']),
  profile: z.string(),
  /** Alpine's. */
  branch: z.string(),
  arch: z.string(),
  /** SHA-256 of all inputs of what the images have in common. */
  base: digest,
  volumeId: z.string(),
  inputs: ReleaseInputs,
  /** The key that signed the checksums, the images' index and their modloop. */
  signingKey: key,
  /** `--allow-untrusted` was used when the lock was made. */
  untrusted: z.literal(true).optional(),
  /** What the images' own programs did not check of their files before the build, and why; absent = all was checked. */
  notTested: z.array(z.string()).optional(),
  /** Version lines of the programs that wrote parts of the images. */
  tools: z.record(z.string(), z.string()),
  images: z.array(ReleaseImage).min(1),
  vrrpGroups: z.array(ReleaseGroup).min(1),
  services: z.array(ReleaseService),
  packages: z.array(ReleasePackage),
  documents: z.array(z.strictObject({ kind: z.enum(DOCUMENT_KINDS), file: place, sha256: digest })),
});
export type ReleaseManifest = z.infer<typeof ReleaseManifest>;

/** JSON Schema (2020-12) of a release's manifest.json. */
export function releaseJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(ReleaseManifest, { io: 'input' }), title: 'vipiso release manifest' };
}

/** The file's text: the schema's key order, two blanks, a newline at the end. */
export function formatReleaseManifest(manifest: ReleaseManifest): string {
  return `${JSON.stringify(ReleaseManifest.parse(manifest), null, 2)}\n`;
}

export type ParsedManifest =
  | { readonly ok: true; readonly manifest: ReleaseManifest }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads the text of a release's manifest.json. */
export function parseReleaseManifest(text: string): ParsedManifest {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return { ok: false, problems: [`is not JSON: ${String(error)}`] };
  }
  const result = ReleaseManifest.safeParse(value);
  if (result.success) return { ok: true, manifest: result.data };
  const problems = result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  return { ok: false, problems };
}
