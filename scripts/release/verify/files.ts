import { readlink, stat } from 'node:fs/promises';
import { compareStrings, sha256 } from '../../core/digest.ts';
import { sha256OfFile } from '../../host/fs/hash-file.ts';
import { entriesBelow } from '../../host/fs/list-folder.ts';
import { RELEASE, RELEASE_FOLDERS, isBesideChecksums } from '../format/layout.ts';
import type { ReleaseManifest } from '../format/manifest.ts';
import type { OpenedRelease } from '../read/read-release.ts';
import { judged } from './check.ts';
import type { Verdict } from './check.ts';

/**
 * Every file of the folder is in the checksums and as they say, and the other way round. Small files come first, and one
 * that is wrong ends it: the bytes of images are not read for nothing.
 */
export async function filesCheck(release: OpenedRelease): Promise<Verdict> {
  const { folder, manifest, sums, at } = release;
  const links = linksOf(manifest, sums);
  const entries = await entriesBelow(folder, 'list the release');
  const found = new Set(entries.map(({ file }) => file));
  const missing = [...sums.keys(), ...links.keys()].filter((file) => !found.has(file));
  const problems = missing.map((file) => `${file} is missing`);
  const hashed: { readonly file: string; readonly wanted: string; readonly size: number }[] = [];
  for (const { file, type } of entries) {
    const wanted = sums.get(file);
    if (type === 'other') problems.push(`${file} is neither a file nor a folder`);
    else if (type === 'link') problems.push(...(await linkProblems(release, file, links)));
    else if (wanted !== undefined) hashed.push({ file, wanted, size: (await stat(at(file))).size });
    else if (!isBesideChecksums(file)) problems.push(`${file} is no part of the release`);
  }
  for (const { file, wanted, size } of hashed.sort((a, b) => a.size - b.size)) {
    if (problems.length > 0 && size > SMALL) break;
    if ((await sha256OfFile(at(file))) !== wanted) problems.push(`${file} has other bytes`);
  }
  const covers = `${sums.size} files`;
  return judged(problems.sort(compareStrings), covers);
}

const SMALL = 4 * 1024 * 1024;

async function linkProblems(
  { at }: OpenedRelease,
  file: string,
  links: ReadonlyMap<string, string>,
): Promise<readonly string[]> {
  const wanted = links.get(file);
  if (wanted === undefined) return [`${file} is a link that is no part of the release`];
  return sha256(await readlink(at(file))) === wanted ? [] : [`${file} leads elsewhere`];
}

/** At the top of the release. */
const IMAGE_FILE = /^[^/]+\.(?:iso|raw|qcow2|vmdk|ova|vhdx)$/;

/** What the manifest says of files is what the checksums say. */
export function manifestCheck({ manifest, sums }: OpenedRelease): Verdict {
  const { images, inputs, documents, signingKey } = manifest;
  const links = linksOf(manifest, sums);
  const claims = [
    ...images
      .flatMap((image) => [image, ...(image.disks ?? [])])
      .map(({ file, sha256: digest }) => [file, digest] as const),
    ...documents.map(({ file, sha256: digest }) => [file, digest] as const),
    ...inputs.files
      .filter(({ path: file }) => !links.has(file))
      .map((it) => [it.path, it.sha256] as const),
  ];
  const told = new Set(claims.map(([file]) => file));
  const needed = [
    RELEASE.manifest,
    RELEASE.provenance,
    RELEASE.changes,
    inputs.cluster,
    inputs.lock,
  ];
  const key = `${RELEASE_FOLDERS.keys}/${signingKey.name}`;
  return judged([
    ...claims
      .filter(([file, digest]) => sums.get(file) !== digest)
      .map(([file]) => `it says otherwise of ${file}`),
    ...[...needed, key]
      .filter((file) => !sums.has(file))
      .map((file) => `${file} is not in the checksums`),
    ...[...sums.keys()]
      .filter((file) => IMAGE_FILE.test(file) && !told.has(file))
      .map((file) => `it does not tell of ${file}`),
    ...[...sums.keys()]
      .filter((file) => file.startsWith(`${RELEASE_FOLDERS.inputs}/`) && !told.has(file))
      .map((file) => `it does not tell of ${file}`),
  ]);
}

/** Links cannot be in SHA256SUMS, which follows them: inputs that no line names. */
function linksOf(
  { inputs }: ReleaseManifest,
  sums: OpenedRelease['sums'],
): ReadonlyMap<string, string> {
  const links = inputs.files.filter(({ path: file }) => !sums.has(file));
  return new Map(links.map(({ path: file, sha256: digest }) => [file, digest]));
}
