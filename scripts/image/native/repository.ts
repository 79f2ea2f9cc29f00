import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writePackageRepository } from '../../packages/package-repository.ts';
import { LAYOUT } from '../layout.ts';
import type { BaseInputs } from './base/base-inputs.ts';
import { imageId } from './image-id.ts';

/** The image's packages in the medium's tree: the only repository that the booting machine uses. */
export async function writeRepository(inputs: BaseInputs, tree: string): Promise<void> {
  await writePackageRepository({
    folder: path.join(tree, LAYOUT.packages),
    arch: inputs.arch,
    packages: inputs.imagePackages,
    description: imageId(inputs),
    epoch: inputs.epoch,
    key: inputs.siteKey.signing,
  });
  await writeFile(path.join(tree, LAYOUT.bootRepository), '');
}
