import type { ImageModel } from '../../cluster/model.ts';
import type { EngineResult, NodeImage } from '../engine.ts';
import { kernelArguments } from '../kernel-arguments.ts';
import { digestsOf, nodeFiles } from '../node-files.ts';
import { auditIso } from './audit-iso.ts';

/**
 * Opens a finished image, whichever engine made it, and holds it against what was asked for.
 *
 * @throws VipisoError image-wrong, with every finding
 */
export async function auditNodeImage(
  image: ImageModel,
  { inputs, release, isolinux }: Pick<EngineResult, 'inputs' | 'release' | 'isolinux'>,
  { node: { hostname }, overlay, file, files }: NodeImage,
): Promise<void> {
  const { arch, profile, flavour, epoch, imagePackages, siteKey } = inputs;
  const own = nodeFiles({ hostname, image, profile, flavour, release, overlay, epoch });
  await auditIso(file, {
    ...{ hostname, arch, flavour, epoch, siteKey, overlay, isolinux },
    ...{ volumeId: release.volumeId, markerFolder: release.markerFolder },
    packages: imagePackages,
    files: new Map([...files, ...digestsOf(own)]),
    kernelArguments: kernelArguments(image, profile, { flavour, hostname, release }),
  });
}
