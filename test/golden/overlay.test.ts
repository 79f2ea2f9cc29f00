import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { renderNode } from '../../scripts/overlay/render-node.ts';
import { listTree } from '../../scripts/overlay/tree.ts';
import type { FileTree } from '../../scripts/overlay/tree.ts';
import { modelOf, nodeOf, REFERENCE_FILE, TEMPLATES_ROOT } from '../support/reference-model.ts';

/**
 * The whole trees of the reference case, byte by byte. After a change that is meant:
 *
 *     VIPISO_UPDATE_GOLDEN=1 npx vitest run --project unit test/golden
 *
 * and read the difference in git. What must never change is asserted value by value in
 * reference-values.test.ts, which no regeneration touches.
 */
const TREES = path.join(import.meta.dirname, 'trees');

async function referenceTree(index: number): Promise<FileTree> {
  const cluster = modelOf(REFERENCE_FILE);
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

function readGolden(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)));
  return Object.fromEntries(
    names.map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  );
}

function writeGolden(folder: string, texts: Record<string, string>): void {
  rmSync(folder, { recursive: true, force: true });
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
}

describe('golden trees of the reference case', () => {
  it.each([
    { name: 'lb-1', index: 0 },
    { name: 'lb-2', index: 1 },
  ])('$name', async ({ name, index }) => {
    const texts = textsOf(await referenceTree(index));
    const folder = path.join(TREES, name);
    if (process.env['VIPISO_UPDATE_GOLDEN'] !== undefined) writeGolden(folder, texts);
    expect(texts).toEqual(readGolden(folder));
  });
});
