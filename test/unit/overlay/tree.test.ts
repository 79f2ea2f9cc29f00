import { describe, expect, it } from 'vitest';
import { layTrees, listTree } from '../../../scripts/overlay/tree.ts';
import type { TreeEntry } from '../../../scripts/overlay/tree.ts';

function file(path: string, text = ''): TreeEntry {
  return { path, type: 'file', mode: 0o644, uid: 0, gid: 0, content: Buffer.from(text) };
}

function link(path: string): TreeEntry {
  return { path, type: 'symlink', target: '/x', uid: 0, gid: 0 };
}

describe('layTrees', () => {
  it('sorts by bytes, adds the folders, and lets the last layer win', () => {
    const tree = layTrees(
      [file('etc/b', 'old'), file('etc/a-b')],
      [file('etc/a/c'), file('etc/b', 'new')],
    );
    expect(listTree(tree)).toBe(
      [
        'd0755 0:0 etc',
        'd0755 0:0 etc/a',
        '-0644 0:0 etc/a-b',
        '-0644 0:0 etc/a/c',
        '-0644 0:0 etc/b',
        '',
      ].join('\n'),
    );
    expect(tree.find(({ path }) => path === 'etc/b')).toMatchObject({
      content: Buffer.from('new'),
    });
  });

  it('keeps the mode of a folder that a layer names', () => {
    const root: TreeEntry = { path: 'root', type: 'directory', mode: 0o700, uid: 0, gid: 0 };
    expect(listTree(layTrees([file('root/x')], [root]))).toContain('d0700 0:0 root\n');
  });

  it.each([
    ['a file', file('etc')],
    ['a link', link('etc')],
  ])('refuses %s where another layer has a folder', (_, entry) => {
    expect(() => layTrees([file('etc/hosts')], [entry])).toThrow(/but etc is a/);
  });

  it.each(['/etc/x', '../x', 'etc/../x', 'etc//x', './x', '', 'etc/a\nb', 'etc\\x'])(
    'refuses the path %j',
    (path) => {
      expect(() => layTrees([file(path)])).toThrow(/cannot be a path/);
    },
  );
});
