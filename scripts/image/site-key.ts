import { createPublicKey } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { generateKeyPair, keyFingerprint, keySetOf } from '../apk/keys.ts';
import type { SigningKey } from '../apk/model.ts';
import { compareStrings } from '../core/digest.ts';
import type { Sha256 } from '../core/digest.ts';
import { VipisoError } from '../core/errors.ts';
import { writeFileAtomic } from '../host/atomic-file.ts';
import { ioError, isErrno } from '../host/errno.ts';
import type { Host } from '../host/host.ts';

/** The key that signs an image's index and modloop; its public half goes into the initramfs. */
export interface SiteKey {
  readonly signing: SigningKey;
  readonly publicKeyPem: string;
}

/** As strong as a 128-bit cipher (NIST SP 800-57); larger ones take many seconds to make on a small machine. */
const KEY_BITS = 3072;
const OWN_KEY = /^vipiso-[0-9a-f]{8}\.rsa$/;

/**
 * The user's own signing key: `named`, or the one below the data folder, which is made at the first need.
 *
 * @param named absolute path of a private key in PEM form; the name of its public half is this name plus `.pub`
 * @throws VipisoError usage: not an RSA private key, or a name that apk does not take; not-found
 */
export async function siteKey(host: Host, named?: string): Promise<SiteKey> {
  const file = named ?? (await findSiteKey(siteKeyFolder(host))) ?? (await firstKey(host));
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

/** The private key file that an earlier run made in the folder. */
export async function findSiteKey(folder: string): Promise<string | undefined> {
  const names = await readdir(folder).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return [];
    throw ioError(error, 'look for the signing key', folder);
  });
  const [name] = names.filter((entry) => OWN_KEY.test(entry)).sort(compareStrings);
  return name === undefined ? undefined : path.join(folder, name);
}

export interface MadeSiteKey {
  /** Absolute path of the private key, mode 0600. */
  readonly file: string;
  readonly publicFile: string;
  readonly fingerprint: Sha256;
}

/** Makes a key pair in a folder, which is made when missing. */
export async function makeSiteKey(folder: string): Promise<MadeSiteKey> {
  const pair = generateKeyPair('vipiso', KEY_BITS);
  const publicFile = path.join(folder, pair.signing.name);
  const file = publicFile.replace(/\.pub$/, '');
  await writeFileAtomic(publicFile, pair.publicKey.pem, { mode: 0o644 });
  await writeFileAtomic(file, pair.signing.privateKeyPem, { mode: 0o600 });
  return { file, publicFile, fingerprint: keyFingerprint(pair.publicKey.pem) };
}

async function firstKey(host: Host): Promise<string> {
  const { file } = await makeSiteKey(siteKeyFolder(host));
  host.report({
    type: 'note',
    level: 'info',
    text: `Made a signing key for your images: ${file} (keep it: images signed by another key are other images)`,
  });
  return file;
}

function publicHalf(privateKeyPem: string, file: string): string {
  try {
    return createPublicKey(privateKeyPem).export({ type: 'spki', format: 'pem' }).toString();
  } catch (cause) {
    throw new VipisoError('usage', `${file} holds no private key in PEM form`, {
      hint: 'Make one by: openssl genrsa -out site.rsa 4096',
      cause,
    });
  }
}
