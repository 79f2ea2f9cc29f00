import path from 'node:path';
import { fileReferencesOf } from '../cluster/secrets/file-references.ts';
import { VipisoError } from '../core/errors.ts';
import type { LoadedCluster } from '../inputs/load-cluster.ts';
import { readOverlayFolder } from '../overlay/templates/folder.ts';
import { lockFileOf } from '../packages/lock/lock-file.ts';
import { KIT_NAMES } from './archive/contents.ts';
import type { KitContents } from './archive/contents.ts';
import type { KitSource } from './archive/write.ts';
import { modeOf } from './tool-files.ts';

/** The user's own part of a kit. */
export interface ClusterFiles {
  readonly sources: readonly KitSource[];
  /** What the table of contents says of them. */
  readonly clusters: readonly string[];
  readonly overlays: readonly string[];
  readonly bring: KitContents['bring'];
  /** Keys of secrets that are written in the cluster files themselves, and so go into the kit. */
  readonly inlineSecrets: readonly string[];
}

/**
 * Cluster files, their locks, and what they refer to, laid out as they lie here: relative to the folder around them
 * all. Secrets in files or variables stay behind.
 *
 * @throws VipisoError usage: a file is named absolutely; what reading throws
 */
export async function clusterFiles(loaded: readonly LoadedCluster[]): Promise<ClusterFiles> {
  const described = loaded.map(describe);
  const root = commonFolder(
    described.flatMap(({ folder, overlay, files: named }) => [
      folder,
      ...(overlay === undefined ? [] : [overlay]),
      ...named.map((file) => path.dirname(file)),
    ]),
  );
  const place = (file: string): string => path.relative(root, file).split(path.sep).join('/');
  const files = new Map<string, KitSource>();
  for (const { file, overlay, files: named } of described) {
    for (const from of [file, await lockFileOf(file), ...named]) {
      files.set(from, { type: 'file', path: place(from), mode: await modeOf(from), from });
    }
    if (overlay === undefined) continue;
    for (const source of await overlaySources(overlay, place(overlay))) {
      files.set(source.path, source);
    }
  }
  const sources = [...new Map([...files.values()].map((it) => [it.path, it])).values()];
  return {
    sources,
    clusters: described.map(({ file }) => place(file)),
    overlays: [...new Set(described.flatMap(({ overlay }) => overlay ?? []))].map(place),
    bring: described.flatMap(({ file, secrets }) =>
      secrets
        .filter(({ kind }) => kind !== 'inline')
        .map(({ key, source }) => ({ cluster: place(file), key, source })),
    ),
    inlineSecrets: described.flatMap(({ secrets }) =>
      secrets.filter(({ kind }) => kind === 'inline').map(({ key }) => key),
    ),
  };
}

function describe({ file, name, document, included }: LoadedCluster) {
  const folder = path.dirname(file);
  const { overlay, files, secrets } = fileReferencesOf(document);
  const absolute = (key: string, written: string): string => {
    if (!path.isAbsolute(written)) return path.join(folder, written);
    throw new VipisoError('usage', `${name} names ${key} by an absolute path: ${written}`, {
      hint: 'Inside the air gap it would not be there: put it beside the cluster file and name it relatively.',
    });
  };
  return {
    file,
    folder,
    overlay: overlay === undefined ? undefined : absolute('overlay', overlay),
    files: [
      ...files.map((it) => absolute(it.key, it.path)),
      ...secrets.flatMap(({ key, kind, file: sealed }) =>
        kind === 'encrypted' && sealed !== undefined ? [absolute(key, sealed)] : [],
      ),
      ...included.map((it) => absolute('include', it.name)),
    ],
    secrets,
  };
}

async function overlaySources(folder: string, place: string): Promise<readonly KitSource[]> {
  const entries = await readOverlayFolder(folder);
  const inner = entries.map(async (entry): Promise<KitSource> => {
    const inKit = `${place}/${entry.path}`;
    switch (entry.type) {
      case 'directory':
        return { type: 'directory', path: inKit };
      case 'symlink':
        return { type: 'symlink', path: inKit, target: entry.target };
      case 'file': {
        const from = path.join(folder, entry.path);
        return { type: 'file', path: inKit, mode: await modeOf(from), from };
      }
    }
  });
  return [{ type: 'directory', path: place }, ...(await Promise.all(inner))];
}

/** @throws VipisoError usage: a file lies where a kit keeps its own */
export function refuseTaken(sources: readonly KitSource[]): void {
  const clash = sources.find(({ path: file }) => KIT_NAMES.includes(file.split('/')[0] ?? ''));
  if (clash === undefined) return;
  throw new VipisoError('usage', `a kit has files of its own at this path: ${clash.path}`, {
    hint: `Choose another name for it: not ${KIT_NAMES.join(', ')}.`,
  });
}

function commonFolder(folders: readonly string[]): string {
  const [first = '/', ...rest] = folders;
  const holds = (folder: string, other: string): boolean =>
    !path.relative(folder, other).startsWith('..');
  let common = first;
  while (!rest.every((other) => holds(common, other))) common = path.dirname(common);
  return common;
}
