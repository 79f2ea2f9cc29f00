import { compareStrings } from '../core/digest.ts';
import { VipisoError } from '../core/errors.ts';

interface Owned {
  /** Relative to the image's root, `/` between parts: `etc/hosts`. */
  readonly path: string;
  readonly uid: number;
  readonly gid: number;
}

interface FileEntry extends Owned {
  readonly type: 'file';
  readonly mode: number;
  readonly content: Buffer;
}

interface DirectoryEntry extends Owned {
  readonly type: 'directory';
  readonly mode: number;
}

interface SymlinkEntry extends Owned {
  readonly type: 'symlink';
  /** As written into the link: absolute (from the image's root) or relative to the link's folder. */
  readonly target: string;
}

export type TreeEntry = FileEntry | DirectoryEntry | SymlinkEntry;

/** Sorted by path (so a folder precedes its content), every parent folder present, no path twice. */
export type FileTree = readonly TreeEntry[];

const DIRECTORY_MODE = 0o755;

/**
 * Lays trees over each other: of entries with one path the last wins. Missing parent folders are added.
 *
 * @throws VipisoError cluster-invalid where a file or link is instead of a folder that another layer fills
 */
export function layTrees(...layers: readonly (readonly TreeEntry[])[]): FileTree {
  const byPath = new Map<string, TreeEntry>();
  for (const entry of layers.flat()) {
    assertUsablePath(entry.path);
    byPath.set(entry.path, entry);
  }
  for (const path of [...byPath.keys()]) addParents(byPath, path);
  return [...byPath.values()].sort((a, b) => compareStrings(a.path, b.path));
}

function addParents(byPath: Map<string, TreeEntry>, path: string): void {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const parent = path.slice(0, end);
    const there = byPath.get(parent);
    if (there === undefined) {
      byPath.set(parent, { path: parent, type: 'directory', mode: DIRECTORY_MODE, uid: 0, gid: 0 });
    } else if (there.type !== 'directory') {
      throw new VipisoError(
        'cluster-invalid',
        `the overlay has ${path}, but ${parent} is a ${there.type}`,
        {
          hint: `Remove one of the two from the overlay folder.`,
        },
      );
    }
  }
}

const FORBIDDEN_PART = /^(\.{0,2})$|[\p{Cc}\\]/u;

function assertUsablePath(path: string): void {
  if (path.split('/').some((part) => FORBIDDEN_PART.test(part))) {
    throw new VipisoError(
      'cluster-invalid',
      `${JSON.stringify(path)} cannot be a path in the overlay`,
      {
        hint: 'Use relative paths without "..", backslashes and control characters.',
      },
    );
  }
}

/**
 * One line per entry, for review and golden tests: type, mode, owner, path, link target.
 * `-0644 0:0 etc/hosts`, `d0755 0:0 etc`, `l---- 0:0 etc/localtime -> /usr/share/zoneinfo/UTC`.
 */
export function listTree(tree: FileTree): string {
  return tree.map((entry) => `${describeEntry(entry)}\n`).join('');
}

function describeEntry(entry: TreeEntry): string {
  const owner = `${entry.uid}:${entry.gid}`;
  switch (entry.type) {
    case 'file':
      return `-${octal(entry.mode)} ${owner} ${entry.path}`;
    case 'directory':
      return `d${octal(entry.mode)} ${owner} ${entry.path}`;
    case 'symlink':
      return `l---- ${owner} ${entry.path} -> ${entry.target}`;
  }
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
