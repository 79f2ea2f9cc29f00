import {
  chmodSync,
  closeSync,
  constants,
  lchownSync,
  lstatSync,
  mkdirSync,
  openSync,
  readlinkSync,
} from 'node:fs';
import { VipisoError } from '../../core/errors.ts';
import { ioError, isErrno } from '../fs/errno.ts';

/**
 * What a symbolic link on the way is taken for: `refuse` = something planted, an error; `inside` = followed as the
 * image's own kernel would, an absolute target from the root, `..` never out of it.
 */
export type Links = 'refuse' | 'inside';

const MAX_LINKS = 40;
const MAX_DEPTH = 256;
/** open(2): a descriptor to go on from, which needs no right to read. Node has no name for it. */
export const O_PATH = 0o10000000;
const FOLDER = O_PATH | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * A folder below a root that others may have written to, held open: like openat2(2) with RESOLVE_IN_ROOT or
 * RESOLVE_NO_SYMLINKS, which Node does not have. Each part of the path is opened by its own, relative to the one
 * before (proc_pid_fd(5)), so that nothing which happens to the path meanwhile leads out of the root.
 */
export class FolderBelow {
  /** Relative to the root, free of links; empty = the root itself. */
  readonly name: string;
  private readonly descriptor: number;

  private constructor(name: string, descriptor: number) {
    this.name = name;
    this.descriptor = descriptor;
  }

  /**
   * Opens a folder.
   *
   * @param root absolute path of a folder of ours
   * @param folder relative to the root; empty = the root itself
   * @param missing `make` makes missing folders, of mode 0755 whatever the umask
   * @returns undefined where it is missing and not to be made
   * @throws VipisoError malformed-package: something on the way is not a folder
   */
  static open(
    root: string,
    folder: string,
    { links, missing }: { readonly links: Links; readonly missing: 'make' | 'leave' },
  ): FolderBelow | undefined {
    const walk = new Walk(root, folder);
    try {
      const pending = parts(folder);
      for (let followed = 0; pending.length > 0;) {
        const part = pending.shift() ?? '';
        if (part === '..' && links === 'refuse') throw walk.refusal('it leads upward by “..”');
        const step = part === '..' ? walk.climb() : walk.enter(part);
        if (step === 'entered') continue;
        if (step === 'missing') {
          if (missing === 'leave') return undefined;
          walk.make(part);
          pending.unshift(part);
          continue;
        }
        if (links === 'refuse') throw walk.refusal(`${walk.nameOf(part)} is a symbolic link`);
        if (++followed > MAX_LINKS) throw walk.refusal('its links form a loop');
        if (step.target.startsWith('/')) walk.restart();
        pending.unshift(...parts(step.target));
      }
      return new FolderBelow(walk.name, walk.keep());
    } finally {
      walk.close();
    }
  }

  /**
   * A path by which one entry of the folder is reached while the folder is open; its last part may be a link.
   *
   * @throws VipisoError malformed-package: not the name of a file
   */
  entry(name: string): string {
    if (name === '' || name === '.' || name === '..' || name.includes('/') || name.includes('\0')) {
      throw new VipisoError('malformed-package', `${JSON.stringify(name)} is not a name of a file`);
    }
    return `/proc/self/fd/${this.descriptor}/${name}`;
  }

  /** The same for the folder itself. */
  get path(): string {
    return `/proc/self/fd/${this.descriptor}/.`;
  }

  setMode(mode: number): void {
    chmodSync(this.path, mode);
  }

  close(): void {
    closeSync(this.descriptor);
  }
}

/** The way from the root to a folder, each part of it open. */
class Walk {
  private readonly folder: string;
  private readonly open: { readonly name: string; readonly descriptor: number }[] = [];

  constructor(root: string, folder: string) {
    this.folder = folder;
    try {
      this.open.push({ name: '', descriptor: openSync(root, FOLDER) });
    } catch (error) {
      throw ioError(error, 'open the folder', root);
    }
  }

  get name(): string {
    return this.nameOf('').slice(0, -1);
  }

  nameOf(part: string): string {
    return [...this.open.slice(1).map(({ name }) => name), part].join('/');
  }

  climb(): 'entered' {
    if (this.open.length > 1) this.leave();
    return 'entered';
  }

  restart(): void {
    while (this.open.length > 1) this.leave();
  }

  enter(part: string): 'entered' | 'missing' | { readonly target: string } {
    if (this.open.length > MAX_DEPTH) throw this.refusal('it is nested too deeply');
    const place = this.place(part);
    try {
      this.open.push({ name: part, descriptor: openSync(place, FOLDER) });
      return 'entered';
    } catch (error) {
      if (isErrno(error, 'ENOENT')) return 'missing';
      if (!isErrno(error, 'ELOOP', 'ENOTDIR')) throw ioError(error, 'open', this.nameOf(part));
    }
    try {
      return { target: readlinkSync(place) };
    } catch (error) {
      if (!isErrno(error, 'EINVAL')) throw ioError(error, 'open', this.nameOf(part));
      throw this.refusal(`${this.nameOf(part)} is not a folder`);
    }
  }

  make(part: string): void {
    try {
      mkdirSync(this.place(part));
    } catch (error) {
      throw ioError(error, 'make the folder', this.nameOf(part));
    }
    const above = this.place('.');
    // Whatever the umask is.
    if (this.enter(part) === 'entered') {
      chmodSync(this.place('.'), 0o755);
      giveAsFolder(this.place('.'), above);
      this.leave();
    }
  }

  /** Gives away the descriptor of the last folder. */
  keep(): number {
    return this.open.pop()?.descriptor ?? -1;
  }

  close(): void {
    while (this.open.length > 0) this.leave();
  }

  refusal(reason: string): VipisoError {
    return new VipisoError(
      'malformed-package',
      `nothing is read or written below /${this.folder} of the image's root: ${reason}`,
    );
  }

  private place(part: string): string {
    return `/proc/self/fd/${this.top()}/${part}`;
  }

  private top(): number {
    return this.open.at(-1)?.descriptor ?? -1;
  }

  private leave(): void {
    const last = this.open.pop();
    if (last !== undefined) closeSync(last.descriptor);
  }
}

/** What root makes belongs to whom its folder belongs: the account of a sandbox, which could not change it otherwise. */
export function giveAsFolder(place: string, folder: string): void {
  if (process.geteuid?.() !== 0) return;
  const { uid, gid } = lstatSync(folder);
  if (uid !== 0) lchownSync(place, uid, gid);
}

function parts(name: string): string[] {
  return name.split('/').filter((part) => part !== '' && part !== '.');
}
