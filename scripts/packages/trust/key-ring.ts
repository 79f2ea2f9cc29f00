import { createPublicKey } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { keyFingerprint } from '../../apk/trust/keys.ts';
import type { KeyFile } from '../../apk/trust/keys.ts';
import type { Sha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { ioError } from '../../host/fs/errno.ts';
import { namesIn } from '../../host/fs/list-folder.ts';
import type { Host } from '../../host/host.ts';
import { findSiteKey, siteKey, siteKeyFolder } from './site-key.ts';
import type { SiteKey } from './site-key.ts';

/** A key of this site. */
export interface RingKey extends KeyFile {
  readonly fingerprint: Sha256;
  /** `signs`: builds and releases use it. `accepted`: it is being rotated out, or is another machine’s. */
  readonly state: 'signs' | 'accepted';
  /** Absolute path of the private half; undefined where only the public one is here. */
  readonly privateFile: string | undefined;
}

const PRIVATE = /^vipiso-[0-9a-f]{8}\.rsa$/;
const PUBLIC = /\.rsa\.pub$/;

/** The keys in the folder that builds look in, the one that signs first. */
export async function listKeys(host: Host): Promise<readonly RingKey[]> {
  const { current, folder } = await ringOf(host);
  const names = await namesIn(folder, 'list the signing keys');
  const keys = new Map<string, RingKey>();
  for (const name of names) {
    const isPrivate = PRIVATE.test(name);
    if (!isPrivate && !PUBLIC.test(name)) continue;
    const publicName = isPrivate ? `${name}.pub` : name;
    const privateFile = path.join(folder, publicName.replace(/\.pub$/, ''));
    const pem = await publicPem(path.join(folder, name));
    keys.set(publicName, {
      name: publicName,
      pem,
      fingerprint: keyFingerprint(pem),
      state: privateFile === current ? 'signs' : 'accepted',
      privateFile: names.includes(path.basename(privateFile)) ? privateFile : undefined,
    });
  }
  const all = [...keys.values()];
  return [
    ...all.filter(({ state }) => state === 'signs'),
    ...all.filter(({ state }) => state === 'accepted'),
  ];
}

/** Keys that are being rotated out and can sign still. */
export async function outgoingKeys(host: Host): Promise<readonly SiteKey[]> {
  const files = (await listKeys(host)).flatMap(({ state, privateFile }) =>
    state === 'accepted' && privateFile !== undefined ? [privateFile] : [],
  );
  return await Promise.all(files.map(async (file) => await siteKey(host, file)));
}

/**
 * Ends the acceptance of a key: its private half goes first.
 *
 * @throws VipisoError usage: it is the one that signs; not-found
 */
export async function dropKey(host: Host, name: string): Promise<RingKey> {
  const keys = await listKeys(host);
  const key = keys.find((it) => [it.name, it.name.replace(/\.pub$/, '')].includes(name));
  if (key === undefined) {
    throw new VipisoError('not-found', `there is no key ${name} in ${siteKeyFolder(host)}`, {
      hint: 'See which there are: vipiso key list',
    });
  }
  if (key.state === 'signs') {
    throw new VipisoError('usage', `${name} is the key that signs`, {
      hint: 'Put another in its place first: vipiso key rotate',
    });
  }
  const { folder } = await ringOf(host);
  if (key.privateFile !== undefined) await remove(key.privateFile);
  await remove(path.join(folder, key.name));
  return key;
}

/** The folder that builds look in, and the private key there that signs: absolute paths. */
async function ringOf(
  host: Host,
): Promise<{ readonly folder: string; readonly current: string | undefined }> {
  const current = await findSiteKey(siteKeyFolder(host));
  return { folder: current === undefined ? siteKeyFolder(host) : path.dirname(current), current };
}

async function remove(file: string): Promise<void> {
  await rm(file, { force: true }).catch((error: unknown) => {
    throw ioError(error, 'remove the key', file);
  });
}

async function publicPem(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw ioError(error, 'read the key', file);
  });
  try {
    return createPublicKey(text).export({ type: 'spki', format: 'pem' }).toString();
  } catch (cause) {
    throw new VipisoError('usage', `${file} holds no key in PEM form`, {
      hint: 'Move it out of the folder of signing keys.',
      cause,
    });
  }
}
