import { createPublicKey } from 'node:crypto';
import { mkdir, readFile, rename } from 'node:fs/promises';
import path from 'node:path';
import type { SigningKey } from '../../apk/model.ts';
import { generateKeyPair, keyFingerprint, keySetOf } from '../../apk/trust/keys.ts';
import type { Sha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { writeFileAtomic } from '../../host/fs/atomic-file.ts';
import { ioError, isErrno } from '../../host/fs/errno.ts';
import { isThere } from '../../host/fs/is-there.ts';
import { namesIn } from '../../host/fs/list-folder.ts';
import { removeStaleTemps, withTempFolder } from '../../host/fs/temp-folder.ts';
import type { Host } from '../../host/host.ts';

/** The key that signs an image's index and modloop; its public half goes into the initramfs. */
export interface SiteKey {
  readonly signing: SigningKey;
  readonly publicKeyPem: string;
}

/** As much of it as judging an image needs. */
export interface PublicSiteKey {
  readonly signing: Pick<SigningKey, 'name'>;
  readonly publicKeyPem: string;
}

/** As strong as a 128-bit cipher (NIST SP 800-57); larger ones take many seconds to make on a small machine. */
const KEY_BITS = 3072;
const OWN_KEY = /^vipiso-[0-9a-f]{8}\.rsa$/;
/** Names the key that signs, where the folder has several. */
const CURRENT = 'current';

/**
 * The user's own signing key: `named`, or the one below the data folder, which is made at the first need.
 *
 * @param named absolute path of a private key in PEM form; the name of its public half is this name plus `.pub`
 * @throws VipisoError usage: not an RSA private key, or a name that apk does not take; not-found
 */
export async function siteKey(host: Host, named?: string): Promise<SiteKey> {
  const file = named ?? (await ownKey(host)) ?? (await firstKey(host));
  const privateKeyPem = await readFile(file, 'utf8').catch((error: unknown) => {
    throw ioError(error, 'read the signing key', file);
  });
  const name = `${path.basename(file)}.pub`;
  const publicKeyPem = publicHalf(privateKeyPem, file);
  keySetOf([{ name, pem: publicKeyPem }]);
  return { signing: { name, privateKeyPem }, publicKeyPem };
}

/** Where builds look for the key. */
export function siteKeyFolder(host: Pick<Host, 'dataFolder'>): string {
  return path.join(host.dataFolder, 'keys');
}

/** The key where builds look for it. What a killed run left beside it, which may be a private key, goes. */
async function ownKey(host: Host): Promise<string | undefined> {
  const folder = siteKeyFolder(host);
  await removeStaleTemps(host, path.dirname(folder));
  return await findSiteKey(folder);
}

/**
 * The private key file that an earlier run made in the folder.
 *
 * @throws VipisoError permission, io
 */
export async function findSiteKey(folder: string): Promise<string | undefined> {
  for (const place of placesIn(folder)) {
    const names = await namesIn(place, 'look for the signing key');
    const own = names.filter((entry) => OWN_KEY.test(entry));
    const current = names.includes(CURRENT) ? await currentIn(place) : undefined;
    const name = own.find((entry) => entry === current) ?? own[0];
    if (name !== undefined) return path.join(place, name);
  }
  return undefined;
}

async function currentIn(place: string): Promise<string> {
  const file = path.join(place, CURRENT);
  return await readFile(file, 'utf8').then(
    (text) => text.trim(),
    (error: unknown) => {
      throw ioError(error, 'read which signing key is current', file);
    },
  );
}

/** Where the first key may be: where something else lies in the folder already, it gets one of its own inside. */
function placesIn(folder: string): readonly string[] {
  return [folder, path.join(folder, 'made')];
}

export interface MadeSiteKey {
  /** Absolute path of the private key, mode 0600. */
  readonly file: string;
  readonly publicFile: string;
  readonly fingerprint: Sha256;
}

/**
 * Makes a key pair in a folder, which is made when missing: then both files appear by one rename. Into a folder that is
 * there the private half comes last, so that there is never one without its public half.
 *
 * @throws VipisoError permission, io
 */
export async function makeSiteKey(host: Host, folder: string): Promise<MadeSiteKey> {
  return await withTempFolder(host, path.dirname(folder), async (temp) => {
    const made = await makePair(temp);
    const names = [made.publicFile, made.file].map((file) => path.basename(file));
    if (
      !(await isThere(folder, 'look for the signing key')) &&
      (await settled(path.dirname(made.file), folder))
    ) {
      return movedTo(folder, made);
    }
    for (const name of names) {
      const to = path.join(folder, name);
      await rename(path.join(path.dirname(made.file), name), to).catch((error: unknown) => {
        throw ioError(error, 'write the signing key', to);
      });
    }
    return movedTo(folder, made);
  });
}

/**
 * Makes a further pair beside the one that signs, and lets it sign from now on. Until the last step, one write, the old
 * one signs; it stays, so that what it signed is accepted still.
 */
export async function makeNextKey(host: Host, current: string): Promise<MadeSiteKey> {
  const folder = path.dirname(current);
  const pointer = path.join(folder, CURRENT);
  await writeFileAtomic(pointer, `${path.basename(current)}\n`);
  const made = await makeSiteKey(host, folder);
  await writeFileAtomic(pointer, `${path.basename(made.file)}\n`);
  return made;
}

/** Makes a key pair in a folder of its own below `temp`. */
async function makePair(temp: string): Promise<MadeSiteKey> {
  const folder = path.join(temp, 'keys');
  await mkdir(folder, { mode: 0o700 });
  const pair = generateKeyPair('vipiso', KEY_BITS);
  const publicFile = path.join(folder, pair.signing.name);
  const file = publicFile.replace(/\.pub$/, '');
  await writeFileAtomic(file, pair.signing.privateKeyPem, { mode: 0o600 });
  await writeFileAtomic(publicFile, pair.publicKey.pem, { mode: 0o644 });
  return { file, publicFile, fingerprint: keyFingerprint(pair.publicKey.pem) };
}

function movedTo(folder: string, made: MadeSiteKey): MadeSiteKey {
  const at = (file: string): string => path.join(folder, path.basename(file));
  return { ...made, file: at(made.file), publicFile: at(made.publicFile) };
}

/**
 * Makes the key of this account's builds. However many runs do so at once, one key comes of it: both files appear in a
 * folder of their own by one rename, which the kernel grants to one of them.
 *
 * @returns undefined when there is one now that another run made
 */
export async function makeFirstKey(host: Host): Promise<MadeSiteKey | undefined> {
  const folder = siteKeyFolder(host);
  return await withTempFolder(host, path.dirname(folder), async (temp) => {
    const made = await makePair(temp);
    for (const place of placesIn(folder)) {
      if ((await findSiteKey(folder)) !== undefined) return undefined;
      if (await settled(path.dirname(made.file), place)) return movedTo(place, made);
    }
    return undefined;
  });
}

/** @returns false when `place` holds something already */
async function settled(fresh: string, place: string): Promise<boolean> {
  try {
    await rename(fresh, place);
    return true;
  } catch (error) {
    if (isErrno(error, 'ENOTEMPTY', 'EEXIST')) return false;
    throw ioError(error, 'write the signing key', place);
  }
}

async function firstKey(host: Host): Promise<string> {
  const made = await makeFirstKey(host);
  if (made === undefined) {
    const folder = siteKeyFolder(host);
    const winner = await findSiteKey(folder);
    if (winner !== undefined) return winner;
    throw new VipisoError('io', `cannot write a signing key to the folder ${folder}`, {
      hint: 'Make one elsewhere, and name it: vipiso key new --out DIR; vipiso build --signing-key FILE',
    });
  }
  host.report({
    type: 'note',
    level: 'info',
    text: `Made a signing key for your images: ${made.file} (back it up: with a different key, the same inputs give different image bytes)`,
  });
  return made.file;
}

function publicHalf(privateKeyPem: string, file: string): string {
  try {
    return createPublicKey(privateKeyPem).export({ type: 'spki', format: 'pem' }).toString();
  } catch (cause) {
    throw new VipisoError('usage', `${file} holds no private key in PEM form`, {
      hint: 'Make one with: openssl genrsa -out site.rsa 4096',
      cause,
    });
  }
}
