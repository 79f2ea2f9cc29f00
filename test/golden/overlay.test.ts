import { readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderNode } from '../../scripts/overlay/render-node.ts';
import { listTree } from '../../scripts/overlay/tree.ts';
import type { FileTree } from '../../scripts/overlay/tree.ts';
import {
  modelOf,
  nodeOf,
  REFERENCE_FILE,
  TEMPLATES_ROOT,
} from '../support/cluster/reference-model.ts';
import { ACTIVE_ACTIVE_FILE, TWO_NETWORKS_FILE } from '../support/group-files.ts';

/**
 * The whole trees of the reference case, byte by byte. After a change that is meant:
 *
 *     npx vitest run --project unit test/golden -u
 *
 * and read the difference in git. What must never change is asserted value by value in
 * reference-values.test.ts, which no regeneration touches.
 */
const TREES = path.join(import.meta.dirname, 'trees');
const GROUPS = path.join(import.meta.dirname, 'groups');

async function treeOf(file: string, index: number): Promise<FileTree> {
  const cluster = modelOf(file);
  const options = { templatesRoot: TEMPLATES_ROOT, release: 'golden' };
  return await renderNode(cluster, nodeOf(cluster, index), options);
}

/** Content by path, and the listing with modes, owners and links. */
function textsOf(tree: FileTree): Record<string, string> {
  const files = tree.flatMap((entry) =>
    entry.type === 'file' ? [[entry.path, entry.content.toString('utf8')] as const] : [],
  );
  return Object.fromEntries([['LISTING', listTree(tree)], ...files]);
}

function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
}

describe('golden trees of the reference case', () => {
  it.each([
    { name: 'lb-1', index: 0 },
    { name: 'lb-2', index: 1 },
  ])('$name', async ({ name, index }) => {
    const texts = textsOf(await treeOf(REFERENCE_FILE, index));
    const folder = path.join(TREES, name);
    for (const [file, text] of Object.entries(texts)) {
      await expect.soft(text, file).toMatchFileSnapshot(path.join(folder, file));
    }
    expect([...filesIn(folder)].sort()).toEqual(Object.keys(texts).sort());
  });
});

/** What several VRRP groups decide. */
const OF_GROUPS = /^etc\/(keepalived\/(keepalived\.conf|track\/.*)|nftables\.nft|issue|motd)$/;

describe('golden files of several groups', () => {
  it.each([
    { name: 'active-active', file: ACTIVE_ACTIVE_FILE },
    { name: 'two-networks', file: TWO_NETWORKS_FILE },
  ])('$name', async ({ name, file }) => {
    for (const [index, node] of ['lb-1', 'lb-2'].entries()) {
      const folder = path.join(GROUPS, name, node);
      const texts = Object.entries(textsOf(await treeOf(file, index))).filter(([place]) =>
        OF_GROUPS.test(place),
      );
      for (const [place, text] of texts)
        await expect.soft(text, place).toMatchFileSnapshot(path.join(folder, place));
      expect([...filesIn(folder)].sort()).toEqual(texts.map(([place]) => place).sort());
    }
  });
});
