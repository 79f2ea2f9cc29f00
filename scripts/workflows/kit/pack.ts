import { chmod, rename } from 'node:fs/promises';
import path from 'node:path';
import { keyFingerprint } from '../../apk/trust/keys.ts';
import { compareStrings } from '../../core/digest.ts';
import type { Sha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { step } from '../../core/events.ts';
import { formatBytes } from '../../core/format-bytes.ts';
import { refuseSpecial } from '../../host/fs/atomic-file.ts';
import { ioError } from '../../host/fs/errno.ts';
import { withTempFolder } from '../../host/fs/temp-folder.ts';
import type { Host } from '../../host/host.ts';
import { loadCluster } from '../../inputs/load-cluster.ts';
import { KIT_SCHEMA } from '../../kit/archive/contents.ts';
import type { KitContents } from '../../kit/archive/contents.ts';
import { writeKit } from '../../kit/archive/write.ts';
import type { KitSource } from '../../kit/archive/write.ts';
import { clusterFiles, refuseTaken } from '../../kit/cluster-files.ts';
import { LAUNCHER } from '../../kit/launcher.ts';
import { lockedFiles } from '../../kit/locked-files.ts';
import type { PackRequest } from '../../kit/pack-request.ts';
import { toolFiles, toolRelease } from '../../kit/tool-files.ts';
import { siteKey } from '../../packages/trust/site-key.ts';
import type { SiteKey } from '../../packages/trust/site-key.ts';

export interface PackedKit {
  /** Absolute path. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: Sha256;
  readonly contents: Omit<KitContents, 'entries'>;
}

const KEY_FOLDER = 'kit/data/keys';

/**
 * Packs everything that building needs where there is no network: the tool, the packages and keys of the locks, the
 * cluster files and what they refer to. The same inputs give the same bytes.
 *
 * @throws VipisoError lock-missing, lock-stale, usage; what fetching throws
 */
export async function packKit(host: Host, request: PackRequest): Promise<PackedKit> {
  const loaded = [];
  for (const name of request.clusterFiles) loaded.push(await loadCluster(host, name));
  const tool = await toolFiles(host);
  const locked = await lockedFiles(host, loaded, request.sources);
  const user = await clusterFiles(loaded);
  refuseTaken(user.sources);
  const key = request.withSigningKey ? await siteKey(host, request.signingKey) : undefined;
  warn(host, user.inlineSecrets, key);
  const about = {
    kit: KIT_SCHEMA,
    tool: await toolRelease(host),
    epoch: locked.epoch,
    clusters: [...user.clusters].sort(compareStrings),
    overlays: [...user.overlays].sort(compareStrings),
    ...(key !== undefined && {
      signingKey: { name: key.signing.name, fingerprint: keyFingerprint(key.publicKeyPem) },
    }),
    bring: user.bring,
  } as const;
  const launcher = {
    type: 'file',
    path: 'vipiso',
    mode: 0o755,
    from: Buffer.from(LAUNCHER),
  } as const;
  const sources = [launcher, ...tool, ...user.sources, ...locked.sources, ...keySources(key)];
  const file = request.out;
  const written = await write(host, file, about, sources);
  return { file, ...written, contents: about };
}

function keySources(key: SiteKey | undefined): readonly KitSource[] {
  if (key === undefined) return [];
  const { name, privateKeyPem } = key.signing;
  const publicFile = `${KEY_FOLDER}/${name}`;
  return [
    { type: 'file', path: publicFile, mode: 0o644, from: Buffer.from(key.publicKeyPem) },
    {
      type: 'file',
      path: publicFile.replace(/\.pub$/, ''),
      mode: 0o600,
      from: Buffer.from(privateKeyPem),
    },
  ];
}

function warn(host: Host, inlineSecrets: readonly string[], key: SiteKey | undefined): void {
  const note = (text: string): void => host.report({ type: 'note', level: 'warning', text });
  if (key !== undefined) {
    note(
      `The kit holds the private key ${key.signing.name.replace(/\.pub$/, '')}: whoever has the kit can sign in your name.`,
    );
  }
  if (inlineSecrets.length > 0) {
    note(`The kit holds secrets that are written in the cluster file: ${inlineSecrets.join(', ')}`);
  }
}

async function write(
  host: Host,
  file: string,
  about: Omit<KitContents, 'entries'>,
  sources: readonly KitSource[],
): Promise<{ readonly bytes: number; readonly sha256: Sha256 }> {
  const near = path.dirname(file);
  await refuseSpecial(file);
  return await step(
    host.report,
    { id: 'kit', title: 'Packing the kit' },
    async () =>
      await withTempFolder(host, near, async (temp) => {
        const fresh = path.join(temp, 'kit');
        const written = await writeKit(fresh, about, sources);
        host.signal.throwIfAborted();
        await settle(fresh, file);
        return written;
      }),
    ({ bytes }) => ({ summary: `${sources.length} files, ${formatBytes(bytes)}` }),
  );
}

/** The file is its owner's alone: overlays, cluster files and keys hold secrets. */
async function settle(fresh: string, file: string): Promise<void> {
  try {
    await chmod(fresh, 0o600);
    await rename(fresh, file);
  } catch (error) {
    if (error instanceof VipisoError) throw error;
    throw ioError(error, 'write the kit', file);
  }
}
