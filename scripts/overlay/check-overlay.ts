import { lintError, lintWarning } from '../cluster/findings/finding.ts';
import type { LintFinding } from '../cluster/findings/finding.ts';
import type { Diagnostic } from '../core/diagnostic.ts';
import { VipisoError } from '../core/errors.ts';
import type { Host } from '../host/host.ts';
import type { LoadedCluster } from '../inputs/load-cluster.ts';
import { renderOptions } from './node-overlays.ts';
import { renderNode } from './render-node.ts';
import { readOverlayFolder } from './templates/folder.ts';
import type { FileTree } from './tree.ts';

const PATH = ['overlay'];
const TEMPLATE = /\.hbs$/;

/**
 * What there is to say of the user's own folder of files, if there is one: whether it can be read and rendered, and
 * which of our files it takes the place of. What the daemons think of such a file is for `checkConfig`.
 */
export async function checkOverlay(
  host: Pick<Host, 'packageRoot'>,
  { cluster, judge }: LoadedCluster,
): Promise<readonly Diagnostic[]> {
  const { overlayFolder, nodes } = cluster;
  if (overlayFolder === undefined) return [];
  const options = renderOptions(host, undefined);
  try {
    const sources = await readOverlayFolder(overlayFolder);
    const ours: FileTree[] = [];
    for (const node of nodes) {
      await renderNode(cluster, node, options);
      ours.push(await renderNode({ ...cluster, overlayFolder: undefined }, node, options));
    }
    const rendered = new Set(
      ours.flatMap((tree) => tree.filter(({ type }) => type !== 'directory').map((it) => it.path)),
    );
    const files = sources.filter(({ type }) => type !== 'directory').map(({ path }) => path);
    return judge(files.flatMap((file) => replaced(file, rendered)));
  } catch (error) {
    return judge([unusable(error, overlayFolder)]);
  }
}

function replaced(source: string, rendered: ReadonlySet<string>): readonly LintFinding[] {
  const file = source.replace(TEMPLATE, '');
  if (!rendered.has(file)) return [];
  const message = `${source} replaces our ${file}: settings of the cluster file that go into it no longer have an effect`;
  const hint = TEMPLATE.test(source)
    ? 'As a template it sees all that ours sees; ours may change with the next version of this tool.'
    : `Use raw lines where they reach, or make it a template, ${file}.hbs, which sees the node's values.`;
  return [lintWarning('overlay', PATH, message, hint)];
}

function unusable(error: unknown, folder: string): LintFinding {
  if (!(error instanceof VipisoError)) throw error;
  const message =
    error.code === 'not-found'
      ? `there is no folder ${folder}`
      : [error.message, ...error.details].join(': ');
  return { ...lintError('overlay', PATH, message, error.hint), fatal: true };
}
