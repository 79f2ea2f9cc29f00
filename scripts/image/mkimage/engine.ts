import path from 'node:path';
import { moveFile } from '../../host/fs/move-file.ts';
import { withTempFolder } from '../../host/fs/temp-folder.ts';
import { toolsFor } from '../../host/tools/tool-packages.ts';
import type { Engine, NodeImage } from '../engine.ts';
import { makeByMkimage } from './build-images.ts';
import { mkimageInputsOf } from './gather-inputs.ts';
import { mkimageDigest } from './inputs.ts';
import type { MkimageInputs } from './inputs.ts';

/** Alpine's mkimage in a sandbox, by one run for all nodes. */
export const MKIMAGE_ENGINE: Engine = {
  tools: toolsFor('mkimage'),
  async build(host, job, folder, use) {
    const inputs = await mkimageInputsOf(job);
    const notTested = await job.accept(inputs.imagePackages);
    const { overlays } = job;
    const { image } = job.cluster;
    const runs = path.join(host.cacheFolder, 'mkimage-runs');
    return await withTempFolder(host, runs, (temp) =>
      makeByMkimage(host, { inputs, image, overlays }, temp, async (made) => {
        const images: NodeImage[] = [];
        for (const each of made.images) {
          const file = path.join(folder, `${each.node.hostname}.iso`);
          await moveFile(each.file, file);
          images.push({ ...each, file });
        }
        const { release, isolinux } = made;
        const base = mkimageDigest(inputs);
        const tools = toolsOf(inputs);
        return await use({ inputs, images, base, release, isolinux, tools, notTested });
      }),
    );
  },
};

/** The packages that write bytes of an image. */
const WRITERS = new Set([
  ...['abuild', 'alpine-conf', 'apk-tools', 'busybox', 'grub', 'kmod', 'mkinitfs', 'mtools'],
  ...['squashfs-tools', 'syslinux', 'xorriso'],
]);

function toolsOf({ builder, scripts }: MkimageInputs): Record<string, string> {
  const tools = builder.from === 'host' ? builder.tools : builder.packages.map((it) => it.locked);
  const packages = tools
    .filter(({ name }) => WRITERS.has(name))
    .map(({ name, version }) => [name, version] as const);
  return { ...Object.fromEntries(packages.sort()), 'aports scripts': scripts.sha256 };
}
