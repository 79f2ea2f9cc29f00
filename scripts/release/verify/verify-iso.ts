import { readIndex } from '../../apk/index/index-format.ts';
import { openPackage } from '../../apk/package/package-file.ts';
import { initramfsFindings } from '../../image/audit/audit-boot-files.ts';
import { withIsoImage } from '../../image/iso9660/iso-image.ts';
import type { IsoImage } from '../../image/iso9660/iso-image.ts';
import { mediumIndex } from '../../image/medium-packages.ts';
import type { TrustedKey } from '../sign/checksums-signature.ts';
import { check, judged } from './check.ts';
import type { Check, Verdict } from './check.ts';
import { flavourOf } from './image.ts';

/**
 * Judges an image that lies alone: what is signed inside. That is not all of it, and the rest is a doubt.
 *
 * @param file absolute path
 * @throws VipisoError image-wrong: it is no image; not-found, permission
 */
export async function verifyIso(
  file: string,
  trusted: readonly TrustedKey[],
): Promise<readonly Check[]> {
  return await withIsoImage(file, async (iso) => [
    await check('package index and packages', () => packagesCheck(iso, trusted)),
    await check('modloop', () => modloopCheck(iso, trusted)),
    {
      what: 'kernel, initramfs, boot loaders, configuration',
      outcome: 'unknown' as const,
      details: [
        'nothing inside an image vouches for them: verify the image in the folder of its release',
      ],
    },
  ]);
}

async function packagesCheck(iso: IsoImage, trusted: readonly TrustedKey[]): Promise<Verdict> {
  const index = mediumIndex(iso);
  if (index === undefined) return judged(['it has no package index']);
  const keys = new Map(trusted.map(({ name, pem }) => [name, pem]));
  const { records, signer } = readIndex(await iso.read(index), keys, { what: `/${index}` });
  const folder = index.slice(0, index.lastIndexOf('/'));
  const problems: string[] = [];
  const listed = new Set<string>();
  for (const record of records) {
    const place = `${folder}/${record.name}-${record.version}.apk`;
    listed.add(place);
    if (!iso.entries.has(place)) problems.push(`/${place} is missing`);
    else openPackage(await iso.read(place), { record });
  }
  for (const place of iso.entries.keys())
    if (place.endsWith('.apk') && !listed.has(place))
      problems.push(`/${place} is not in the index`);
  return judged(problems, `${listed.size} packages, index signed by ${signer ?? ''}`);
}

async function modloopCheck(iso: IsoImage, trusted: readonly TrustedKey[]): Promise<Verdict> {
  const flavour = flavourOf(iso);
  const reasons: string[] = [];
  for (const { name, pem } of trusted) {
    const siteKey = { signing: { name }, publicKeyPem: pem };
    const findings = await initramfsFindings(iso, { flavour, siteKey });
    if (findings.length === 0) return judged([], `signed by ${name}`);
    reasons.push(...findings);
  }
  return judged(trusted.length === 0 ? ['no key is trusted here: --key FILE'] : reasons);
}
