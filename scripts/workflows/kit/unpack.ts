import { lstat, open, rename } from 'node:fs/promises';
import path from 'node:path';
import { compareStrings } from '../../core/digest.ts';
import type { Sha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { step } from '../../core/events.ts';
import { ContentStore } from '../../host/cache/content-store.ts';
import { requireSpace } from '../../host/fs/disk-space.ts';
import { ioError, isErrno } from '../../host/fs/errno.ts';
import { sha256OfFile } from '../../host/fs/hash-file.ts';
import { removeTree } from '../../host/fs/remove-tree.ts';
import { withTempFolder } from '../../host/fs/temp-folder.ts';
import type { Host } from '../../host/host.ts';
import { cacheAports } from '../../image/mkimage/aports/aports-cache.ts';
import { readAportsScripts } from '../../image/mkimage/aports/aports-scripts.ts';
import { CONTENTS_FILE } from '../../kit/archive/contents.ts';
import type { KitContents } from '../../kit/archive/contents.ts';
import { contentsText } from '../../kit/archive/layout.ts';
import { KitReader } from '../../kit/archive/read.ts';
import { TreeWriter } from '../../kit/tree-writer.ts';

export interface UnpackRequest {
  /** Absolute paths of the kit and of the folder to unpack it into. */
  readonly kit: string;
  readonly into: string;
}

export interface UnpackedKit {
  /** Absolute path. */
  readonly folder: string;
  /** Of the kit itself. */
  readonly sha256: Sha256;
  readonly contents: KitContents;
}

const STORE = 'kit/store/';
const STORED = `${STORE}sha256/`;

/**
 * Unpacks a kit: every byte of it is judged before the first is written, and it appears whole or not at all. Its
 * packages are taken into this tool's store too, so that this tool can build from it as well as the one inside.
 *
 * @throws VipisoError malformed-archive, digest-mismatch; already-exists: something of its names is there
 */
export async function unpackKit(host: Host, request: UnpackRequest): Promise<UnpackedKit> {
  const { kit: file, into: folder } = request;
  const reader = await KitReader.open(file);
  try {
    const { contents } = reader;
    await step(host.report, { id: 'check', title: 'Checking the kit' }, async () => {
      await reader.walk(host.signal);
    });
    const names = topNames(contents);
    for (const name of names) await refuseExisting(path.join(folder, name));
    await requireSpace([{ folder, bytes: sizeOf(contents), what: 'the kit' }]);
    await step(host.report, { id: 'unpack', title: 'Unpacking' }, async () => {
      await withTempFolder(host, folder, async (temp) => {
        await reader.walk(host.signal, new TreeWriter(temp));
        await writePrivately(path.join(temp, CONTENTS_FILE), contentsText(contents));
        await takeIntoStore(host, temp, contents);
        host.signal.throwIfAborted();
        await settle(temp, folder, names);
      });
    });
    return { folder, sha256: await sha256OfFile(file), contents };
  } finally {
    await reader.close();
  }
}

/** The table of contents last: where it is there, everything is. */
function topNames({ entries }: KitContents): readonly string[] {
  const names = entries.map((entry) => entry.path.split('/')[0] ?? '');
  return [...[...new Set(names)].sort(compareStrings), CONTENTS_FILE];
}

function sizeOf({ entries }: KitContents): number {
  return entries.reduce((sum, entry) => sum + (entry.type === 'file' ? entry.size : 0), 0);
}

async function refuseExisting(place: string): Promise<void> {
  try {
    await lstat(place);
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return;
    throw ioError(error, 'unpack', place);
  }
  throw new VipisoError(
    'already-exists',
    `${place} already exists; choose another target directory`,
    {
      hint: 'Unpack into a new folder: --into DIR',
    },
  );
}

/** Moves the finished parts to their places; when one fails, those before it are taken back. */
async function settle(temp: string, folder: string, names: readonly string[]): Promise<void> {
  const settled: string[] = [];
  try {
    for (const name of names) {
      const place = path.join(folder, name);
      await refuseExisting(place);
      await rename(path.join(temp, name), place);
      settled.push(place);
    }
  } catch (error) {
    for (const place of settled) await removeTree(place);
    throw ioError(error, 'unpack', folder);
  }
}

async function takeIntoStore(host: Host, temp: string, { entries }: KitContents): Promise<void> {
  const store = new ContentStore(host);
  for (const entry of entries) {
    if (entry.type !== 'file' || !entry.path.startsWith(STORE)) continue;
    const file = path.join(temp, entry.path);
    if (entry.path.startsWith(STORED)) await store.putFile(file, entry.sha256);
    else await cacheAports(host, await readAportsScripts(file));
  }
}

async function writePrivately(file: string, bytes: Buffer): Promise<void> {
  const handle = await open(file, 'wx', 0o644);
  try {
    await handle.writeFile(bytes);
  } finally {
    await handle.close();
  }
}
