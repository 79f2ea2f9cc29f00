import { readSignatures, isSignatureMember } from '../../apk/trust/signature-member.ts';
import { generateKeyPair } from '../../apk/trust/keys.ts';
import { readCpio } from '../../formats/cpio.ts';
import { readGzipMember } from '../../formats/gzip-members.ts';
import { gunzip } from '../../image/gunzip.ts';
import { withIsoImage } from '../../image/iso9660/iso-image.ts';
import type { IsoImage } from '../../image/iso9660/iso-image.ts';
import { mediumIndex } from '../../image/medium-packages.ts';
import type { PublicSiteKey, SiteKey } from '../../packages/trust/site-key.ts';

const THROWAWAY_BITS = 2048;
const MAX_INDEX = 64 * 1024 * 1024;

/**
 * The signing key of a release for who has only its public half: the signatures that the images carry stand where the
 * rebuild has the very bytes that they sign. Where it has others, no signature of the true key can be made.
 *
 * @param images absolute paths
 * @throws VipisoError image-wrong, malformed-index, malformed-archive
 */
export async function keyOfSignatures(
  key: PublicSiteKey,
  images: readonly string[],
): Promise<SiteKey> {
  const signatures: Buffer[] = [];
  for (const file of images)
    signatures.push(...(await withIsoImage(file, async (image) => signaturesIn(image))));
  const { signing } = generateKeyPair('throwaway', THROWAWAY_BITS);
  const { publicKeyPem } = key;
  return {
    signing: { ...signing, name: key.signing.name, made: { publicKeyPem, signatures } },
    publicKeyPem,
  };
}

/** A key of the same name that signs anything: for images that are only made to be looked into. */
export function throwawayKey({ signing: { name } }: PublicSiteKey): SiteKey {
  const { signing, publicKey } = generateKeyPair('throwaway', THROWAWAY_BITS);
  return { signing: { ...signing, name }, publicKeyPem: publicKey.pem };
}

/** Of the package index and of the modloop. */
async function signaturesIn(image: IsoImage): Promise<readonly Buffer[]> {
  const index = mediumIndex(image);
  const found: Buffer[] = [];
  if (index !== undefined) {
    const limits = { maxContent: MAX_INDEX, code: 'malformed-index', what: `/${index}` } as const;
    const first = readGzipMember(await image.read(index), 0, limits);
    if (isSignatureMember(first, limits))
      found.push(...readSignatures(first, limits).map(({ bytes }) => bytes));
  }
  for (const path of image.entries.keys()) {
    if (!/^boot\/initramfs-[^/]+$/.test(path)) continue;
    const entries = readCpio(gunzip(await image.read(path), `/${path}`));
    found.push(
      ...entries
        .filter(({ name }) => /\/modloop-[^/]+\.SIGN\.RSA\./.test(name))
        .map((it) => it.content),
    );
  }
  return found;
}
