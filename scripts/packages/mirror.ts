import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../core/errors.ts';
import { step } from '../core/events.ts';
import { replaceFolder } from '../host/fs/atomic-file.ts';
import { namesIn } from '../host/fs/list-folder.ts';
import { withTempFolder } from '../host/fs/temp-folder.ts';
import type { Host } from '../host/host.ts';
import type { PackageFinder } from './fetch-locked.ts';
import type { Lockfile } from './lock/format/schema.ts';
import type { PackageFile } from './package-files.ts';
import { writePackageRepository } from './package-repository.ts';
import type { SiteKey } from './trust/site-key.ts';

/** Names what an earlier run wrote, so that a folder of anything else is never replaced. */
const MARKER = '.vipiso-mirror';
const KEYS = 'keys';

export interface MirrorRequest {
  readonly lock: Lockfile;
  readonly find: PackageFinder;
  /** Signs the indexes; its public half lies in the mirror's `keys/`. */
  readonly siteKey: SiteKey;
  /** Absolute path of the folder that the mirror becomes. */
  readonly folder: string;
}

export interface Mirror {
  /** Absolute path of each repository: what `apk -X` takes. */
  readonly repositories: readonly string[];
  /** Absolute path of the folder for apk's `--keys-dir`. */
  readonly keys: string;
}

/**
 * Lays the packages of a lock out as Alpine repositories: `<repository>/<arch>/`, each with an index of just these
 * packages that the site's key signs. The same lock and key give the same bytes. The folder appears whole or not at
 * all, instead of the mirror of an earlier run.
 *
 * @throws VipisoError already-exists when the folder holds anything else; digest-mismatch, disk-full, permission
 */
export async function writeMirror(host: Host, request: MirrorRequest): Promise<Mirror> {
  const { lock, folder } = request;
  await assertReplaceable(folder);
  const near = path.dirname(folder);
  await step(
    host.report,
    { id: 'mirror', title: 'Laying out the mirror' },
    async () => {
      await withTempFolder(host, near, async (temp) => {
        const fresh = path.join(temp, 'mirror');
        await layOut(request, fresh);
        host.signal.throwIfAborted();
        await replaceFolder(fresh, folder);
      });
    },
    () => ({ summary: `${lock.packages.length} packages` }),
  );
  return {
    repositories: lock.repositories.map(({ name }) => path.join(folder, name)),
    keys: path.join(folder, KEYS),
  };
}

async function layOut({ lock, find, siteKey }: MirrorRequest, folder: string): Promise<void> {
  for (const { name, index } of lock.repositories) {
    const packages: PackageFile[] = [];
    for (const locked of lock.packages.filter(({ repository }) => repository === name)) {
      packages.push({ locked, path: await find(locked) });
    }
    await writePackageRepository({
      folder: path.join(folder, name),
      arch: lock.arch,
      packages,
      description: index.description,
      epoch: lock.sourceDateEpoch,
      key: siteKey.signing,
    });
  }
  await mkdir(path.join(folder, KEYS));
  await writeFile(path.join(folder, KEYS, siteKey.signing.name), siteKey.publicKeyPem);
  await writeFile(path.join(folder, MARKER), '');
}

async function assertReplaceable(folder: string): Promise<void> {
  const names = await namesIn(folder);
  const [first] = names;
  if (first === undefined || names.includes(MARKER)) return;
  throw new VipisoError('already-exists', `${folder} holds other files: ${first}`, {
    hint: 'Choose a new or empty folder; one that an earlier run made a mirror of is replaced.',
  });
}
