import { chmod, lstat, mkdir, open, rename, symlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { compareStrings } from '../../core/digest.ts';
import type { Sha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { step } from '../../core/events.ts';
import { ContentStore } from '../../host/content-store.ts';
import { requireSpace } from '../../host/disk-space.ts';
import { ioError, isErrno } from '../../host/errno.ts';
import { sha256OfFile } from '../../host/hash-file.ts';
import type { Host } from '../../host/host.ts';
import { removeTree } from '../../host/remove-tree.ts';
import { withTempFolder } from '../../host/temp-folder.ts';
import { readAportsScripts } from '../../image/mkimage/aports-scripts.ts';
import { CONTENTS_FILE } from '../../release/kit/contents.ts';
import type { KitContents, KitEntry } from '../../release/kit/contents.ts';
import { contentsText } from '../../release/kit/layout.ts';
import { KitReader } from '../../release/kit/read.ts';
import type { KitVisitor } from '../../release/kit/read.ts';
import { keepAports } from '../kept-aports.ts';

export interface UnpackRequest {
  /** The kit and the folder to unpack it into, as the user gave them. */
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
  const file = path.resolve(host.cwd, request.kit);
  const folder = path.resolve(host.cwd, request.into);
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
  throw new VipisoError('already-exists', `there is something in the kit's place: ${place}`, {
    hint: 'Unpack into a new folder: --into DIR',
  });
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
    else await keepAports(host, await readAportsScripts(file));
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

/** Writes entries below a folder of our own, which nothing but this has written into. */
class TreeWriter implements KitVisitor {
  private readonly root: string;
  private current: { readonly handle: FileHandle; readonly file: string } | undefined;

  constructor(root: string) {
    this.root = root;
  }

  async begin(entry: KitEntry): Promise<void> {
    const place = path.join(this.root, entry.path);
    try {
      await mkdir(path.dirname(place), { recursive: true });
      await this.make(entry, place);
    } catch (error) {
      throw ioError(error, 'unpack', place);
    }
  }

  async data(chunk: Buffer): Promise<void> {
    const { current } = this;
    await current?.handle.writeFile(chunk).catch((error: unknown) => {
      throw ioError(error, 'unpack', current.file, chunk.length);
    });
  }

  async end(): Promise<void> {
    await this.current?.handle.close();
    this.current = undefined;
  }

  private async make(entry: KitEntry, place: string): Promise<void> {
    switch (entry.type) {
      case 'directory':
        await mkdir(place, { recursive: true });
        return;
      case 'symlink':
        await symlink(entry.target, place);
        return;
      case 'file':
        this.current = { handle: await open(place, 'wx', 0o600), file: place };
        await chmod(place, entry.mode);
    }
  }
}
