import { readIndex } from '../../apk/index/index-format.ts';
import { compareStrings, sha256 } from '../../core/digest.ts';
import { VipisoError } from '../../core/errors.ts';
import { packageFileName } from '../../packages/package-files.ts';
import type { PackageFile } from '../../packages/package-files.ts';
import { grubWord } from '../boot-config.ts';
import { withIsoImage } from '../iso9660/iso-image.ts';
import type { IsoImage } from '../iso9660/iso-image.ts';
import { LAYOUT, initramfsFile, kernelFile, modloopFile, overlayFile } from '../layout.ts';
import { efiFindings, initramfsFindings, overlayArchiveFindings } from './audit-boot-files.ts';
import type { ExpectedBoot } from './audit-boot-files.ts';
import { bootRecordFindings } from './boot-records.ts';
import { contentFindings } from './content.ts';
import type { ExpectedContent } from './content.ts';

/** What an image must hold to be the one that was asked for. */
export interface ExpectedImage extends ExpectedParts, ExpectedContent {}

/** What can be said of an image without the files that it was made from. */
export interface ExpectedParts extends ExpectedBoot {
  readonly arch: string;
  readonly volumeId: string;
  readonly packages: readonly Pick<PackageFile, 'locked'>[];
  /** Words that must stand on the kernel command line of every boot configuration. */
  readonly kernelArguments: readonly string[];
}

/**
 * Opens a finished image and looks for everything that booting it needs, independently of what wrote it: tools that
 * fail to add a part do not always say so.
 *
 * @throws VipisoError image-wrong, with every finding
 */
export async function auditIso(file: string, expected: ExpectedImage): Promise<void> {
  await withIsoImage(file, async (image) => {
    const findings = [
      ...(await partFindings(image, expected)),
      ...(await bootRecordFindings(image, expected.isolinux)),
    ];
    findings.push(...besides(findings, await contentFindings(image, expected)));
    if (findings.length === 0) return;
    throw new VipisoError(
      'image-wrong',
      `the image of ${expected.hostname} is not what it should be`,
      {
        details: findings,
        hint: 'Build again with an empty cache (VIPISO_CACHE=<another folder>); if it stays, report it.',
      },
    );
  });
}

/** Looks for every part that booting needs, and for what is signed. */
export async function partFindings(image: IsoImage, expected: ExpectedParts): Promise<string[]> {
  return [
    ...bootFindings(image, expected),
    ...(await configFindings(image, expected)),
    ...(await packageFindings(image, expected)),
    ...(await overlayFindings(image, expected)),
    ...(await overlayArchiveFindings(image, expected)),
    ...(await initramfsFindings(image, expected)),
    ...(await efiFindings(image)),
  ];
}

/** Those of files that no other finding reports by what is wrong with them. */
function besides(findings: readonly string[], further: readonly string[]): readonly string[] {
  const fileOf = (finding: string): string => /^\/[^ ]*?(?=:? )/.exec(finding)?.[0] ?? '';
  const known = new Set(findings.map(fileOf).filter((it) => it !== ''));
  return further.filter((finding) => !known.has(fileOf(finding)));
}

function bootFindings(image: IsoImage, { volumeId, flavour }: ExpectedParts): string[] {
  const needed = [
    ...[kernelFile(flavour), initramfsFile(flavour), modloopFile(flavour)],
    ...[LAYOUT.isolinux, LAYOUT.efiImage, LAYOUT.bootRepository, LAYOUT.release],
  ];
  const missing = needed.filter((path) => image.entries.get(path)?.type !== 'file');
  return [
    ...missing.map((path) => `/${path} is missing`),
    ...(image.volumeId === volumeId
      ? []
      : [`its volume id is “${image.volumeId}”, not ${volumeId}`]),
    ...(image.boots.asCd ? [] : ['it has no boot record for CDs']),
    ...(image.boots.asDisk ? [] : ['it has no boot code for disks']),
  ];
}

async function configFindings(
  image: IsoImage,
  { kernelArguments }: ExpectedParts,
): Promise<string[]> {
  const configs = [
    [LAYOUT.syslinuxConfig, kernelArguments],
    [LAYOUT.grubConfig, kernelArguments.map(grubWord)],
  ] as const;
  const findings: string[] = [];
  for (const [path, wanted] of configs) {
    if (!image.entries.has(path)) {
      findings.push(`/${path} is missing`);
      continue;
    }
    const words = commandLineWords((await image.read(path)).toString('utf8'));
    const lacking = wanted.filter((it) => !words.includes(it));
    const foreign = words.filter((it) => !wanted.includes(it));
    findings.push(
      ...lacking.map((it) => `/${path} lacks the kernel argument ${it}`),
      ...foreign.map((it) => `/${path} has the kernel argument ${it}, which nobody asked for`),
    );
  }
  return findings;
}

/** What is behind `APPEND` in syslinux.cfg, and behind `linux` and the kernel in grub.cfg, of all entries. */
function commandLineWords(config: string): readonly string[] {
  const lines = config.matchAll(/^\s*(?:APPEND|linux\s+\S+)\s+(.*)$/gm);
  return [...lines].flatMap(([, line = '']) => line.split(' ')).filter((it) => it !== '');
}

/** The packages of the lock, all of them and nothing else, in files and in a signed index. */
async function packageFindings(image: IsoImage, expected: ExpectedParts): Promise<string[]> {
  const folder = `${LAYOUT.packages}/${expected.arch}`;
  const findings: string[] = [];
  const wanted = new Map(expected.packages.map((it) => [packageFileName(it.locked), it.locked]));
  for (const [name, locked] of wanted) {
    if (!image.entries.has(`${folder}/${name}`)) findings.push(`/${folder}/${name} is missing`);
    else if ((await image.sha256(`${folder}/${name}`)) !== locked.sha256) {
      findings.push(`/${folder}/${name} is not the file that the lock names`);
    }
  }
  for (const path of image.entries.keys()) {
    const name = path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : '';
    if (name.endsWith('.apk') && !wanted.has(name)) findings.push(`/${path} is not in the lock`);
  }
  return [...findings, ...(await indexFindings(image, expected, `${folder}/APKINDEX.tar.gz`))];
}

async function indexFindings(
  image: IsoImage,
  { packages, siteKey }: ExpectedParts,
  path: string,
): Promise<string[]> {
  if (!image.entries.has(path)) return [`/${path} is missing`];
  const keys = new Map([[siteKey.signing.name, siteKey.publicKeyPem]]);
  try {
    const { records } = readIndex(await image.read(path), keys);
    const listed = [...records].map((it) => `${it.name}-${it.version} ${it.checksum}`);
    const locked = packages.map(({ locked: it }) => `${it.name}-${it.version} ${it.checksum}`);
    const same = listed.sort(compareStrings).join('\n') === locked.sort(compareStrings).join('\n');
    return same ? [] : [`/${path} lists other packages than the lock`];
  } catch (error) {
    if (!(error instanceof VipisoError)) throw error;
    return [`/${path}: ${error.message}`];
  }
}

async function overlayFindings(
  image: IsoImage,
  { hostname, overlay }: ExpectedParts,
): Promise<string[]> {
  const path = overlayFile(hostname);
  if (!image.entries.has(path)) return [`/${path} is missing`];
  return (await image.sha256(path)) === sha256(overlay) ? [] : [`/${path} is another overlay`];
}
