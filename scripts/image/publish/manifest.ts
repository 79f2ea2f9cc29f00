import { z } from 'zod';

const digest = z.string().regex(/^[0-9a-f]{64}$/);

const ManifestImage = z.strictObject({
  /** File name beside the manifest. */
  file: z.string(),
  size: z.number().int().positive(),
  sha256: digest,
  node: z.string(),
  /** MASTER where it is that of any VRRP group. */
  role: z.enum(['MASTER', 'BACKUP']),
  /** Its role in each VRRP group, where there are several. */
  groups: z
    .array(z.strictObject({ name: z.string(), role: z.enum(['MASTER', 'BACKUP']) }))
    .optional(),
  /** SHA-256 of the node's `<host>.apkovl.tar.gz`. */
  overlay: digest,
  /** The same image in other formats. */
  disks: z
    .array(
      z.strictObject({
        format: z.enum(['raw', 'qcow2', 'vmdk', 'ova', 'vhdx']),
        file: z.string(),
        size: z.number().int().positive(),
        sha256: digest,
      }),
    )
    .optional(),
});

/**
 * `manifest.json`: what was built from what. It names no path of the machine it was built on and holds nothing of the
 * overlays' content, so it can be published beside the images.
 */
export const Manifest = z.strictObject({
  schema: z.literal(1),
  /** Of the release that the images were made for. */
  version: z.string().optional(),
  cluster: z.string(),
  engine: z.enum(['native', 'mkimage']),
  profile: z.string(),
  /** Digest of the lock without the places that its packages came from. */
  lock: digest,
  /** SHA-256 of all inputs of what the images have in common. */
  base: digest,
  volumeId: z.string(),
  /** Unix seconds of every time stamp in the images. */
  sourceDateEpoch: z.number().int().nonnegative(),
  /** Keys that the packages were verified by. */
  keys: z.array(z.strictObject({ name: z.string(), fingerprint: digest })),
  /** The key that signed the images' index and modloop. */
  signingKey: z.strictObject({ name: z.string(), fingerprint: digest }),
  /** `--allow-untrusted` was used when the lock was made. */
  untrusted: z.boolean().optional(),
  /** What the images' own programs did not check of their files before the build, and why; absent = all was checked. */
  notTested: z.array(z.string()).optional(),
  /** Version lines of the programs that wrote parts of the images. */
  tools: z.record(z.string(), z.string()),
  images: z.array(ManifestImage),
});
export type Manifest = z.infer<typeof Manifest>;

/** The file's text: the schema's key order, two blanks, a newline at the end. */
export function formatManifest(manifest: Manifest): string {
  return `${JSON.stringify(Manifest.parse(manifest), null, 2)}\n`;
}

/** JSON Schema (2020-12) of the manifest.json that `vipiso build` writes. */
export function buildManifestJsonSchema(): Record<string, unknown> {
  return { ...z.toJSONSchema(Manifest, { io: 'input' }), title: 'vipiso build manifest' };
}
