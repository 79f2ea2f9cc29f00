import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import type { KeySet } from '../../apk/model.ts';
import { keySetOf } from '../../apk/trust/keys.ts';
import type { KeyFile } from '../../apk/trust/keys.ts';
import { VipisoError } from '../../core/errors.ts';
import { ioError } from '../../host/fs/errno.ts';
import type { PackageSources } from '../sources.ts';

const KEY_SUFFIX = '.rsa.pub';

/**
 * The keys whose signatures count: those in the folder that the user names, or else Alpine's own.
 *
 * @throws VipisoError not-found, usage (a file that is not a key), signature-untrusted
 */
export async function trustedKeys(sources: PackageSources): Promise<KeySet> {
  if (sources.keysFolder !== undefined) return await keysInFolder(sources.keysFolder);
  const { officialKeys } = await import('./official-keys.ts');
  return await officialKeys(sources);
}

/** @throws VipisoError not-found, usage (a file that is not a key) */
export async function keysInFolder(folder: string): Promise<KeySet> {
  const names = await readdir(folder).catch((error: unknown) => {
    throw ioError(error, 'read the folder of trusted keys', folder);
  });
  const keyNames = names.filter((name) => name.endsWith(KEY_SUFFIX)).sort();
  if (keyNames.length === 0) {
    throw new VipisoError('not-found', `no trusted keys: ${folder} holds no *${KEY_SUFFIX} file`, {
      hint: 'Name the folder that holds the public keys of your repositories.',
    });
  }
  return keySetOf(await Promise.all(keyNames.map((name) => readKey(folder, name))));
}

async function readKey(folder: string, name: string): Promise<KeyFile> {
  const file = path.join(folder, name);
  const pem = await readFile(file, 'utf8').catch((error: unknown) => {
    throw ioError(error, 'read the key', file);
  });
  return { name, pem };
}
