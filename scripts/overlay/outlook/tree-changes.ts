import { diffLines } from '../../core/line-diff.ts';
import type { LineChange } from '../../core/line-diff.ts';
import type { FileTree, TreeEntry } from '../tree.ts';

/** A file or link of a node that is rendered otherwise. */
export interface FileChange {
  readonly node: string;
  /** Relative to the node's root: `etc/haproxy/haproxy.cfg`. */
  readonly path: string;
  /** Undefined where the file is for its owner alone: its lines may be secret. */
  readonly lines: readonly LineChange[] | undefined;
}

export function treeChanges(
  node: string,
  before: FileTree,
  after: FileTree,
): readonly FileChange[] {
  const [old, fresh] = [byPath(before), byPath(after)];
  const paths = [...new Set([...old.keys(), ...fresh.keys()])].sort();
  return paths.flatMap((path): FileChange[] => {
    const [a, b] = [old.get(path), fresh.get(path)];
    if (isPrivate(a) || isPrivate(b)) {
      return sameBytes(a, b) ? [] : [{ node, path, lines: undefined }];
    }
    const lines = diffLines(linesOf(a), linesOf(b));
    return lines.length === 0 ? [] : [{ node, path, lines }];
  });
}

function byPath(tree: FileTree): ReadonlyMap<string, TreeEntry> {
  return new Map(tree.map((entry) => [entry.path, entry]));
}

function isPrivate(entry: TreeEntry | undefined): boolean {
  return entry?.type === 'file' && (entry.mode & 0o077) === 0;
}

function sameBytes(a: TreeEntry | undefined, b: TreeEntry | undefined): boolean {
  return a?.type === 'file' && b?.type === 'file' && a.content.equals(b.content);
}

function linesOf(entry: TreeEntry | undefined): readonly string[] {
  switch (entry?.type) {
    case undefined:
      return [];
    case 'directory':
      return ['(a folder)'];
    case 'symlink':
      return [`-> ${entry.target}`];
    case 'file':
      return entry.content.toString('utf8').replace(/\n$/, '').split('\n');
  }
}
