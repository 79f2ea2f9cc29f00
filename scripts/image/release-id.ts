import type { Sha256 } from '../core/digest.ts';

/**
 * Names by which a running machine finds its own medium among others: everything an image shares with the images of
 * its release, derived from the digest of all inputs of that part.
 */
export interface ReleaseId {
  /**
   * ISO 9660 volume id. Short enough for Joliet's 16 characters (BusyBox reads the label from there) and without blanks.
   */
  readonly volumeId: string;
  /** A folder at the medium's root that no other release has. */
  readonly markerFolder: string;
}

export function releaseIdOf(digest: Sha256): ReleaseId {
  const short = digest.slice(0, 8);
  return { volumeId: `VIPISO-${short.toUpperCase()}`, markerFolder: `vipiso-${short}` };
}
