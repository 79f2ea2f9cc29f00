import {
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { copyTree } from '../../../../scripts/host/below/copy-tree.ts';
import {
  isFileBelow,
  makeFolderBelow,
  moveBelow,
  namesBelow,
  readBelow,
  sizeBelow,
  takeBelow,
  writeBelow,
} from '../../../../scripts/host/below/files-below.ts';
import type { Links } from '../../../../scripts/host/below/folder-below.ts';
import { runTool } from '../../../../scripts/host/process/run.ts';
import { temporaryFolder, testHost } from '../../../support/host/test-host.ts';

const MALFORMED = { code: 'malformed-package' };

/** A root beside a folder of the user's, and links of all kinds in the one to the other. */
function planted() {
  const folder = temporaryFolder();
  const [root, home] = [path.join(folder, 'root'), path.join(folder, 'home')];
  for (const each of [root, home, path.join(root, 'boot'), path.join(root, 'boot/real')]) {
    mkdirSync(each);
  }
  writeFileSync(path.join(home, 'secret'), 'secret');
  writeFileSync(path.join(root, 'boot/real/vmlinuz'), 'kernel');
  symlinkSync('/boot/real/vmlinuz', path.join(root, 'boot/absolute'));
  symlinkSync('real/vmlinuz', path.join(root, 'boot/relative'));
  symlinkSync('circle', path.join(root, 'boot/circle'));
  symlinkSync(path.join(home, 'secret'), path.join(root, 'boot/outside'));
  symlinkSync(home, path.join(root, 'absolute'));
  symlinkSync('../home', path.join(root, 'relative'));
  symlinkSync('../../../../../../../..', path.join(root, 'up'));
  const at = (file: string, links: Links) => ({ root, file, links });
  return { root, home, at };
}

describe('a path below a root, links followed as by the image’s kernel', () => {
  test('leads to files through links, but never outside', async () => {
    const { at } = planted();
    const found = async (file: string) => (await readBelow(at(file, 'inside')))?.toString();
    expect(await found('boot/absolute')).toBe('kernel');
    expect(await found('boot/relative')).toBe('kernel');
    expect(await found('up/boot/absolute')).toBe('kernel');
    expect(await found('boot/real/../relative')).toBe('kernel');
    expect(await found('../../boot/relative')).toBe('kernel');
    expect(await found('boot/outside')).toBeUndefined();
    expect(await found('absolute/secret')).toBeUndefined();
    expect(await found('relative/secret')).toBeUndefined();
    await expect(found('boot/circle')).rejects.toMatchObject(MALFORMED);
    expect(await isFileBelow(at('boot/circle', 'inside'))).toBe(false);
    await expect(found('boot')).rejects.toMatchObject(MALFORMED);
  });

  test('makes folders inside, wherever a link points', async () => {
    const { root, home, at } = planted();
    expect(makeFolderBelow(root, 'relative/x', 'inside')).toBe('home/x');
    await writeBelow(at('absolute/y', 'inside'), 'y');
    expect(readFileSync(path.join(root, home, 'y'), 'utf8')).toBe('y');
    expect(readdirSync(home)).toEqual(['secret']);
  });

  test('writes instead of a link, not through it', async () => {
    const { home, root, at } = planted();
    await writeBelow(at('boot/outside', 'inside'), 'new');
    expect(readFileSync(path.join(home, 'secret'), 'utf8')).toBe('secret');
    expect(lstatSync(path.join(root, 'boot/outside')).isFile()).toBe(true);
  });
});

describe('a path below a root where links are refused', () => {
  test.each(['boot/relative', 'relative/secret', 'absolute/secret', 'boot/../boot/real/vmlinuz'])(
    '%s',
    async (file) => {
      const { at, root, home } = planted();
      const to = path.join(temporaryFolder(), 'taken');
      for (const attempt of [
        readBelow(at(file, 'refuse')),
        sizeBelow(at(file, 'refuse')),
        takeBelow(at(file, 'refuse'), to),
        moveBelow(at(file, 'refuse'), to),
      ]) {
        await expect(attempt).rejects.toMatchObject(MALFORMED);
      }
      expect(() => makeFolderBelow(root, `${file}/x`, 'refuse')).toThrow(/link|leads upward/);
      expect(readdirSync(home)).toEqual(['secret']);
    },
  );

  test('what is there is taken as it is, what is not is told', async () => {
    const { at, root } = planted();
    const folder = temporaryFolder();
    const to = (name: string) => path.join(folder, name);
    expect(await takeBelow(at('boot/real/vmlinuz', 'refuse'), to('taken'))).toBe(true);
    expect(statSync(to('taken')).ino).not.toBe(statSync(path.join(root, 'boot/real/vmlinuz')).ino);
    expect(await takeBelow(at('boot/none', 'refuse'), to('none'))).toBe(false);
    expect(await moveBelow(at('none/none', 'refuse'), to('none'))).toBe(false);
    expect(await namesBelow(root, 'boot/real', 'refuse')).toEqual(['vmlinuz']);
  });

  test('a file that is moved keeps no second name in the root', async () => {
    const { at, root } = planted();
    const folder = path.dirname(root);
    linkSync(path.join(root, 'boot/real/vmlinuz'), path.join(root, 'twin'));
    await moveBelow(at('boot/real/vmlinuz', 'refuse'), path.join(folder, 'moved'));
    expect(statSync(path.join(folder, 'moved')).nlink).toBe(1);
  });

  test('a FIFO holds nobody up', async () => {
    const { at, root } = planted();
    await runTool(testHost(), { tool: 'mkfifo', args: [path.join(root, 'fifo')] });
    await expect(readBelow(at('fifo', 'refuse'))).rejects.toMatchObject(MALFORMED);
  });
});

test('a copied tree has its links as they are, and nothing of what they name', async () => {
  const { root } = planted();
  const to = temporaryFolder();
  await copyTree({ root, name: 'boot' }, to);
  expect(readdirSync(path.join(to, 'boot')).sort()).toEqual([
    ...['absolute', 'circle', 'outside', 'real', 'relative'],
  ]);
  expect(lstatSync(path.join(to, 'boot/outside')).isSymbolicLink()).toBe(true);
  await expect(copyTree({ root, name: 'relative' }, to)).rejects.toMatchObject(MALFORMED);
});
