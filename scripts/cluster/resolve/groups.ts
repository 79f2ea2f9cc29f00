import type { ClusterFile } from '../schema.ts';
import type { VrrpFile } from '../schema/vrrp.ts';
import type { DocumentPath } from '../text/document-path.ts';

/** A VRRP group as written, its place in the file, and its name. */
export interface GroupFile {
  readonly written: VrrpFile;
  readonly path: DocumentPath;
  readonly name: string;
}

/** The groups of a file, whichever way they are written. */
export function groupFilesOf({
  vrrp,
}: Pick<ClusterFile, 'vrrp'>): readonly [GroupFile, ...GroupFile[]] {
  if (!Array.isArray(vrrp)) return [groupFile(vrrp, 0, ['vrrp'])];
  const [first, ...others] = vrrp.map((written, index) =>
    groupFile(written, index, ['vrrp', index]),
  );
  if (first === undefined) throw new RangeError('the schema takes no empty list of groups');
  return [first, ...others];
}

function groupFile(written: VrrpFile, index: number, path: DocumentPath): GroupFile {
  return { written, path, name: written.name ?? (index === 0 ? 'vip' : `vip-${index + 1}`) };
}

/** The value of a setting of the whole daemon: that of the first group that has it. */
export function sharedValue<T>(
  groups: readonly GroupFile[],
  valueOf: (written: VrrpFile) => T | undefined,
): T | undefined {
  return groups.map(({ written }) => valueOf(written)).find((value) => value !== undefined);
}
