import path from 'node:path';
import { expect, it } from 'vitest';
import { renderNode } from '../../scripts/overlay/render-node.ts';
import { listTree } from '../../scripts/overlay/tree.ts';
import {
  modelOf,
  nodeOf,
  REFERENCE_FILE,
  TEMPLATES_ROOT,
} from '../support/cluster/reference-model.ts';
import { NETWORK_FILE, NETWORK_TEXTS } from '../support/network-file.ts';

/** Files that differ from the reference case, and no secret. Regenerated like the whole trees. */
const FOLDER = path.join(import.meta.dirname, 'trees-network');
const OPTIONS = { templatesRoot: TEMPLATES_ROOT, release: 'golden' };

it('bonds, VLANs, routes, names by MAC addresses, management apart, host keys', async () => {
  const cluster = modelOf(NETWORK_FILE, NETWORK_TEXTS);
  const reference = modelOf(REFERENCE_FILE);
  const plain = new Map(
    (await renderNode(reference, nodeOf(reference), OPTIONS)).map((it) => [it.path, it]),
  );
  const tree = await renderNode(cluster, nodeOf(cluster), OPTIONS);
  await expect.soft(listTree(tree)).toMatchFileSnapshot(path.join(FOLDER, 'LISTING'));
  for (const entry of tree) {
    const known = plain.get(entry.path);
    if (entry.type !== 'file' || /ssh_host|passwd|shadow/.test(entry.path)) continue;
    if (known?.type === 'file' && known.content.equals(entry.content)) continue;
    const text = entry.content.toString('utf8');
    await expect.soft(text, entry.path).toMatchFileSnapshot(path.join(FOLDER, entry.path));
  }
});
