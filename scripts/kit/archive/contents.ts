import { z } from 'zod';
import { compareStrings, isSha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';

/** Version of the format. */
export const KIT_SCHEMA = 1;
/** The table of contents: first in the archive, and beside what was unpacked. */
export const CONTENTS_FILE = 'kit.json';
/** Names at the top of a kit that are the tool's: nothing of the user's lies there. */
export const KIT_NAMES: readonly string[] = ['kit', CONTENTS_FILE, 'vipiso'];

/** Far above any real kit: the tool has a few thousand files, and a lock some hundred packages. */
const MAX_ENTRIES = 50_000;
const MAX_NAMED = 1000;

const Place = z.string().refine(isSoundPath, 'leads outside of the kit, or cannot be');
const digest = z.string().refine(isSha256, 'must be a SHA-256 in lower-case hexadecimal');

const KitFile = z.strictObject({
  type: z.literal('file'),
  path: Place,
  mode: z.union([z.literal(0o644), z.literal(0o755), z.literal(0o600)]),
  size: z.number().int().nonnegative(),
  sha256: digest,
});
const KitFolder = z.strictObject({ type: z.literal('directory'), path: Place });
const KitLink = z.strictObject({
  type: z.literal('symlink'),
  path: Place,
  target: z.string().min(1),
});
const KitEntry = z.discriminatedUnion('type', [KitFile, KitFolder, KitLink]);
export type KitFile = z.infer<typeof KitFile>;
export type KitEntry = z.infer<typeof KitEntry>;

/** What a kit holds and what it is for. */
export const KitContents = z.strictObject({
  kit: z.literal(KIT_SCHEMA),
  /** Version of the tool that made it, which is the one inside. */
  tool: z.string(),
  /** Unix seconds of every file. */
  epoch: z.number().int().nonnegative(),
  /** Cluster files, as paths in the kit. */
  clusters: z.array(Place).min(1).max(MAX_NAMED),
  /** Folders that are laid over images: absolute links in them count from the image's root. */
  overlays: z.array(Place).max(MAX_NAMED),
  /** The private key that signs images, where it was packed. */
  signingKey: z.strictObject({ name: z.string(), fingerprint: digest }).optional(),
  /** Secrets that are not in the kit and must be brought: by key of the cluster file, and where it looks. */
  bring: z
    .array(z.strictObject({ cluster: Place, key: z.string(), source: z.string() }))
    .max(MAX_NAMED),
  /** Everything else in the archive, by path. */
  entries: z.array(KitEntry),
});
export type KitContents = z.infer<typeof KitContents>;

/**
 * Reads a table of contents and judges all of it: what passes can be written below a folder without leaving it.
 *
 * @throws VipisoError malformed-archive
 */
export function parseContents(text: string): KitContents {
  const json = parseJson(text);
  refuseTooMany(json);
  const result = KitContents.safeParse(json);
  if (!result.success) {
    throw new VipisoError('malformed-archive', 'the table of contents of the kit is not valid', {
      details: result.error.issues.slice(0, MAX_SHOWN).map(describe),
      hint: 'Make the kit again with this version: vipiso kit',
    });
  }
  const problem = problemOf(result.data);
  if (problem === undefined) return result.data;
  throw new VipisoError('malformed-archive', `the kit is refused: ${problem}`);
}

const MAX_SHOWN = 10;

function describe({ path, message }: { path: readonly PropertyKey[]; message: string }): string {
  return `${path.map(String).join('.')}: ${message}`;
}

/** Asked before each of them is looked at, which takes long for millions. */
function refuseTooMany(json: unknown): void {
  const entries = (json as { readonly entries?: unknown } | null | undefined)?.entries;
  if (!Array.isArray(entries) || entries.length <= MAX_ENTRIES) return;
  throw new VipisoError(
    'malformed-archive',
    `the kit is refused: it names ${entries.length} entries, and no kit has more than ${MAX_ENTRIES}`,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Whatever is wrong with the text, the schema check says what was expected instead.
    return undefined;
  }
}

function problemOf(contents: KitContents): string | undefined {
  const types = new Map<string, KitEntry['type']>([[CONTENTS_FILE, 'file']]);
  let before = '';
  for (const entry of contents.entries) {
    const { path, type } = entry;
    if (types.has(path)) return `“${path}” appears twice`;
    if (compareStrings(before, path) > 0) return `“${path}” is out of order`;
    const parent = parentsOf(path).find((it) => (types.get(it) ?? 'directory') !== 'directory');
    if (parent !== undefined) return `“${path}” stands below “${parent}”, which is not a folder`;
    if (type === 'symlink' && leadsOut(path, entry.target, contents.overlays)) {
      return `“${path}” is a link to “${entry.target}”, outside of the kit`;
    }
    types.set(path, type);
    before = path;
  }
  const spread = contents.overlays.find((overlay) => !isOverlayFolder(overlay, contents, types));
  if (spread !== undefined) return `“${spread}” cannot be an overlay folder of it`;
  const lost = contents.clusters.find((cluster) => types.get(cluster) !== 'file');
  return lost === undefined ? undefined : `the cluster file “${lost}” is not in it`;
}

/** A folder of the kit that holds none of the kit's own parts: absolute links are fine in there. */
function isOverlayFolder(
  overlay: string,
  { clusters }: KitContents,
  types: ReadonlyMap<string, KitEntry['type']>,
): boolean {
  return (
    (types.get(overlay) ?? 'directory') === 'directory' &&
    !KIT_NAMES.includes(overlay.split('/')[0] ?? '') &&
    !clusters.some((cluster) => cluster.startsWith(`${overlay}/`))
  );
}

function parentsOf(path: string): string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}

/**
 * A link must not lead above the folder that it belongs to: the kit, or the overlay that it is a part of. It may climb
 * only at its beginning: behind another link, `..` is anywhere.
 */
function leadsOut(path: string, target: string, overlays: readonly string[]): boolean {
  if (hasControlCharacters(target)) return true;
  const overlay = overlays.find((it) => path.startsWith(`${it}/`));
  if (target.startsWith('/')) return overlay === undefined;
  const depth = parentsOf(path).length - (overlay === undefined ? 0 : overlay.split('/').length);
  const parts = target.split('/').filter((part) => part !== '' && part !== '.');
  const climbs = parts.findIndex((part) => part !== '..');
  const rest = climbs < 0 ? [] : parts.slice(climbs);
  return (climbs < 0 ? parts.length : climbs) > depth || rest.includes('..');
}

const MAX_PATH_BYTES = 1024;
const MAX_DEPTH = 64;

function isSoundPath(path: string): boolean {
  const parts = path.split('/');
  return (
    parts.length <= MAX_DEPTH &&
    Buffer.byteLength(path) <= MAX_PATH_BYTES &&
    !hasControlCharacters(path) &&
    !path.includes('\\') &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..')
  );
}

function hasControlCharacters(text: string): boolean {
  // eslint-disable-next-line no-control-regex -- control characters are what is looked for
  return /[\0-\x1f\x7f]/.test(text);
}
