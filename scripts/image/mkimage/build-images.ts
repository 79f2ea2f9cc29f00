import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { ImageModel } from '../../cluster/model.ts';
import { step } from '../../core/events.ts';
import { moveBelow } from '../../host/below/files-below.ts';
import type { Host } from '../../host/host.ts';
import { auditIso } from '../audit/audit-iso.ts';
import { grubModules } from '../grub-modules.ts';
import { kernelArguments } from '../kernel-arguments.ts';
import { digestsOf, nodeFiles } from '../node-files.ts';
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

/** A node's overlay, ready to be put onto its image. */
export interface NodeOverlay {
  readonly hostname: string;
  /** `<hostname>.apkovl.tar.gz`. */
  readonly overlay: Buffer;
}

interface Job {
  readonly inputs: MkimageInputs;
  readonly image: ImageModel;
  readonly overlays: readonly NodeOverlay[];
}

/**
 * Makes the images of all nodes by one run of mkimage and opens each of them.
 *
 * @param folder absolute path of a private folder for the run; the images are in it afterwards
 * @returns absolute path of each node's image, in the order of the overlays
 * @throws VipisoError image-wrong, tool-failed
 */
export async function buildByMkimage(
  host: Host,
  job: Job,
  folder: string,
): Promise<{ readonly release: ReleaseId; readonly files: readonly string[] }> {
  const { inputs } = job;
  const digest = mkimageDigest(inputs);
  const release = releaseIdOf(digest);
  const nodes = mkimageNodes(job.overlays.map(({ hostname }) => hostname));
  const root = await builderRoot(host, inputs);
  if (typeof root === 'string') await grubModules(root, inputs);
  const run = await prepareRun(folder, inputs, await renderTexts(host, job, { release, nodes }));
  const log = path.join(host.cacheFolder, 'logs', `mkimage-${release.markerFolder}.log`);
  // The sandbox sees none of it.
  const images = path.join(folder, 'images');
  await mkdir(images);
  const make = async (): Promise<void> => {
    await runMkimage(host, inputs, { root, run, nodes, log });
    for (const { output } of nodes) {
      await moveBelow({ root: run.out, file: output, links: 'refuse' }, path.join(images, output));
    }
  };
  const judge = async (sections: SectionFiles): Promise<void> => {
    await auditImages(host, job, { release, images, nodes, work: run.work, sections });
  };
  // What a host's own settings make of the sections shows in no key.
  if (inputs.builder.from === 'host') {
    await make();
    await judge(await sectionFiles(host, run.work));
  } else {
    await withSections(host, digest, run.work, { run: make, judge });
  }
  return { release, files: nodes.map(({ output }) => path.join(images, output)) };
}

/** The plugin and the hooks, as a run and an ejected folder hold them. */
export async function renderTexts(
  host: Pick<Host, 'packageRoot'>,
  { inputs, image, overlays }: Job,
  { release, nodes }: { readonly release: ReleaseId; readonly nodes: readonly MkimageNode[] },
): Promise<RunTexts> {
  const plugin = await renderPlugin(host, inputs, { image, release, nodes });
  const hooks = new Map<string, string>();
  for (const { hostname, overlay } of overlays) {
    const hook = { hostname, overlay, release, epoch: inputs.epoch };
    hooks.set(hookFile(hostname), await renderHook(host, hook));
  }
  return { plugin, hooks };
}

async function auditImages(
  host: Host,
  { inputs, image, overlays }: Job,
  about: {
    readonly release: ReleaseId;
    /** Absolute path of the folder that they are in. */
    readonly images: string;
    readonly nodes: readonly MkimageNode[];
    /** Absolute path of mkimage's work folder. */
    readonly work: string;
    readonly sections: SectionFiles;
  },
): Promise<void> {
  const { release, images, nodes, work, sections } = about;
  const { profile, flavour, epoch } = inputs;
  await step(host.report, { id: 'mkimage-audit', title: 'Opening the images' }, async () => {
    const isolinux = await isolinuxOf(work);
    for (const [position, { hostname, overlay }] of overlays.entries()) {
      const { output = '', profile: name = '' } = nodes[position] ?? {};
      const part = { hostname, image, profile, flavour, release, overlay, epoch };
      await auditIso(path.join(images, output), {
        hostname,
        arch: inputs.arch,
        flavour,
        volumeId: release.volumeId,
        markerFolder: release.markerFolder,
        epoch,
        packages: inputs.imagePackages,
        siteKey: inputs.siteKey,
        overlay,
        isolinux,
        files: new Map([
          ...sections,
          ...(await imageFiles(host, work, `${inputs.arch}-${name}`)),
          ...digestsOf(nodeFiles(part)),
        ]),
        kernelArguments: kernelArguments(image, profile, { flavour, hostname, release }),
      });
    }
  });
}
