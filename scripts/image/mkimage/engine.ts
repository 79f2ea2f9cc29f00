import path from 'node:path';
import { sha256 } from '../../core/digest.ts';
import { moveFile } from '../../host/fs/move-file.ts';
import { withTempFolder } from '../../host/fs/temp-folder.ts';
import type { Host } from '../../host/host.ts';
import type { EngineJob } from '../native/engine.ts';
import type { NodeImage } from '../native/node-image.ts';
import type { EngineResult } from '../publish/publish.ts';
import type { Aports } from './aports/aports.ts';
import { buildByMkimage } from './build-images.ts';
import { mkimageInputsOf } from './gather-inputs.ts';
import { mkimageDigest } from './inputs.ts';
import type { MkimageInputs } from './inputs.ts';

/** Makes the images by Alpine's mkimage, in `folder`; an image that is not as it should be never gets there. */
export async function buildMkimage(
  host: Host,
  job: EngineJob & {
    readonly aports: Aports;
    readonly builder: 'lock' | 'host' | undefined;
  },
  folder: string,
): Promise<EngineResult> {
  const inputs = await mkimageInputsOf(job.sources, job);
  const notTested = await job.accept(inputs.imagePackages);
  const { image } = job.cluster;
  const overlays = job.overlays.map(({ node, overlay }) => ({ hostname: node.hostname, overlay }));
  const runs = path.join(host.cacheFolder, 'mkimage-runs');
  return await withTempFolder(host, runs, async (temp) => {
    const { release, files } = await buildByMkimage(host, { inputs, image, overlays }, temp);
    const images: NodeImage[] = [];
    for (const [position, { node, overlay }] of job.overlays.entries()) {
      const file = path.join(folder, `${node.hostname}.iso`);
      await moveFile(files[position] ?? '', file);
      images.push({ node, file, overlay: sha256(overlay) });
    }
    const { volumeId } = release;
    return { images, base: mkimageDigest(inputs), volumeId, tools: toolsOf(inputs), notTested };
  });
}

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
