import { VipisoError } from '../../core/errors.ts';
import { removeStaleTemps } from '../../host/fs/temp-folder.ts';
import type { Host } from '../../host/host.ts';
import { dropKey, listKeys } from '../../packages/trust/key-ring.ts';
import type { RingKey } from '../../packages/trust/key-ring.ts';
import { findSiteKey, makeNextKey, siteKeyFolder } from '../../packages/trust/site-key.ts';
import type { MadeSiteKey } from '../../packages/trust/site-key.ts';

/**
 * Puts a new signing key in the place of the one where builds look. The old one is accepted still, and releases are
 * signed by both, until it is dropped.
 *
 * @throws VipisoError not-found: there is none to rotate
 */
export async function rotateKey(
  host: Host,
): Promise<{ readonly made: MadeSiteKey; readonly keys: readonly RingKey[] }> {
  await removeStaleTemps(host, host.dataFolder);
  const current = await findSiteKey(siteKeyFolder(host));
  if (current === undefined) {
    throw new VipisoError('not-found', `there is no signing key in ${siteKeyFolder(host)}`, {
      hint: 'Make the first: vipiso key new',
    });
  }
  const made = await makeNextKey(host, current);
  return { made, keys: await listKeys(host) };
}

/** @throws VipisoError usage: it is the one that signs; not-found */
export async function endKey(host: Host, name: string): Promise<RingKey> {
  return await dropKey(host, name);
}
