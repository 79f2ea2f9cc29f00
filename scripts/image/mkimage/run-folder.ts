import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../../core/errors.ts';
import { writePlainFile } from '../../host/fs/plain-file.ts';
import { writePackageRepository } from '../../packages/package-repository.ts';
import type { SiteKey } from '../../packages/trust/site-key.ts';
import { standIns } from './builder/stand-in.ts';
import { KEPT_MODULES, WRAPPERS } from './builder/wrappers.ts';
import { releaseTag } from './command.ts';
import type { MkimageInputs } from './inputs.ts';
import { PLUGIN_FILE } from './profile-plugin.ts';

/** The parts of one run, each a folder of the host that the sandbox sees as `INSIDE` says. */
export interface RunFolder {
  readonly aports: string;
  readonly home: string;
  readonly profile: string;
  readonly bin: string;
  readonly repository: string;
  readonly work: string;
  readonly out: string;
  readonly keys: string;
  readonly temp: string;
}

/** What is written for the nodes: file texts by name. */
export interface RunTexts {
  readonly plugin: string;
  /** Beside the wrappers; absent = every module stays. */
  readonly keptModules?: string | undefined;
  /** By file name. */
  readonly hooks: ReadonlyMap<string, string>;
}

/** Fills a private folder with all that mkimage reads. @param folder absolute path of an empty folder */
export async function prepareRun(
  folder: string,
  inputs: MkimageInputs,
  texts: RunTexts,
): Promise<RunFolder> {
  const run: RunFolder = {
    aports: path.join(folder, 'aports'),
    home: path.join(folder, 'home'),
    profile: path.join(folder, 'profile'),
    bin: path.join(folder, 'bin'),
    repository: path.join(folder, 'repository'),
    work: path.join(folder, 'work'),
    out: path.join(folder, 'out'),
    keys: path.join(folder, 'keys'),
    temp: path.join(folder, 'tmp'),
  };
  for (const part of Object.values<string>({ ...run })) await mkdir(part);
  await writeScripts(run.aports, inputs);
  await writeHome(run.home, inputs, texts.plugin);
  for (const [name, text] of texts.hooks) await writeProgram(path.join(run.profile, name), text);
  for (const [name, text] of WRAPPERS) await writeProgram(path.join(run.bin, name), text);
  if (texts.keptModules !== undefined) {
    await writePlainFile(path.join(run.bin, KEPT_MODULES), texts.keptModules);
  }
  const { signing, publicKeyPem } = inputs.siteKey;
  // All that mkimage may install was verified before; it lies in one repository, whose index is signed by this key. apk
  // looks at the packages' own signatures once more when it makes the index of an image.
  await writePlainFile(path.join(run.keys, signing.name), publicKeyPem);
  for (const [name, pem] of otherKeys(inputs)) await writePlainFile(path.join(run.keys, name), pem);
  await writeLockedRepository(run.repository, inputs);
  return run;
}

/** mkimage looks for an aports checkout around its scripts, by one folder's name. */
async function writeScripts(aports: string, { scripts }: MkimageInputs): Promise<void> {
  await mkdir(path.join(aports, 'main', 'build-base'), { recursive: true });
  await mkdir(path.join(aports, 'scripts'));
  for (const { name, executable, content } of scripts.files) {
    const file = path.join(aports, 'scripts', name);
    await writeFile(file, content, { mode: executable ? 0o755 : 0o644 });
  }
}

/** Where abuild looks for its key and mkimage for plugins. update-kernel copies the public key with its mode. */
async function writeHome(home: string, { siteKey }: MkimageInputs, plugin: string): Promise<void> {
  const { signing, publicKeyPem } = siteKey;
  await mkdir(path.join(home, '.abuild'), { mode: 0o700 });
  await mkdir(path.join(home, '.mkimage'));
  const key = path.join(home, '.abuild', keyFile(siteKey));
  await writeFile(key, signing.privateKeyPem, { mode: 0o600 });
  await writePlainFile(`${key}.pub`, publicKeyPem);
  await writePlainFile(path.join(home, '.abuild', 'abuild.conf'), abuildConf(siteKey));
  await writePlainFile(path.join(home, '.mkimage', PLUGIN_FILE), plugin);
}

/** The keys of the packages; a name that the site's own key has is that key's. */
export function otherKeys({ packageKeys, siteKey }: MkimageInputs): readonly [string, string][] {
  return [...packageKeys].filter(([name]) => name !== siteKey.signing.name);
}

/** File name of the private half of the signing key. */
export function keyFile({ signing }: SiteKey): string {
  return signing.name.replace(/\.pub$/, '');
}

/** abuild's settings: they outrank the environment. */
export function abuildConf(siteKey: SiteKey): string {
  return `PACKAGER_PRIVKEY="$HOME/.abuild/${keyFile(siteKey)}"\n`;
}

async function writeProgram(file: string, text: string): Promise<void> {
  await writeFile(file, text, { mode: 0o700 });
}

/**
 * The locked packages, and nothing that is newer.
 *
 * @throws VipisoError unsatisfiable: two versions of one package are locked
 */
export async function writeLockedRepository(folder: string, inputs: MkimageInputs): Promise<void> {
  const { arch, epoch, siteKey } = inputs;
  const byName = new Map([
    ...inputs.kernelPackages.map((it) => [it.locked.name, it] as const),
    ...inputs.imagePackages.map((it) => [it.locked.name, it] as const),
  ]);
  for (const { locked } of inputs.kernelPackages) {
    const other = byName.get(locked.name)?.locked;
    if (other === undefined || other.sha256 === locked.sha256) continue;
    throw new VipisoError(
      'unsatisfiable',
      `mkimage takes one version of ${locked.name} for boot files and image, and the lock holds two: ${locked.version}, ${other.version}`,
      { hint: 'Pin it less tightly in alpine.packages, or use --engine native.' },
    );
  }
  await writePackageRepository({
    folder,
    arch,
    packages: [...byName.values()],
    made: standIns(new Set(byName.keys()), { arch, epoch, key: siteKey.signing }),
    description: releaseTag(inputs),
    epoch,
    key: siteKey.signing,
  });
}
