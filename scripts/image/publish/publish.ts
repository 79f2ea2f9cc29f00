import { chmod, mkdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { keyFingerprint } from '../../apk/trust/keys.ts';
import type { ClusterModel, ImageFormat, ImageModel, NodeModel } from '../../cluster/model.ts';
import { memberOf } from '../../cluster/vrrp-groups.ts';
import { sha256 } from '../../core/digest.ts';
import type { Sha256 } from '../../core/digest.ts';
import { sha256OfFile } from '../../host/fs/hash-file.ts';
import { replaceSet } from '../../host/fs/replace-set.ts';
import type { Host } from '../../host/host.ts';
import type { SiteKey } from '../../packages/trust/site-key.ts';
import type { BuildLock } from '../ensure-lock.ts';
import { DEPLOY_FOLDER, definitionsOf } from '../deploy/definitions.ts';
import type { NodeDisk } from '../disk/make-disks.ts';
import type { EngineResult } from '../engine.ts';
import { formatChecksums } from './checksums.ts';
import { formatManifest } from './manifest.ts';

interface GroupRole {
  readonly name: string;
  readonly role: 'MASTER' | 'BACKUP';
}

/** A finished image. */
export interface BuiltImage {
  readonly node: string;
  readonly role: 'MASTER' | 'BACKUP';
  /** Its role in each VRRP group, where there are several. */
  readonly groups?: readonly GroupRole[];
  /** Absolute path. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: Sha256;
  /** In other formats. */
  readonly disks: readonly BuiltDisk[];
}

/** A finished image in another format than the ISO. */
export interface BuiltDisk {
  readonly format: Exclude<ImageFormat, 'iso'>;
  /** Absolute path. */
  readonly file: string;
  /** Bytes. */
  readonly size: number;
  readonly sha256: Sha256;
}

const MANIFEST = 'manifest.json';
const CHECKSUMS = 'SHA256SUMS';

export interface BuildOutput extends EngineResult {
  readonly cluster: ClusterModel;
  readonly disks: readonly NodeDisk[];
  readonly engine: ImageModel['engine'];
  readonly locked: BuildLock;
  readonly siteKey: SiteKey;
  readonly version?: string | undefined;
}

export interface Published {
  readonly images: readonly BuiltImage[];
  /** Absolute paths. */
  readonly manifest: string;
  readonly checksums: string;
}

/**
 * Writes the checksums and the manifest beside the images in the work folder, then moves everything to its place.
 * Images hold secrets, so they and a folder that is made for them are their owner's alone.
 *
 * @param temp work folder inside `out`, which holds the images
 */
export async function publish(
  host: Host,
  output: BuildOutput,
  { temp, out }: { readonly temp: string; readonly out: string },
): Promise<Published> {
  const images: BuiltImage[] = [];
  for (const { node, file } of output.images) {
    const { hostname, role } = node;
    const disks: BuiltDisk[] = [];
    for (const disk of output.disks) {
      if (disk.node !== hostname) continue;
      disks.push({ format: disk.format, ...(await finished(disk.file, out)) });
    }
    images.push({
      ...{ node: hostname, role, ...rolesOf(output.cluster, node) },
      ...{ ...(await finished(file, out)), disks },
    });
  }
  const files = new Map(
    images
      .flatMap((image) => [image, ...image.disks])
      .map(({ file, sha256 }) => [path.basename(file), sha256]),
  );
  const sums = new Map(files);
  for (const [name, digest] of await writeDefinitions(host, output, temp)) sums.set(name, digest);
  await writeFile(path.join(temp, CHECKSUMS), formatChecksums(sums));
  await writeFile(path.join(temp, MANIFEST), manifestText(output, images));
  const definitions = output.images.map(({ node }) => `${DEPLOY_FOLDER}/${node.hostname}`);
  host.signal.throwIfAborted();
  await replaceSet({ from: temp, to: out }, [MANIFEST, CHECKSUMS, ...definitions, ...files.keys()]);
  return { images, manifest: path.join(out, MANIFEST), checksums: path.join(out, CHECKSUMS) };
}

/** @returns SHA-256 of each, by path beside the images */
async function writeDefinitions(
  host: Host,
  { cluster, images, disks }: BuildOutput,
  temp: string,
): Promise<ReadonlyMap<string, Sha256>> {
  const sums = new Map<string, Sha256>();
  for (const { node } of images) {
    const own = disks.filter((disk) => disk.node === node.hostname);
    const formats = own.map(({ format }) => format);
    for (const [name, text] of await definitionsOf(host, { cluster, node }, formats)) {
      const place = `${DEPLOY_FOLDER}/${name}`;
      await mkdir(path.dirname(path.join(temp, place)), { recursive: true });
      await writeFile(path.join(temp, place), text);
      sums.set(place, sha256(text));
    }
  }
  return sums;
}

/** Images hold secrets: they are their owner's alone. @param out the folder that it will be in */
async function finished(
  file: string,
  out: string,
): Promise<Pick<BuiltDisk, 'file' | 'size' | 'sha256'>> {
  await chmod(file, 0o600);
  const { size } = await stat(file);
  return { file: path.join(out, path.basename(file)), size, sha256: await sha256OfFile(file) };
}

function rolesOf({ vrrp }: ClusterModel, node: NodeModel): Pick<BuiltImage, 'groups'> {
  if (vrrp.groups.length === 1) return {};
  const roles = vrrp.groups.map((group) => ({
    name: group.name,
    role: memberOf(group, node).role,
  }));
  return { groups: roles };
}

function manifestText(
  { cluster, engine, siteKey, locked, version, ...made }: BuildOutput,
  images: readonly BuiltImage[],
): string {
  const { signing, publicKeyPem } = siteKey;
  const overlays = new Map(
    made.images.map(({ node, overlay }) => [node.hostname, sha256(overlay)]),
  );
  return formatManifest({
    schema: 1,
    ...(version !== undefined && { version }),
    cluster: cluster.name,
    engine,
    profile: cluster.image.profile,
    lock: locked.digest,
    base: made.base,
    volumeId: made.release.volumeId,
    sourceDateEpoch: locked.lock.sourceDateEpoch,
    keys: locked.lock.keys,
    signingKey: { name: signing.name, fingerprint: keyFingerprint(publicKeyPem) },
    ...(locked.lock.untrusted === true && { untrusted: true }),
    ...(made.notTested.length > 0 && { notTested: [...made.notTested] }),
    tools: made.tools,
    images: images.map(({ node, role, groups, file, size, sha256, disks }) => ({
      file: path.basename(file),
      size,
      sha256,
      node,
      role,
      ...(groups !== undefined && { groups: [...groups] }),
      overlay: overlays.get(node) ?? '',
      ...(disks.length > 0 && {
        disks: disks.map((disk) => ({ ...disk, file: path.basename(disk.file) })),
      }),
    })),
  });
}
