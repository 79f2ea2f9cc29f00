/**
 * Runs parts of a build as whoever starts it: `node --import tsx jobs.ts <file>`, where the file holds jobs as JSON. Prints
 * the outcome of each as JSON.
 */
import { lstatSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ImageModel } from '../../../scripts/cluster/model.ts';
import { sha256 } from '../../../scripts/core/digest.ts';
import { VipisoError } from '../../../scripts/core/errors.ts';
import type { Host } from '../../../scripts/host/host.ts';
import { nodeHost } from '../../../scripts/host/node-host.ts';
import { SCRIPT_LIMITS } from '../../../scripts/host/sandbox/sandbox-limits.ts';
import { auditNodeImage } from '../../../scripts/image/audit/audit-node-image.ts';
import { makeByMkimage } from '../../../scripts/image/mkimage/build-images.ts';
import { builderRoot } from '../../../scripts/image/mkimage/builder/builder-root.ts';
import type { MkimageInputs } from '../../../scripts/image/mkimage/inputs.ts';
import { buildBase } from '../../../scripts/image/native/base/build-base.ts';
import type { Profile } from '../../../scripts/image/profile.ts';
import { installPackages } from '../../../scripts/image/root/install-packages.ts';
import { runPackageScripts } from '../../../scripts/image/root/run-scripts.ts';
import { openLocked } from '../../../scripts/packages/package-files.ts';
import type { PackageFile } from '../../../scripts/packages/package-files.ts';
import type { SiteKey } from '../../../scripts/packages/trust/site-key.ts';
import { modelOf, nodeOf, REFERENCE_FILE } from '../cluster/reference-model.ts';

export interface Job {
  /**
   * `native` makes a base, `mkimage` the builder root; `images` runs a script instead of mkimage.sh; `scripts` runs
   * the packages' scripts under small limits.
   */
  readonly what: 'native' | 'mkimage' | 'images' | 'scripts';
  /** Absolute path of a folder of its own: cache and everything else is below. */
  readonly folder: string;
  readonly packages: readonly PackageFile[];
  /** Text of mkimage.sh. */
  readonly mkimage?: string;
}

export interface JobFile {
  readonly profile: Profile;
  readonly siteKey: SiteKey;
  readonly jobs: readonly Job[];
}

export interface Outcome {
  /** `done`, or the error's code. */
  readonly code: string;
  readonly message: string;
  /** Text of a file `probe` that a script left in the root. */
  readonly probe: string;
  readonly milliseconds: number;
}

async function run(file: JobFile, job: Job): Promise<Outcome> {
  const started = Date.now();
  const ended = (code: string, message: string, root?: string): Outcome => {
    return { code, message, probe: probeIn(root), milliseconds: Date.now() - started };
  };
  try {
    return ended('done', '', await work(hostOf(job.folder), file, job));
  } catch (error) {
    if (error instanceof VipisoError) return ended(error.code, error.message);
    return ended('bug', error instanceof Error ? (error.stack ?? '') : String(error));
  }
}

/** @returns absolute path of the root, where it is kept */
async function work(host: Host, file: JobFile, job: Job): Promise<string | undefined> {
  switch (job.what) {
    case 'native':
      await buildBase(host, {
        ...common(file),
        kernelPackages: job.packages,
        kernelRequests: [],
        toolVersions: {},
      });
      return undefined;
    case 'mkimage': {
      const builder = { from: 'lock', packages: job.packages } as const;
      const root = await builderRoot(host, { builder, builderRequests: [] });
      return typeof root === 'string' ? root : undefined;
    }
    case 'images':
      await imagesOf(host, mkimageInputs(file, job), fresh(job, 'run'));
      return undefined;
    case 'scripts': {
      const root = fresh(job, 'root');
      const installed = await installPackages(root, openLocked(host, job.packages));
      for (const name of ['proc', 'dev', 'tmp']) mkdirSync(path.join(root, name));
      await runPackageScripts(host, root, installed, {
        select: () => true,
        log: path.join(job.folder, 'log'),
        limits: {
          ...SCRIPT_LIMITS,
          timeoutMs: 8000,
          tasks: 40,
          memory: 256 * 1024 ** 2,
          disk: 64 * 1024 ** 2,
        },
      });
      return root;
    }
  }
}

const IMAGE: ImageModel = {
  engine: 'mkimage',
  formats: ['iso'],
  profile: 'virt',
  serialConsole: undefined,
  kernelArguments: [],
  modules: 'all',
};
/** As a build does it: no image gets out unseen. */
async function imagesOf(host: Host, inputs: MkimageInputs, folder: string): Promise<void> {
  const node = nodeOf(modelOf(REFERENCE_FILE));
  const overlays = [{ node, tree: [], overlay: Buffer.from('overlay') }];
  await makeByMkimage(
    host,
    { inputs, image: IMAGE, overlays },
    folder,
    async ({ images, ...run }) => {
      for (const image of images) await auditNodeImage(IMAGE, { inputs, ...run }, image);
    },
  );
}

function common({ profile, siteKey }: JobFile) {
  const names = { arch: 'x86_64', branch: 'v3.19', flavour: 'virt', profileName: 'virt' };
  const modules = 'all' as const;
  return { ...names, profile, modules, siteKey, epoch: 1_700_000_000, imagePackages: [] };
}

function mkimageInputs(file: JobFile, { packages, mkimage = '' }: Job): MkimageInputs {
  const script = { name: 'mkimage.sh', executable: true, content: Buffer.from(mkimage) };
  return {
    ...common(file),
    kernelPackages: [],
    builder: { from: 'lock', packages },
    builderRequests: [],
    packageKeys: new Map(),
    scripts: { files: [script], sha256: sha256('one key for all scripts') },
  };
}

function fresh({ folder }: Job, name: string): string {
  const made = path.join(folder, `${name}-${readdirSync(folder).length}`);
  mkdirSync(made);
  return made;
}

function hostOf(folder: string): Host {
  const host = nodeHost({ report: () => undefined, signal: new AbortController().signal });
  return { ...host, cwd: folder, cacheFolder: path.join(folder, 'cache'), dataFolder: folder };
}

function probeIn(root: string | undefined): string {
  const place = path.join(root ?? '', 'probe');
  const isThere = root !== undefined && lstatSync(place, { throwIfNoEntry: false })?.isFile();
  return isThere === true ? readFileSync(place, 'utf8') : '';
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const file = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as JobFile;
  const outcomes: Outcome[] = [];
  for (const job of file.jobs) outcomes.push(await run(file, job));
  process.stdout.write(JSON.stringify(outcomes));
}
