import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { Sha256 } from '../../../core/digest.ts';
import { step } from '../../../core/events.ts';
import { makeFolderBelow, takeBelow, writeBelow } from '../../../host/below/files-below.ts';
import { cachedFolder } from '../../../host/cache/cached-folder.ts';
import { filesIn } from '../../../host/cache/digest-list.ts';
import { withTempFolder } from '../../../host/fs/temp-folder.ts';
import type { Host } from '../../../host/host.ts';
import { openLocked } from '../../../packages/package-files.ts';
import { LAYOUT, initramfsFile, kernelFile, modloopFile } from '../../layout.ts';
import { selectModules } from '../../modules/selection.ts';
import { releaseIdOf } from '../../release-id.ts';
import type { ReleaseId } from '../../release-id.ts';
import { installPackages } from '../../root/install-packages.ts';
import { writePackageDatabase } from '../../root/package-database.ts';
import { runPackageScripts } from '../../root/run-scripts.ts';
import { imageId } from '../image-id.ts';
import { writeRepository } from '../repository.ts';
import { baseDigest } from './base-inputs.ts';
import type { BaseInputs } from './base-inputs.ts';
import { copySyslinux, makeEfi } from './bootloaders.ts';
import { makeInitramfs } from './initramfs.ts';
import { findKernel } from './kernel-files.ts';
import { makeModloop } from './modloop.ts';
import type { WorkRoot } from './work-root.ts';

/** What all nodes' images share: everything on the medium but the overlay and the boot configuration. */
export interface Base {
  /** Absolute path of the medium's tree; read-only. */
  readonly tree: string;
  /** What the tree was when it was made: SHA-256 of each file, by path on the medium. */
  readonly files: ReadonlyMap<string, Sha256>;
  readonly release: ReleaseId;
}

const TREE = 'tree';

/** Makes the base, or finds it in the cache. */
export async function buildBase(host: Host, inputs: BaseInputs): Promise<Base> {
  const digest = baseDigest(inputs);
  const release = releaseIdOf(digest);
  const log = path.join(host.cacheFolder, 'logs', `${release.markerFolder}.log`);
  const folder = await cachedFolder(host, 'bases', digest, async (fresh) => {
    const tree = path.join(fresh, TREE);
    await mkdir(tree);
    await withTempFolder(host, path.dirname(fresh), async (temp) => {
      const work = { root: path.join(temp, 'root'), temp: path.join(temp, 'tmp'), log };
      await makeBase(host, inputs, { ...work, epoch: inputs.epoch }, { tree, release });
    });
  });
  if (folder.cached) reportCached(host, release);
  return { tree: path.join(folder.path, TREE), files: filesIn(folder.entries, TREE), release };
}

function reportCached(host: Host, { volumeId }: ReleaseId): void {
  const id = 'base';
  host.report({ type: 'step-start', id, title: 'What all images share' });
  host.report({ type: 'step-end', id, outcome: 'cached', summary: volumeId });
}

async function makeBase(
  host: Host,
  inputs: BaseInputs,
  work: WorkRoot,
  { tree, release }: { readonly tree: string; readonly release: ReleaseId },
): Promise<void> {
  const { flavour, profile } = inputs;
  const part = (id: string, title: string, make: () => Promise<void>): Promise<void> =>
    step(host.report, { id: `base-${id}`, title }, make);
  const modloop = path.join(tree, modloopFile(flavour));

  // First: a name in image.modules that the kernel has not costs no time.
  const selection = await selectModules(host, inputs);
  await part('root', 'Unpacking the packages of the boot files', () =>
    makeRoot(host, inputs, work),
  );
  const kernel = await findKernel(work.root, flavour);
  await mkdir(path.join(tree, LAYOUT.boot), { recursive: true });
  const bootFiles = [
    [kernel.kernel, kernelFile(flavour)],
    [kernel.config, `${LAYOUT.boot}/config-${flavour}`],
    [kernel.systemMap, `${LAYOUT.boot}/System.map-${flavour}`],
  ] as const;
  for (const [file, to] of bootFiles) {
    await takeBelow({ root: work.root, file, links: 'inside' }, path.join(tree, to));
  }
  await part('modloop', 'Packing the kernel modules', () =>
    makeModloop(host, work, kernel, { modloop: profile.modloop, selection, output: modloop }),
  );
  await part('initramfs', 'Making the initramfs', () =>
    makeInitramfs(host, work, kernel.version, {
      profile,
      modloop,
      key: inputs.siteKey.signing,
      output: path.join(tree, initramfsFile(flavour)),
    }),
  );
  await part('loaders', 'Making the boot loaders', async () => {
    await copySyslinux(work, tree);
    await makeEfi(host, work, tree, { profileName: inputs.profileName, profile, release });
  });
  await part('packages', 'Indexing the packages', () => writeRepository(inputs, tree));
  await mkdir(path.join(tree, release.markerFolder));
  await writeFile(path.join(tree, LAYOUT.release), `${imageId(inputs)} ${day(inputs.epoch)}\n`);
}

async function makeRoot(host: Host, inputs: BaseInputs, work: WorkRoot): Promise<void> {
  await mkdir(work.root);
  await mkdir(work.temp);
  const installed = await installPackages(work.root, openLocked(host, inputs.kernelPackages));
  await writePackageDatabase(work.root, installed, inputs.kernelRequests);
  // Mount points of the sandbox.
  for (const folder of ['proc', 'dev', 'sys', 'tmp', 'run']) {
    makeFolderBelow(work.root, folder, 'refuse');
  }
  // mkinitfs takes every key from here into the initramfs; Alpine's own came with alpine-keys.
  const { siteKey } = inputs;
  const key = `etc/apk/keys/${siteKey.signing.name}`;
  await writeBelow({ root: work.root, file: key, links: 'inside' }, siteKey.publicKeyPem);
  // BusyBox's scripts link its applets; of the others, some would build an initramfs or write boot sectors.
  await runPackageScripts(host, work.root, installed, {
    select: (name) => name === 'busybox',
    log: work.log,
  });
}

/** `240131`, as mkimage dates its images. */
function day(epoch: number): string {
  return new Date(epoch * 1000).toISOString().slice(2, 10).replaceAll('-', '');
}
