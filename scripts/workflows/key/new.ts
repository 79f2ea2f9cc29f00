import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import { removeStaleTemps } from '../../host/fs/temp-folder.ts';
import type { Host } from '../../host/host.ts';
import {
  findSiteKey,
  makeFirstKey,
  makeSiteKey,
  siteKeyFolder,
} from '../../packages/trust/site-key.ts';
import type { MadeSiteKey } from '../../packages/trust/site-key.ts';

/**
 * Makes a signing key.
 *
 * @param out absolute path of a folder; absent = where builds look for it
 * @throws VipisoError already-exists: there is one; permission, disk-full
 */
export async function newSiteKey(host: Host, out: string | undefined): Promise<MadeSiteKey> {
  const folder = out ?? siteKeyFolder(host);
  // What a killed run left may be a private key.
  await removeStaleTemps(host, path.dirname(folder));
  const existing = await findSiteKey(folder);
  if (existing !== undefined) throw alreadyThere(existing);
  const made = out === undefined ? await makeFirstKey(host) : await makeSiteKey(host, folder);
  if (made === undefined) throw alreadyThere((await findSiteKey(folder)) ?? folder);
  return made;
}

function alreadyThere(place: string): VipisoError {
  return new VipisoError('already-exists', `a signing key already exists: ${place}`, {
    hint: 'Builds use that one. To replace it: vipiso key rotate. To make one elsewhere, name a folder with --out, and build with --signing-key.',
  });
}
