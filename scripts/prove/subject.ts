import { stat } from 'node:fs/promises';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import type { ClusterModel, NodeModel } from '../cluster/model.ts';
import { sha256 } from '../core/digest.ts';
import { VipisoError } from '../core/errors.ts';
import { ioError, isErrno } from '../host/fs/errno.ts';
import { sha256OfFile } from '../host/fs/hash-file.ts';
import { isFile } from '../host/fs/is-there.ts';
import type { Host } from '../host/host.ts';
import { withIsoImage } from '../image/iso9660/iso-image.ts';
import { overlayFile } from '../image/layout.ts';
import { renderOverlays } from '../overlay/node-overlays.ts';
import { findLock, lockFileOf } from '../packages/lock/lock-file.ts';
import type { ProofFinding } from './findings.ts';
import type { TrialPlan } from './trial/run-trial.ts';

/** What a manifest.json says of images, be it that of a build or that of a release. */
const Described = z.object({
  version: z.string().optional(),
  /** Of a build. */
  lock: z.string().optional(),
  /** Of a release. */
  inputs: z.object({ lockDigest: z.string() }).optional(),
  images: z.array(z.object({ node: z.string(), sha256: z.string() })),
});

/** The images that are proven, and what is known of them before they are booted. */
export interface Subject {
  readonly images: TrialPlan['images'];
  /** Digest of the lock, by the manifest. */
  readonly lock: string | undefined;
  readonly findings: readonly ProofFinding[];
}

/**
 * Finds the image of every node in a folder. One that the manifest beside it describes otherwise is refused; one whose
 * overlay is not what cluster file and lock render now is a finding.
 *
 * @throws VipisoError not-found: an image is missing; digest-mismatch
 */
export async function findSubject(
  host: Host,
  cluster: ClusterModel,
  { folder, clusterFile }: { readonly folder: string; readonly clusterFile: string },
): Promise<Subject> {
  const { images, lock, version } = await describeImages(cluster, folder);
  const findings = await compareOverlays(host, cluster, images, { clusterFile, version });
  return { images, lock, findings };
}

/**
 * The image of every node in a folder, and the digest of the lock that its manifest names.
 *
 * @throws VipisoError not-found: an image is missing; digest-mismatch: it is not what the manifest says
 */
export async function describeImages(
  cluster: ClusterModel,
  folder: string,
): Promise<Pick<Subject, 'images' | 'lock'> & { readonly version: string | undefined }> {
  const manifest = await readManifest(path.join(folder, 'manifest.json'));
  const images = await Promise.all(cluster.nodes.map((node) => describeImage(folder, node)));
  for (const image of images) {
    const known = manifest?.images.find(({ node }) => node === image.node);
    if (known === undefined || known.sha256 === image.sha256) continue;
    throw new VipisoError(
      'digest-mismatch',
      `${image.path} is not the image that the manifest beside it describes`,
      {
        details: [`manifest: ${known.sha256}`, `file:     ${image.sha256}`],
        hint: 'Build the images again: vipiso build',
      },
    );
  }
  const lock = manifest?.lock ?? manifest?.inputs?.lockDigest;
  return { images, lock, version: manifest?.version };
}

/** Whether every node's image is there. */
export async function hasImages({ nodes }: ClusterModel, folder: string): Promise<boolean> {
  const there = await Promise.all(
    nodes.map(async ({ hostname }) => await isFile(path.join(folder, `${hostname}.iso`))),
  );
  return there.every(Boolean);
}

async function describeImage(
  folder: string,
  { hostname }: NodeModel,
): Promise<TrialPlan['images'][number]> {
  const file = path.join(folder, `${hostname}.iso`);
  if (!(await isFile(file))) {
    throw new VipisoError('not-found', `there is no image of ${hostname}: ${file}`, {
      hint: 'Build the images: vipiso build',
    });
  }
  const { size } = await stat(file);
  return { node: hostname, path: file, size, sha256: await sha256OfFile(file) };
}

async function readManifest(file: string): Promise<z.infer<typeof Described> | undefined> {
  try {
    return Described.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined;
    if (error instanceof Error && !('errno' in error)) {
      throw new VipisoError(
        'digest-mismatch',
        `${file} is not a manifest of vipiso build or release`,
        {
          hint: 'Build the images again: vipiso build',
          cause: error,
        },
      );
    }
    throw ioError(error, 'read the manifest', file);
  }
}

async function compareOverlays(
  host: Host,
  cluster: ClusterModel,
  images: TrialPlan['images'],
  about: { readonly clusterFile: string; readonly version: string | undefined },
): Promise<readonly ProofFinding[]> {
  const lock = await findLock(await lockFileOf(about.clusterFile));
  if (lock === undefined) {
    const text =
      'There is no lock beside the cluster file: whether the images were built from it is not checked';
    host.report({ type: 'note', level: 'warning', text });
    return [];
  }
  const rendered = await renderOverlays(host, cluster, cluster.nodes, lock, about.version);
  const findings: ProofFinding[] = [];
  for (const { node, overlay } of rendered) {
    const image = images.find((it) => it.node === node.hostname);
    if (image === undefined) continue;
    const inside = await withIsoImage(image.path, (iso) => iso.sha256(overlayFile(node.hostname)));
    if (inside === sha256(overlay)) continue;
    findings.push({
      code: 'image-differs',
      text: `the overlay in ${node.hostname}.iso is not what cluster file and lock render now: vipiso build makes it again`,
    });
  }
  return findings;
}
