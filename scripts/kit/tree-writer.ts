import { chmod, mkdir, open, symlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { ioError } from '../host/fs/errno.ts';
import type { KitEntry } from './archive/contents.ts';
import type { KitVisitor } from './archive/read.ts';

/** Writes entries below a folder of our own, which nothing but this has written into. */
export class TreeWriter implements KitVisitor {
  private readonly root: string;
  private current: { readonly handle: FileHandle; readonly file: string } | undefined;

  constructor(root: string) {
    this.root = root;
  }

  /** @throws VipisoError permission, disk-full, io */
  async begin(entry: KitEntry): Promise<void> {
    const place = path.join(this.root, entry.path);
    try {
      await mkdir(path.dirname(place), { recursive: true });
      await this.make(entry, place);
    } catch (error) {
      throw ioError(error, 'unpack', place);
    }
  }

  /** @throws VipisoError disk-full, permission, io */
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
