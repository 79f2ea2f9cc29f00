import type { ClusterModel } from '../../../scripts/cluster/model.ts';
import { renderNode } from '../../../scripts/overlay/render-node.ts';
import { OVERLAY_VARIANTS } from './overlay-variants.ts';
import { modelOf, nodeOf, TEMPLATES_ROOT } from './reference-model.ts';

/** The variant of the overlay that switches these on. */
export const ACCESS = 'access, stats, agents';

export function variant(name: string): ClusterModel {
  const found = OVERLAY_VARIANTS.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`There is no variant ${name}.`);
  return modelOf(found.file, found.texts);
}

export async function entriesOf(cluster: ClusterModel, index = 0) {
  const options = { templatesRoot: TEMPLATES_ROOT, release: 'r' };
  const tree = await renderNode(cluster, nodeOf(cluster, index), options);
  return new Map(tree.map((entry) => [entry.path, entry]));
}

export async function textOf(cluster: ClusterModel, file: string, index = 0): Promise<string> {
  const entry = (await entriesOf(cluster, index)).get(file);
  if (entry?.type !== 'file') throw new Error(`There is no file ${file}.`);
  return entry.content.toString('utf8');
}
