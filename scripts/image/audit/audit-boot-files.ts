import { verify } from 'node:crypto';
import { VipisoError } from '../../core/errors.ts';
import { readCpio } from '../../formats/cpio.ts';
import type { CpioEntry } from '../../formats/cpio.ts';
import type { PublicSiteKey } from '../../packages/trust/site-key.ts';
import { gunzip } from '../gunzip.ts';
import type { IsoImage } from '../iso9660/iso-image.ts';
import { LAYOUT, initramfsFile, modloopFile, overlayInitramfsFile } from '../layout.ts';
import { overlayArchive } from './overlay-archive.ts';

/** The parts of an expected image that its boot files are judged by. */
export interface ExpectedBoot {
  readonly hostname: string;
  readonly flavour: string;
  readonly siteKey: PublicSiteKey;
  readonly overlay: Buffer;
  readonly markerFolder: string;
  /** Unix seconds. */
  readonly epoch: number;
}

/** Findings by all that decides them: the nodes of a cluster share these two files, which are large. */
const judged = new Map<string, readonly string[]>();

/** Without the site key inside, the init would refuse the medium's own packages, and OpenRC the modloop. */
export async function initramfsFindings(
  image: IsoImage,
  expected: Pick<ExpectedBoot, 'flavour' | 'siteKey'>,
): Promise<readonly string[]> {
  const { flavour, siteKey } = expected;
  const files = [initramfsFile(flavour), modloopFile(flavour)];
  const digests: string[] = [];
  for (const path of files) {
    const isFile = image.entries.get(path)?.type === 'file';
    digests.push(path, isFile ? await image.sha256(path) : '');
  }
  const decided = JSON.stringify([digests, siteKey.signing.name, siteKey.publicKeyPem]);
  const findings = judged.get(decided) ?? (await judgeInitramfs(image, expected));
  judged.set(decided, findings);
  return findings;
}

async function judgeInitramfs(
  image: IsoImage,
  { flavour, siteKey }: Pick<ExpectedBoot, 'flavour' | 'siteKey'>,
): Promise<readonly string[]> {
  const path = initramfsFile(flavour);
  const modloop = modloopFile(flavour);
  if (image.entries.get(path)?.type !== 'file') return [];
  const entries = entriesOf(await image.read(path), `/${path}`);
  if (typeof entries === 'string') return [entries];
  const contentOf = (name: string): Buffer | undefined =>
    entries.find((entry) => entry.name.replace(/^\.\//, '') === name)?.content;
  const key = `etc/apk/keys/${siteKey.signing.name}`;
  const signature = `var/cache/misc/modloop-${flavour}.SIGN.RSA.${siteKey.signing.name}`;
  const signed = contentOf(signature);
  const findings = [
    ...(contentOf(key)?.toString('utf8') === siteKey.publicKeyPem ? [] : [`lacks /${key}`]),
    ...(contentOf('init') === undefined ? ['lacks /init'] : []),
    ...(signed === undefined ? [`lacks /${signature}`] : []),
  ].map((finding) => `/${path} ${finding}`);
  if (signed === undefined || image.entries.get(modloop)?.type !== 'file') return findings;
  const good = verify('sha1', await image.read(modloop), siteKey.publicKeyPem, signed);
  return good ? findings : [...findings, `/${modloop} is not what /${signature} signs`];
}

/** @returns what is wrong with the archive, where it cannot be read */
function entriesOf(archive: Buffer, what: string): readonly CpioEntry[] | string {
  try {
    return readCpio(gunzip(archive, what));
  } catch (error) {
    if (!(error instanceof VipisoError) || error.code !== 'malformed-archive') throw error;
    return error.message.startsWith(what) ? error.message : `${what} is damaged: ${error.message}`;
  }
}

/** The overlay that the kernel is told of lies in an archive of its own, which both boot loaders must load. */
export async function overlayArchiveFindings(
  image: IsoImage,
  { hostname, overlay, markerFolder, epoch }: ExpectedBoot,
): Promise<string[]> {
  const path = overlayInitramfsFile(markerFolder);
  if (image.entries.get(path)?.type !== 'file') return [`/${path} is missing`];
  const findings: string[] = [];
  if (!(await image.read(path)).equals(overlayArchive(hostname, overlay, epoch))) {
    findings.push(`/${path} contains another overlay`);
  }
  for (const config of [LAYOUT.syslinuxConfig, LAYOUT.grubConfig]) {
    if (!image.entries.has(config)) continue;
    const text = (await image.read(config)).toString('utf8');
    if (!text.includes(`/${path}`)) findings.push(`/${config} does not load /${path}`);
  }
  return findings;
}

/** Tools that fill the FAT image end well when it is too small. */
export async function efiFindings(image: IsoImage): Promise<string[]> {
  if (image.entries.get(LAYOUT.efiImage)?.type !== 'file') return [];
  // A short name as a FAT directory has it (Microsoft FAT specification, section 6.1).
  const filled = (await image.read(LAYOUT.efiImage)).includes('BOOTX64 EFI');
  return filled ? [] : [`/${LAYOUT.efiImage} holds no boot loader`];
}
