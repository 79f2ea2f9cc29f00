import { createPublicKey } from 'node:crypto';
import { mkdir, readFile, readdir, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { writeIndexArchive } from '../../scripts/apk/index/index-archive.ts';
import type { SigningKey } from '../../scripts/apk/model.ts';
import { recordOf } from '../../scripts/apk/package/package-file.ts';
import { generateKeyPair } from '../../scripts/apk/trust/keys.ts';
import { compareStrings, digestOf } from '../../scripts/core/digest.ts';
import { step } from '../../scripts/core/events.ts';
import { formatBytes } from '../../scripts/core/format-bytes.ts';
import { replaceFolder, writeFileAtomic } from '../../scripts/host/fs/atomic-file.ts';
import { isErrno } from '../../scripts/host/fs/errno.ts';
import { withTempFolder } from '../../scripts/host/fs/temp-folder.ts';
import type { Host } from '../../scripts/host/host.ts';
import { writeApk } from './apk-writer.ts';
import { LAB_EPOCH, assemble } from './assemble.ts';
import { unpackDebs } from './debian/debs.ts';
import { fetchDebs } from './debian/fetch.ts';
import type { Fetched } from './debian/fetch.ts';
import type { Sources } from './recipe.ts';
import { RELEASE, baseDebs, baseRecipes } from './recipes/base.ts';
import { KERNEL_METAPACKAGE, bootDebs, bootRecipes } from './recipes/boot.ts';
import { SUITES, floorOf } from './recipes/floors.ts';
import type { LabMix } from './recipes/floors.ts';
import { libraryDebs, libraryRecipes } from './recipes/libraries.ts';
import { serviceDebs, serviceRecipes } from './recipes/services.ts';

export interface LabOptions {
  /** Absolute folder that gets `repo/`, `keys/`, `private/`, and `packages.json`: which of Debian's packages are in it. */
  readonly out: string;
  /** Absolute folder for downloads and apt's lists, kept between runs and shared between labs. */
  readonly downloads: string;
  /** Ask apt for newer packages even when the lab is there. */
  readonly refresh: boolean;
  /** Which versions; absent = today's. */
  readonly mix?: LabMix | undefined;
}

export interface Lab {
  /** What `--repository` takes: the folder that holds `x86_64/APKINDEX.tar.gz`. */
  readonly repository: string;
  /** What `--keys` takes. */
  readonly keys: string;
  readonly outcome: 'made' | 'unchanged';
}

const ARCH = 'x86_64';
const WANTED = {
  names: [...baseDebs, ...bootDebs, ...libraryDebs, ...serviceDebs],
  kernel: KERNEL_METAPACKAGE,
  suites: SUITES,
};

/** Makes the stand-in distribution, or leaves the one that is there when nothing it is made from changed. */
export async function buildLab(host: Host, options: LabOptions): Promise<Lab> {
  const lab = { repository: path.join(options.out, 'repo'), keys: path.join(options.out, 'keys') };
  const recipes = await recipeDigest();
  if (!options.refresh && (await readStamp(options.out))?.recipes === recipes) {
    return { ...lab, outcome: 'unchanged' };
  }
  const folders = {
    state: path.join(options.downloads, 'apt'),
    debs: path.join(options.downloads, 'debs'),
  };
  const debian = await step(
    host.report,
    { id: 'lab-debs', title: 'Debian packages' },
    () => {
      const floor = (name: string) => floorOf(name, options.mix);
      return fetchDebs(host, { ...WANTED, floorOf: floor }, folders, options.refresh);
    },
    ({ packages }) => ({ summary: `${packages.length} packages` }),
  );
  const key = await labKey(options.out);
  await withTempFolder(host, options.out, async (temp) => {
    const fresh = path.join(temp, 'repo');
    const target = path.join(fresh, ARCH);
    await makeRepository(host, { debian, debs: folders.debs, key, temp, target });
    await replaceFolder(fresh, lab.repository);
  });
  await writeFileAtomic(path.join(options.out, 'packages.json'), recordOfDebian(debian));
  await writeFileAtomic(stampFile(options.out), `${JSON.stringify({ recipes })}\n`);
  return { ...lab, outcome: 'made' };
}

/** Which of Debian's packages the lab is made from, for whoever wants to know what was booted. */
function recordOfDebian({ packages }: Fetched): string {
  const rows = packages.map(({ name, version, suite, architecture, sha256, size }) => ({
    ...{ package: name, version, suite, architecture, sha256, size },
  }));
  return `${JSON.stringify(rows, undefined, 2)}\n`;
}

async function makeRepository(
  host: Host,
  job: {
    readonly debian: Fetched;
    /** Folder of the .deb files. */
    readonly debs: string;
    readonly key: SigningKey;
    readonly temp: string;
    readonly target: string;
  },
): Promise<void> {
  const debFolder = path.join(job.temp, 'debs');
  await step(host.report, { id: 'lab-unpack', title: 'Unpacking' }, () =>
    unpackDebs(host, job.debian.packages, job.debs, debFolder),
  );
  const sources: Sources = {
    host,
    deb: (name) => path.join(debFolder, name),
    tree: (name) => path.join(import.meta.dirname, 'tree', name),
    key: { name: job.key.name, pem: publicPem(job.key) },
  };
  await step(
    host.report,
    { id: 'lab-packages', title: 'Alpine packages' },
    () => writePackages(job, sources),
    ({ count, bytes }) => ({ summary: `${count} packages, ${formatBytes(bytes)}` }),
  );
}

async function writePackages(
  { debian, key, target }: { debian: Fetched; key: SigningKey; target: string },
  sources: Sources,
): Promise<{ count: number; bytes: number }> {
  const recipes = [
    ...baseRecipes,
    ...bootRecipes(debian.kernel),
    ...libraryRecipes(debian.libraries),
    ...serviceRecipes,
  ];
  const versions = new Map(debian.packages.map(({ name, version }) => [name, version]));
  await mkdir(target, { recursive: true });
  const records = [];
  for (const input of await assemble(recipes, sources, versions)) {
    const bytes = writeApk(input, key);
    await writeFile(path.join(target, `${input.name}-${input.version}.apk`), bytes);
    records.push(recordOf(bytes, input.name));
  }
  const description = `v${RELEASE} vipiso lab`;
  const index = writeIndexArchive({ records, description, epoch: LAB_EPOCH, key });
  await writeFile(path.join(target, 'APKINDEX.tar.gz'), index);
  const bytes = records.reduce((sum, { size }) => sum + size, 0);
  return { count: records.length, bytes };
}

/** The lab's own key, made once: an image built yesterday must still be verifiable today. */
async function labKey(out: string): Promise<SigningKey> {
  const folder = path.join(out, 'private');
  const [file] = await namesIn(folder);
  if (file !== undefined) {
    const privateKeyPem = await readFile(path.join(folder, file), 'utf8');
    const key = { name: `${file}.pub`, privateKeyPem };
    await writeFileAtomic(path.join(out, 'keys', key.name), publicPem(key));
    return key;
  }
  const { signing, publicKey } = generateKeyPair('vipiso-lab', 2048);
  const privateFile = path.join(folder, signing.name.replace(/\.pub$/, ''));
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await writeFileAtomic(privateFile, signing.privateKeyPem, { mode: 0o600 });
  await writeFileAtomic(path.join(out, 'keys', publicKey.name), publicKey.pem);
  return signing;
}

function publicPem(key: SigningKey): string {
  return createPublicKey(key.privateKeyPem).export({ type: 'spki', format: 'pem' }).toString();
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => name.endsWith('.rsa'));
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return [];
    throw error;
  }
}

function stampFile(out: string): string {
  return path.join(out, 'lab.json');
}

/** The stamp of a finished lab; undefined when there is none or its index is gone. */
async function readStamp(out: string): Promise<{ recipes?: unknown } | undefined> {
  try {
    await stat(path.join(out, 'repo', ARCH, 'APKINDEX.tar.gz'));
    return JSON.parse(await readFile(stampFile(out), 'utf8')) as { recipes?: unknown };
  } catch {
    // Missing or damaged: the lab is made again, which writes a sound stamp.
    return undefined;
  }
}

/** Changes with every file that the lab's packages are made by or from. */
async function recipeDigest(): Promise<string> {
  const names = await readdir(import.meta.dirname, { recursive: true, withFileTypes: true });
  const files = names
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort(compareStrings);
  const parts = files.map(async (file) => [
    path.relative(import.meta.dirname, file),
    await readFile(file, 'latin1'),
  ]);
  return digestOf(await Promise.all(parts));
}
