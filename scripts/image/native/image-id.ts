import type { BaseInputs } from './base/base-inputs.ts';

/** Description of the medium's package index, and the first word of its `.alpine-release`. */
export function imageId({
  profileName,
  branch,
}: Pick<BaseInputs, 'profileName' | 'branch'>): string {
  return `vipiso-${profileName}-${branch}`;
}
