import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { IndexArchive } from '../../apk/index/index-archive.ts';
import { readIndex } from '../../apk/index/index-format.ts';
import type { KeySet, PackageRecord } from '../../apk/model.ts';
import { openPackage } from '../../apk/package/package-file.ts';
import { keySetOf } from '../../apk/trust/keys.ts';
import type { KeyFile } from '../../apk/trust/keys.ts';
import { isOfficialKey, officialKeyNames } from '../../apk/trust/known-fingerprints.ts';
import type { RepositoryModel } from '../../cluster/model.ts';
import { digestOf } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { readDerived, writeDerived } from '../../host/cache/derived-file.ts';
import type { Host } from '../../host/host.ts';
import type { Fetcher, PackageSources } from '../sources.ts';
import { fetchIndex } from '../open-repositories.ts';
import { packageSources } from '../repository-files.ts';

type KeySources = Fetcher & Pick<PackageSources, 'repositories' | 'arch'>;

const KEYS_PACKAGE = 'alpine-keys';
const KEYS_SITE = 'https://alpinelinux.org/keys';
const MAX_KEY_BYTES = 64 * 1024;
/** Kind of cache entry: the official keys of an architecture. */
const CACHED_KEYS = 'official-keys';
const KeyFiles = z.array(z.object({ name: z.string(), pem: z.string() }));

/**
 * Alpine's own signing keys. The trust root is the table of their fingerprints, so the files may come from where
 * nothing is trusted yet: the repositories' `alpine-keys` package, or Alpine's site. What the table does not know
 * is left out.
 *
 * @throws VipisoError signature-untrusted when not one of them could be had
 */
export async function officialKeys(sources: KeySources): Promise<KeySet> {
  const { host, arch } = sources;
  const known = official(await cachedKeys(host, arch), arch);
  if (known.length > 0) return keySetOf(known);
  const found = await searchKeys(sources);
  if (found.length === 0) throw noKeys(sources.repositories);
  await writeDerived(host, CACHED_KEYS, arch, Buffer.from(JSON.stringify(found)));
  return keySetOf(found);
}

/** A place without the keys is passed over; the verdict falls when all were asked. */
async function searchKeys(sources: KeySources): Promise<readonly KeyFile[]> {
  const { repositories, arch } = sources;
  const failures: unknown[] = [];
  for (const repository of repositories) {
    const found = await attempt(() => keysOfPackage(sources, repository, arch));
    if (!found.ok) failures.push(found.error);
    const keys = official(found.ok ? found.keys : [], arch);
    if (keys.length > 0) return keys;
  }
  // Where no repository can be read, that is the news, not the missing keys.
  if (failures.length === repositories.length) throw failures[0];
  const found = await attempt(() => keysOfSite(sources, arch));
  return found.ok ? official(found.keys, arch) : [];
}

type Attempt =
  | { readonly ok: true; readonly keys: readonly KeyFile[] }
  | { readonly ok: false; readonly error: VipisoError };

async function attempt(search: () => Promise<readonly KeyFile[]>): Promise<Attempt> {
  try {
    return { ok: true, keys: await search() };
  } catch (error) {
    if (error instanceof VipisoError && error.code !== 'interrupted') return { ok: false, error };
    throw error;
  }
}

async function cachedKeys(host: Host, arch: string): Promise<readonly KeyFile[]> {
  const bytes = await readDerived(host, CACHED_KEYS, arch);
  return bytes === undefined ? [] : KeyFiles.parse(JSON.parse(bytes.toString()));
}

function official(keys: readonly KeyFile[], arch: string): readonly KeyFile[] {
  return keys.filter((key) => {
    try {
      return isOfficialKey(key, arch);
    } catch {
      // Not a key at all (a proxy's error page, say): it is no official one either.
      return false;
    }
  });
}

async function keysOfPackage(
  fetcher: Fetcher,
  repository: RepositoryModel,
  arch: string,
): Promise<readonly KeyFile[]> {
  const open = (bytes: Buffer): Promise<IndexArchive> =>
    Promise.resolve(readIndex(bytes, 'allow-untrusted'));
  const { index } = await fetchIndex(fetcher, repository, arch, open);
  const record = [...index.records].find(({ name }) => name === KEYS_PACKAGE);
  if (record === undefined) return [];
  return await fetcher.downloader.fetch({
    what: `${KEYS_PACKAGE}-${record.version}.apk`,
    sources: packageSources(repository, arch, record),
    key: digestOf(['keys', record]),
    size: record.size,
    accept: async (file) => keysIn(await readFile(file), record, arch),
  });
}

function keysIn(bytes: Buffer, record: PackageRecord, arch: string): readonly KeyFile[] {
  const folder = `usr/share/apk/keys/${arch}/`;
  return [...openPackage(bytes, { record }).entries()]
    .filter(({ type, path: file }) => type === 'file' && file.endsWith('.rsa.pub'))
    .filter(({ path: file }) => file.startsWith(folder) || file.startsWith('etc/apk/keys/'))
    .filter(({ content }) => content.length <= MAX_KEY_BYTES)
    .map(({ path: file, content }) => ({ name: path.basename(file), pem: content.toString() }));
}

async function keysOfSite({ downloader }: Fetcher, arch: string): Promise<readonly KeyFile[]> {
  const keys: KeyFile[] = [];
  for (const name of officialKeyNames(arch)) {
    keys.push(
      await downloader.fetch({
        what: name,
        sources: [`${KEYS_SITE}/${name}`],
        key: digestOf(['key', name]),
        maxBytes: MAX_KEY_BYTES,
        accept: async (file) => ({ name, pem: await readFile(file, 'utf8') }),
      }),
    );
  }
  return keys;
}

function noKeys(repositories: readonly RepositoryModel[]): VipisoError {
  const names = repositories.map(({ name }) => name).join(', ');
  return new VipisoError(
    'signature-untrusted',
    `no key to verify the repositories with: ${names}`,
    {
      details: [
        `neither the package ${KEYS_PACKAGE} of these repositories nor ${KEYS_SITE} gave one of Alpine's official keys`,
      ],
      hint: 'Name the folder that holds the public keys (*.rsa.pub) of your repositories with --keys DIR.',
    },
  );
}
