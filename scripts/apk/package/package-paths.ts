import { VipisoError } from '../../core/errors.ts';
import type { TarEntry } from '../../formats/tar/tar-reader.ts';

const MAX_PATH_BYTES = 4096;
/** Folders inside one another; real packages have a dozen. */
const MAX_DEPTH = 100;
/** Control characters would break every line-based record of the file. */
// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL_CHARACTERS = /[\0-\x1f\x7f]/;

/**
 * Judges the names in one package's data, entry after entry, and gives each its normal form: relative to the
 * root, without `./` and trailing slash. The root directory itself has the empty name. What apk makes of such names:
 * `apk_db_install_archive_entry` of apk-tools 2.14, src/database.c.
 */
export class PathGuard {
  private readonly what: string;
  private readonly seen = new Map<string, TarEntry['type']>();

  constructor(what: string) {
    this.what = what;
  }

  /**
   * @throws VipisoError `malformed-package` for a name that is absolute, climbs, repeats or stands inside
   * something that is not a directory, and for a hard link to anything but an earlier file of the package.
   */
  admit(entry: TarEntry): { readonly path: string; readonly linkTarget: string } {
    const path = this.normal(entry.path);
    if (this.seen.has(path)) throw this.refusal(entry, 'comes twice');
    this.checkParents(path, entry);
    this.seen.set(path, entry.type);
    if (entry.type === 'hardlink') return { path, linkTarget: this.hardLinkTarget(entry) };
    if (entry.type !== 'symlink') return { path, linkTarget: '' };
    if (entry.linkTarget === '' || CONTROL_CHARACTERS.test(entry.linkTarget)) {
      throw this.refusal(entry, 'links to an invalid name');
    }
    return { path, linkTarget: entry.linkTarget };
  }

  private hardLinkTarget(entry: TarEntry): string {
    const target = this.normal(entry.linkTarget);
    const type = this.seen.get(target);
    if (type !== 'file' && type !== 'hardlink') {
      throw this.refusal(
        entry,
        `is a hard link to “${entry.linkTarget}”, which is not an earlier file of it`,
      );
    }
    return target;
  }

  private checkParents(path: string, entry: TarEntry): void {
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const type = this.seen.get(path.slice(0, slash));
      if (type !== undefined && type !== 'directory') {
        throw this.refusal(entry, 'is below an entry that is not a directory');
      }
    }
  }

  private normal(name: string): string {
    const parts = name.split('/');
    const sound =
      name !== '' &&
      !name.startsWith('/') &&
      !parts.includes('..') &&
      !CONTROL_CHARACTERS.test(name) &&
      parts.length <= MAX_DEPTH &&
      Buffer.byteLength(name) <= MAX_PATH_BYTES;
    if (!sound) {
      throw new VipisoError(
        'malformed-package',
        `${this.what} names the path ${JSON.stringify(name)}, which leads outside its root or is not valid.`,
      );
    }
    return parts.filter((part) => part !== '' && part !== '.').join('/');
  }

  private refusal(entry: TarEntry, reason: string): VipisoError {
    return new VipisoError(
      'malformed-package',
      `${this.what} is refused: its entry ${JSON.stringify(entry.path)} ${reason}.`,
    );
  }
}
