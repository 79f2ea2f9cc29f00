import { groupFilesOf } from '../../resolve/groups.ts';
import type { GroupFile } from '../../resolve/groups.ts';
import type { VrrpGroupModel } from '../../vrrp-model.ts';
import type { RuleInput } from '../rule.ts';

/** A VRRP group as written, where that is, and what it resolves to. */
export interface PlacedGroup extends GroupFile {
  readonly group: VrrpGroupModel;
}

export function placedGroups({
  file,
  cluster,
}: Pick<RuleInput, 'file' | 'cluster'>): readonly PlacedGroup[] {
  const files = groupFilesOf(file);
  return cluster.vrrp.groups.flatMap((group, index) => {
    const placed = files[index];
    return placed === undefined ? [] : [{ ...placed, group }];
  });
}
