import path from 'node:path';
import { step } from '../../core/events.ts';
import { readBelow } from '../../host/below/files-below.ts';
import { toolsFor } from '../../host/tools/tool-packages.ts';
import { toolVersion } from '../../host/tools/tool-version.ts';
import type { Engine, NodeImage } from '../engine.ts';
import { LAYOUT } from '../layout.ts';
import { fetchInputs } from '../shared-inputs.ts';
import { baseDigest } from './base/base-inputs.ts';
import { buildBase } from './base/build-base.ts';
import { baseToolVersions } from './tool-versions.ts';
import { writeNodeIso } from './write-node-iso.ts';

/** Makes what all nodes share once, and keeps it; each image is that with the node's own files grafted in. */
export const NATIVE_ENGINE: Engine = {
  tools: toolsFor('native'),
  async build(host, job, folder, use) {
    const { lock } = job.locked;
    const { image } = job.cluster;
    const inputs = {
      ...(await fetchInputs(job, lock)),
      kernelRequests: lock.requests.kernel ?? [],
      toolVersions: await baseToolVersions(host),
    };
    const notTested = await job.accept(inputs.imagePackages);
    const base = await buildBase(host, inputs);
    const images: NodeImage[] = [];
    for (const each of job.overlays) {
      const { hostname } = each.node;
      const file = path.join(folder, `${hostname}.iso`);
      const about = { id: `image-${hostname}`, title: `Writing ${hostname}.iso` };
      await step(host.report, about, async () => {
        await writeNodeIso(host, base, { ...inputs, ...each, image }, file);
      });
      images.push({ ...each, file, files: base.files });
    }
    const boot = { root: base.tree, file: LAYOUT.isolinux, links: 'refuse' } as const;
    const isolinux = (await readBelow(boot)) ?? Buffer.alloc(0);
    return await use({
      ...{ inputs, images, notTested, base: baseDigest(inputs), release: base.release },
      isolinux,
      tools: { ...inputs.toolVersions, xorriso: await toolVersion(host, 'xorriso') },
    });
  },
};
