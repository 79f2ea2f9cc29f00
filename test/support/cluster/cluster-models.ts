import type { AlpineModel, RepositoryModel } from '../../../scripts/cluster/model.ts';

export function alpineModel(
  repositories: readonly RepositoryModel[],
  overrides: Partial<AlpineModel> = {},
): AlpineModel {
  return {
    branch: 'v3.24',
    arch: 'x86_64',
    repositories,
    keysFolder: undefined,
    packages: [],
    kernelFlavour: 'virt',
    aports: undefined,
    ...overrides,
  };
}
