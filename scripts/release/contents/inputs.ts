import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileReferencesOf } from '../../cluster/secrets/file-references.ts';
import { holdsPrivateKey } from '../../cluster/values/certificates.ts';
import { compareStrings, sha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import type { LoadedCluster } from '../../inputs/load-cluster.ts';
import type { KitSource } from '../../kit/archive/write.ts';
import { clusterFiles } from '../../kit/cluster-files.ts';
import { lockFileOf } from '../../packages/lock/lock-file.ts';
import { RELEASE_FOLDERS } from '../format/layout.ts';
import type { ReleaseManifest } from '../format/manifest.ts';

type Inputs = Pick<ReleaseManifest['inputs'], 'cluster' | 'lock' | 'files' | 'secrets'>;

/**
 * Writes the cluster file, its lock and what they call for below `inputs/` of a folder, laid out as they lie with the
 * user. Secrets stay behind: those of files and variables, and of the overlay folder each file that only its owner may
 * read or that holds a private key. Files that are encrypted go along.
 *
 * @throws VipisoError usage: a file is named absolutely
 */
export async function writeInputs(loaded: LoadedCluster, folder: string): Promise<Inputs> {
  const user = await clusterFiles([loaded]);
  const [cluster = ''] = user.clusters;
  const files: Inputs['files'] = [];
  const secrets = user.bring.map(({ key, source }) => ({ key, source }));
  for (const source of user.sources) {
    const place = `${RELEASE_FOLDERS.inputs}/${source.path}`;
    const overlaid = user.overlays.some((it) => source.path.startsWith(`${it}/`));
    if (overlaid && (await isPrivate(source))) {
      secrets.push({ key: 'overlay', source: `file ${source.path}` });
      continue;
    }
    const digest = await write(source, path.join(folder, place));
    if (digest !== undefined) files.push({ path: place, sha256: digest });
  }
  const lockName = path.basename(await lockFileOf(loaded.file));
  return {
    cluster: `${RELEASE_FOLDERS.inputs}/${cluster}`,
    lock: `${RELEASE_FOLDERS.inputs}/${path.posix.join(path.posix.dirname(cluster), lockName)}`,
    files: files.sort((a, b) => compareStrings(a.path, b.path)),
    secrets: secrets.sort((a, b) => compareStrings(a.key, b.key)),
  };
}

/**
 * A release holds the cluster file, so no secret may stand in it.
 *
 * @throws VipisoError usage: one does
 */
export function refuseInlineSecrets({ document, name }: LoadedCluster): void {
  const { secrets } = fileReferencesOf(document);
  const inline = secrets.filter(({ kind }) => kind === 'inline').map(({ key }) => key);
  if (inline.length > 0) throw holdsSecrets(name, inline);
}

async function isPrivate(source: KitSource): Promise<boolean> {
  if (source.type !== 'file') return false;
  return source.mode === 0o600 || holdsPrivateKey((await contentOf(source)).toString('latin1'));
}

async function contentOf({ from }: Extract<KitSource, { type: 'file' }>): Promise<Buffer> {
  return typeof from === 'string' ? await readFile(from) : Buffer.from(from);
}

async function write(source: KitSource, file: string): Promise<string | undefined> {
  await mkdir(source.type === 'directory' ? file : path.dirname(file), { recursive: true });
  switch (source.type) {
    case 'directory':
      return undefined;
    case 'symlink':
      await symlink(source.target, file);
      return sha256(source.target);
    case 'file': {
      const content = await contentOf(source);
      await writeFile(file, content);
      await chmod(file, source.mode === 0o755 ? 0o755 : 0o644);
      return sha256(content);
    }
  }
}

function holdsSecrets(name: string, keys: readonly string[]): VipisoError {
  return new VipisoError('usage', `${name} holds secrets itself: ${keys.join(', ')}`, {
    details: ['A release holds the cluster file, for others to rebuild it, and never a secret.'],
    hint: 'Put each into a file of its own and name it, {file: secrets/vrrp}, or encrypt it: {sops: ...}, {age: ...}.',
  });
}
