import { compareStrings, sha256 } from '../../core/digest.ts';
import { partFindings } from '../../image/audit/audit-iso.ts';
import type { IsoImage } from '../../image/iso9660/iso-image.ts';
import { withIsoImage } from '../../image/iso9660/iso-image.ts';
import { closureOf } from '../../packages/lock/format/closure.ts';
import type { Lockfile } from '../../packages/lock/format/schema.ts';
import type { PublicSiteKey } from '../../packages/trust/site-key.ts';
import { entryDigest, imageFacts } from '../contents/image-facts.ts';
import type { ImageFacts } from '../contents/image-facts.ts';
import type { ReleaseImage, ReleaseManifest } from '../format/manifest.ts';
import { judged } from './check.ts';
import type { Verdict } from './check.ts';

/** Opens an image and holds it against manifest and lock, as the audit of a build does. */
export async function imageCheck(
  file: string,
  about: {
    readonly image: ReleaseImage;
    readonly manifest: ReleaseManifest;
    readonly lock: Lockfile;
    readonly siteKey: PublicSiteKey;
  },
): Promise<Verdict> {
  const { image, manifest, lock, siteKey } = about;
  return await withIsoImage(file, async (iso) => {
    const facts = await imageFacts(iso, image.file);
    const problems = [
      ...(iso.size === image.size ? [] : [`it has ${iso.size} bytes, not ${image.size}`]),
      ...factFindings(facts, image),
      ...(await partFindings(iso, {
        hostname: image.node,
        flavour: flavourOf(iso),
        arch: manifest.arch,
        volumeId: manifest.volumeId,
        // Both are named after one digest.
        markerFolder: manifest.volumeId.toLowerCase(),
        siteKey,
        overlay: facts.overlay,
        epoch: manifest.sourceDateEpoch,
        packages: closureOf(lock, 'image').map((locked) => ({ locked })),
        kernelArguments: image.kernelArguments,
      })),
    ];
    return judged(problems, `${facts.packages.size} packages`);
  });
}

/** `virt`, as the kernel's file is named. */
export function flavourOf({ entries }: IsoImage): string {
  const kernel = [...entries.keys()].find((it) => it.startsWith('boot/vmlinuz-'));
  return kernel?.slice('boot/vmlinuz-'.length) ?? '';
}

function factFindings(facts: ImageFacts, image: ReleaseImage): readonly string[] {
  const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
  const packages = Object.fromEntries(facts.packages);
  return [
    ...(facts.node === image.node ? [] : [`it is of ${facts.node}, not ${image.node}`]),
    ...(sha256(facts.overlay) === image.overlay ? [] : ['its overlay is another']),
    ...(same(facts.kernelArguments, image.kernelArguments)
      ? []
      : ['it has other kernel arguments']),
    ...(same(packages, image.packages) ? [] : ['its package index lists others']),
    ...(same(facts.services, image.services) ? [] : ['it starts other services']),
    ...configurationFindings(facts, image),
  ];
}

function configurationFindings({ entries }: ImageFacts, image: ReleaseImage): readonly string[] {
  const shown = entries.filter(
    ({ type, path }) => type !== 'directory' && !path.startsWith('etc/runlevels/'),
  );
  const found = new Map(shown.map((entry) => [`/${entry.path}`, entry]));
  const told = new Map(image.configuration.map((it) => [it.path, it]));
  const paths = [...new Set([...found.keys(), ...told.keys()])].sort(compareStrings);
  return paths.flatMap((path) => {
    const [entry, wanted] = [found.get(path), told.get(path)];
    if (entry === undefined || wanted === undefined)
      return [`${path} is only in the ${entry === undefined ? 'manifest' : 'image'}`];
    const target = entry.linkTarget;
    const digest = entryDigest({ ...entry, target });
    // Of what has secrets the manifest tells another digest; the overlay's own covers it.
    const differs = wanted.secret !== true && digest !== wanted.sha256;
    const mode = entry.mode.toString(8).padStart(4, '0');
    const otherMode = wanted.mode !== undefined && wanted.mode !== mode;
    return differs || otherMode ? [`${path} is not as the manifest says`] : [];
  });
}
