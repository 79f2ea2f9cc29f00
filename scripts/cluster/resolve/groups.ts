import type { DocumentPath } from '../document-path.ts';
import type { ClusterFile } from '../schema.ts';
import type { VrrpFile } from '../schema/vrrp.ts';

/** A VRRP group as written, and its place in the file. */
export interface GroupFile {
  readonly written: VrrpFile;
  readonly path: DocumentPath;
}

/** The groups of a file, whichever way they are written. */
export function groupFilesOf({
  vrrp,
}: Pick<ClusterFile, 'vrrp'>): readonly [GroupFile, ...GroupFile[]] {
  return [{ written: vrrp, path: ['vrrp'] }];
}
