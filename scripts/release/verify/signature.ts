import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import { ioError, isErrno } from '../../host/fs/errno.ts';
import { RELEASE, RELEASE_FOLDERS } from '../format/layout.ts';
import { signerOf } from '../sign/checksums-signature.ts';
import type { TrustedKey } from '../sign/checksums-signature.ts';
import type { Verdict } from './check.ts';

/**
 * Holds every signature of the checksums against the keys that the reader trusts: one is enough, and none may be bad. A
 * key that is in the release itself tells whose signature it is, and proves nothing.
 *
 * @throws VipisoError permission, io: checksums or signatures cannot be read
 */
export async function signatureCheck(
  folder: string,
  trusted: readonly TrustedKey[],
): Promise<Verdict> {
  const sums = await readFile(path.join(folder, RELEASE.checksums)).catch((error: unknown) => {
    throw ioError(error, 'read the checksums', path.join(folder, RELEASE.checksums));
  });
  const carried = await carriedKeys(folder);
  const signers: string[] = [];
  const unknown: string[] = [];
  const bad: string[] = [];
  for (const file of await signatureFiles(folder)) {
    const signature = await readFile(path.join(folder, file)).catch((error: unknown) => {
      throw ioError(error, 'read the signature', path.join(folder, file));
    });
    const signer = signerOf(sums, signature, trusted);
    const stranger = signer === undefined ? signerOf(sums, signature, carried) : undefined;
    if (signer !== undefined) signers.push(`${signer.name}, SHA-256 ${signer.fingerprint}`);
    else if (stranger !== undefined) unknown.push(`${stranger.name}, ${stranger.fingerprint}`);
    else bad.push(`${file} is no signature of ${RELEASE.checksums} by a known key`);
  }
  if (bad.length > 0) return { outcome: 'failed', details: bad };
  if (signers.length > 0) return { outcome: 'ok', details: signers };
  return {
    outcome: 'unknown',
    details: [
      ...unknown.map((it) => `signed by a key that nobody here trusts: ${it}`),
      'Name the public key that you got from who made the release: --key FILE',
    ],
  };
}

/** The main one must be there. */
async function signatureFiles(folder: string): Promise<readonly string[]> {
  const { signatures } = RELEASE_FOLDERS;
  const others = (await namesIn(path.join(folder, signatures))).sort();
  return [RELEASE.signature, ...others.map((name) => `${signatures}/${name}`)];
}

/** Files that are no keys are none of a signature's; their bytes are in the checksums. */
export async function carriedKeys(folder: string): Promise<readonly TrustedKey[]> {
  const place = path.join(folder, RELEASE_FOLDERS.keys);
  const names = (await namesIn(place)).filter((name) => name.endsWith('.rsa.pub')).sort();
  const keys = await Promise.all(
    names.map(async (name) => ({ name, pem: await readFile(path.join(place, name), 'utf8') })),
  );
  return keys.filter(({ pem }) => isPublicKey(pem));
}

export function isPublicKey(pem: string): boolean {
  return pem.startsWith('-----BEGIN PUBLIC KEY-----') && canRead(pem);
}

function canRead(pem: string): boolean {
  try {
    signerOf('', Buffer.alloc(1), [{ name: '', pem }]);
    return true;
  } catch {
    return false;
  }
}

async function namesIn(folder: string): Promise<string[]> {
  return await readdir(folder).catch((error: unknown) => {
    if (isErrno(error, 'ENOENT')) return [];
    if (isErrno(error, 'ENOTDIR')) throw new VipisoError('release-wrong', `${folder} is no folder`);
    throw ioError(error, 'list', folder);
  });
}
