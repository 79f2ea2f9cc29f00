import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { compareStrings } from '../core/digest.ts';
import { VipisoError } from '../core/errors.ts';
import { replaceFolder, writeFileAtomic } from '../host/fs/atomic-file.ts';
import { ioError, isErrno } from '../host/fs/errno.ts';
import { namesIn } from '../host/fs/list-folder.ts';
import { withTempFolder } from '../host/fs/temp-folder.ts';
import type { Host } from '../host/host.ts';
import { loadCluster } from '../inputs/load-cluster.ts';
import { renderOverlays } from '../overlay/node-overlays.ts';
import type { NodeOverlay } from '../overlay/node-overlays.ts';
import { listTree } from '../overlay/tree.ts';
import { writeTree } from '../overlay/write-tree.ts';
import { findLock, lockFileOf } from '../packages/lock/lock-file.ts';

export interface RenderRequest {
  /** The cluster file, as the user gave it. */
  readonly cluster: string;
  /** Absolute path of the folder for the result. */
  readonly out: string;
}

export interface RenderResult {
  /** Absolute path of the folder. */
  readonly folder: string;
  readonly nodes: readonly { readonly hostname: string; readonly files: number }[];
}

/** Names what a run wrote, so that the next one replaces that and nothing else. */
const MARKER = '.vipiso-render';

/**
 * Writes each node's overlay for review: `DIR/<host>/` as files, `DIR/<host>.listing` with the owners and modes
 * that files of the caller cannot have, and the very `DIR/<host>.apkovl.tar.gz` that `build` would ship (with
 * the lock's date where there is a lock). The folder appears whole or not at all.
 *
 * @throws VipisoError already-exists when DIR holds anything that an earlier run did not write; cluster-invalid,
 *   permission, disk-full, io
 */
export async function renderCluster(host: Host, request: RenderRequest): Promise<RenderResult> {
  const folder = request.out;
  await assertReplaceable(folder);
  const { cluster, file } = await loadCluster(host, request.cluster);
  const lock = await findLock(await lockFileOf(file));
  const overlays = await renderOverlays(host, cluster, cluster.nodes, lock);
  await withTempFolder(host, path.dirname(folder), async (temp) => {
    const fresh = path.join(temp, 'render');
    await writeAll(fresh, overlays);
    host.signal.throwIfAborted();
    await replaceFolder(fresh, folder);
  });
  const nodes = overlays.map(({ node, tree }) => ({
    hostname: node.hostname,
    files: tree.filter(({ type }) => type !== 'directory').length,
  }));
  return { folder, nodes };
}

/** The folder is its owner's alone: some of what it holds is secret. */
async function writeAll(folder: string, overlays: readonly NodeOverlay[]): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  const names = overlays.flatMap(({ node: { hostname } }) => namesOf(hostname));
  await writeFileAtomic(
    path.join(folder, MARKER),
    [MARKER, ...names].sort(compareStrings).join('\n'),
  );
  for (const { node, tree, overlay } of overlays) {
    const base = path.join(folder, node.hostname);
    await writeTree(base, tree);
    await writeFileAtomic(`${base}.listing`, listTree(tree));
    // Password hashes are in it, whatever else.
    await writeFileAtomic(`${base}.apkovl.tar.gz`, overlay, { mode: 0o600 });
  }
}

function namesOf(hostname: string): readonly string[] {
  return [hostname, `${hostname}.listing`, `${hostname}.apkovl.tar.gz`];
}

async function assertReplaceable(folder: string): Promise<void> {
  const [names, ours] = [await namesIn(folder), await markedNames(folder)];
  const others = names.filter((name) => !ours.includes(name));
  if (others.length === 0) return;
  throw new VipisoError('already-exists', `${folder} holds other files: ${others[0] ?? ''}`, {
    hint: 'Choose a new or empty folder; one that an earlier render filled is replaced.',
  });
}

async function markedNames(folder: string): Promise<readonly string[]> {
  const marker = path.join(folder, MARKER);
  try {
    return (await readFile(marker, 'utf8')).split('\n');
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw ioError(error, 'read', marker);
  }
}
