import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ImageModel } from '../../cluster/model.ts';
import { moveBelow } from '../../host/below/files-below.ts';
import type { Host } from '../../host/host.ts';
import type { NodeOverlay } from '../../overlay/node-overlays.ts';
import type { EngineResult, NodeImage } from '../engine.ts';
import { grubModules } from '../grub-modules.ts';
import { keptText } from '../modules/remove-modules.ts';
import { selectModules } from '../modules/selection.ts';
import { releaseIdOf } from '../release-id.ts';
import type { ReleaseId } from '../release-id.ts';
import { builderRoot } from './builder/builder-root.ts';
import { hookFile, renderHook } from './hook.ts';
import { mkimageDigest } from './inputs.ts';
import type { MkimageInputs } from './inputs.ts';
import { imageFiles, isolinuxOf } from './made-files.ts';
import { mkimageNodes, renderPlugin } from './profile-plugin.ts';
import type { MkimageNode } from './profile-plugin.ts';
import { prepareRun } from './run-folder.ts';
import type { RunTexts } from './run-folder.ts';
import { runMkimage } from './run-mkimage.ts';
import { sectionFiles, withSections } from './sections.ts';
import type { SectionFiles } from './sections.ts';

interface Job {
  readonly inputs: MkimageInputs;
  readonly image: ImageModel;
  readonly overlays: readonly NodeOverlay[];
}

/** What one run of mkimage made. */
export type MkimageRun = Pick<EngineResult, 'images' | 'release' | 'isolinux'>;

/**
 * Makes the images of all nodes by one run of mkimage.
 *
 * @param folder absolute path of a private folder for the run
 * @param use looks at the images and takes them; what costs time is kept for later runs after that
 * @throws VipisoError image-wrong: mkimage made none; tool-failed
 */
export async function makeByMkimage<T>(
  host: Host,
  job: Job,
  folder: string,
  use: (run: MkimageRun) => Promise<T>,
): Promise<T> {
  const { inputs, overlays } = job;
  const digest = mkimageDigest(inputs);
  const release = releaseIdOf(digest);
  const nodes = mkimageNodes(overlays.map(({ node }) => node.hostname));
  const root = await builderRoot(host, inputs);
  if (typeof root === 'string') await grubModules(root, inputs);
  const run = await prepareRun(folder, inputs, await renderTexts(host, job, { release, nodes }));
  const log = path.join(host.cacheFolder, 'logs', `mkimage-${release.markerFolder}.log`);
  // The sandbox sees none of it.
  const made = path.join(folder, 'images');
  await mkdir(made);
  const make = async (): Promise<void> => {
    await runMkimage(host, inputs, { root, run, nodes, log });
    for (const { output } of nodes) {
      await moveBelow({ root: run.out, file: output, links: 'refuse' }, path.join(made, output));
    }
  };
  const take = async (sections: SectionFiles): Promise<T> => {
    const images: NodeImage[] = [];
    for (const [position, each] of overlays.entries()) {
      const { output = '', profile = '' } = nodes[position] ?? {};
      const own = await imageFiles(host, run.work, `${inputs.arch}-${profile}`);
      const files = new Map([...sections, ...own]);
      images.push({ ...each, file: path.join(made, output), files });
    }
    return await use({ images, release, isolinux: await isolinuxOf(run.work) });
  };
  if (inputs.builder.from === 'lock') {
    return await withSections(host, digest, run.work, { make, take });
  }
  // What a host's own settings make of the sections shows in no key.
  await make();
  return await take(await sectionFiles(host, run.work));
}

/** The plugin and the hooks, as a run and an ejected folder hold them. */
export async function renderTexts(
  host: Host,
  { inputs, image, overlays }: Job,
  { release, nodes }: { readonly release: ReleaseId; readonly nodes: readonly MkimageNode[] },
): Promise<RunTexts> {
  const plugin = await renderPlugin(host, inputs, { image, release, nodes });
  const hooks = new Map<string, string>();
  for (const { node, overlay } of overlays) {
    const { hostname } = node;
    const hook = { hostname, overlay, release, epoch: inputs.epoch };
    hooks.set(hookFile(hostname), await renderHook(host, hook));
  }
  const selection = await selectModules(host, inputs);
  return { plugin, hooks, keptModules: selection && keptText(selection) };
}
