import path from 'node:path';
import type { ClusterModel, NodeModel } from '../../cluster/model.ts';
import type { RenderOptions } from '../render-node.ts';
import { readOverlayFolder } from '../templates/folder.ts';
import { compileTemplate } from '../templates/templates.ts';
import { viewOf } from '../view/view.ts';
import { traceTemplate } from './trace-template.ts';
import type { TracedLine } from './traced-text.ts';
import { tracedView } from './traced-view.ts';

/** Where a file of a node's overlay comes from. */
export interface TracedFile {
  /** Absolute path on the host of the user's own file or template; undefined for one of ours. */
  readonly own: string | undefined;
  /** Line by line, where the file was rendered from a template. */
  readonly lines: readonly TracedLine[] | undefined;
}

export interface TracedNode {
  /** By path in the image. Computed files (links, certificates) are not among them. */
  readonly files: ReadonlyMap<string, TracedFile>;
  /** Secrets, and the forms in which they are in the files. */
  readonly secrets: readonly string[];
}

const TEMPLATE_SUFFIX = '.hbs';

/** Tells of each file that `renderNode` made where it and its lines come from. */
export async function traceNode(
  cluster: ClusterModel,
  node: NodeModel,
  { templatesRoot, ...about }: RenderOptions,
): Promise<TracedNode> {
  const view = viewOf(cluster, node, about);
  const traced = tracedView(view);
  const files = new Map<string, TracedFile>();
  const users = cluster.overlayFolder === undefined ? [] : [cluster.overlayFolder];
  for (const folder of [path.join(templatesRoot, 'common'), ...users]) {
    for (const entry of await readOverlayFolder(folder)) {
      if (entry.type !== 'file') continue;
      const own = users.includes(folder) ? path.join(folder, entry.path) : undefined;
      if (!entry.path.endsWith(TEMPLATE_SUFFIX)) {
        files.set(entry.path, { own, lines: undefined });
        continue;
      }
      const source = entry.content.toString('utf8');
      const { text } = compileTemplate(entry.path, source)(view);
      if (text.trim() === '') continue;
      const lines = traceTemplate(source, traced, text);
      files.set(entry.path.slice(0, -TEMPLATE_SUFFIX.length), { own, lines });
    }
  }
  return { files, secrets: [...secretForms(files, traced.secrets)] };
}

/** A helper may have put a secret into quotes: both forms are looked for. */
function secretForms(
  files: ReadonlyMap<string, TracedFile>,
  secrets: ReadonlyMap<string, string>,
): ReadonlySet<string> {
  const values = [...files.values()].flatMap(({ lines = [] }) => lines.flatMap((it) => it.values));
  const written = values.filter((it) => secrets.has(JSON.stringify(it.path)));
  return new Set([...secrets.values(), ...written.map(({ text }) => text)]);
}
