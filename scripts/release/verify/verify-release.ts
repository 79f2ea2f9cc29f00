import { readFile } from 'node:fs/promises';
import { keyFingerprint } from '../../apk/trust/keys.ts';
import { VipisoError } from '../../core/errors.ts';
import { parseLock } from '../../packages/lock/format/parse.ts';
import type { Lockfile } from '../../packages/lock/format/schema.ts';
import type { PublicSiteKey } from '../../packages/trust/site-key.ts';
import { readRelease } from '../read/read-release.ts';
import type { OpenedRelease } from '../read/read-release.ts';
import type { TrustedKey } from '../sign/checksums-signature.ts';
import { attestationsCheck } from './attestations.ts';
import type { Rebuilders } from './attestations.ts';
import { check, judged } from './check.ts';
import type { Check } from './check.ts';
import {
  cyclonedxCheck,
  lockCheck,
  proofCheck,
  provenanceCheck,
  spdxCheck,
  vulnerabilitiesCheck,
} from './documents.ts';
import { filesCheck, manifestCheck } from './files.ts';
import { imageCheck } from './image.ts';
import { carriedKeys, signatureCheck } from './signature.ts';

/**
 * Judges a release folder: who signed it, every byte, and whether its parts say the same.
 *
 * @param folder absolute path
 * @throws VipisoError not-found: it is no release
 */
export async function verifyRelease(
  folder: string,
  trusted: readonly TrustedKey[],
  rebuilders: Rebuilders,
): Promise<readonly Check[]> {
  const signature = await check('signature of the checksums', () =>
    signatureCheck(folder, trusted),
  );
  const opened = await openOr(folder);
  if (!('manifest' in opened)) return [signature, opened];
  if (signature.outcome === 'failed') return [signature, ...NOT_OPENED];
  const files = await check('checksums, missing and extra files', () => filesCheck(opened));
  if (files.outcome === 'failed') return [signature, files, ...NOT_OPENED];
  const manifest = await check('manifest against the files', () => manifestCheck(opened));
  return [
    signature,
    files,
    manifest,
    ...(await contentChecks(opened, rebuilders)),
    ...claims(opened),
  ];
}

/** Nothing is read of what is not what was signed. */
const NOT_OPENED: readonly Check[] = [
  {
    what: 'the rest of the release',
    outcome: 'unknown',
    details: ['not looked at: signature or checksums are wrong'],
  },
];

async function openOr(folder: string): Promise<OpenedRelease | Check> {
  try {
    return await readRelease(folder);
  } catch (error) {
    if (!(error instanceof VipisoError) || error.code !== 'release-wrong') throw error;
    const details = [error.message, ...error.details];
    return { what: 'manifest and checksums', outcome: 'failed', details };
  }
}

async function contentChecks(
  release: OpenedRelease,
  rebuilders: Rebuilders,
): Promise<readonly Check[]> {
  const { manifest, at } = release;
  const lock = await lockOf(release);
  if (!('packages' in lock)) return [lock];
  const key = await siteKeyOf(release);
  const checks: Check[] = [
    await check('lock against the manifest', () => lockCheck(release, lock)),
    await check('SBOM (CycloneDX) against the lock', () => cyclonedxCheck(release, lock)),
    await check('SBOM (SPDX) against the lock', () => spdxCheck(release, lock)),
    await check('provenance against images and inputs', () => provenanceCheck(release)),
    await check('report of vulnerabilities', () => vulnerabilitiesCheck(release)),
    await check('proof', () => proofCheck(release)),
    await check('attestations of other rebuilders', () => attestationsCheck(release, rebuilders)),
  ];
  for (const image of manifest.images) {
    const what = `${image.file}, opened`;
    checks.push(
      key === undefined
        ? {
            what,
            ...judged(['the key that its index and modloop are signed by is not in the release']),
          }
        : await check(what, () =>
            imageCheck(at(image.file), { image, manifest, lock, siteKey: key }),
          ),
    );
  }
  return checks;
}

async function lockOf({ at, manifest }: OpenedRelease): Promise<Lockfile | Check> {
  const what = 'lock';
  try {
    const parsed = parseLock(await readFile(at(manifest.inputs.lock), 'utf8'));
    if (parsed.ok) return parsed.lock;
    const problems = parsed.diagnostics.map(({ path, message }) => `${path}: ${message}`);
    return { what, ...judged(problems) };
  } catch (error) {
    return { what, ...judged([`it cannot be read: ${String(error)}`]) };
  }
}

/** The one that the manifest names, by its fingerprint. */
async function siteKeyOf({ folder, manifest }: OpenedRelease): Promise<PublicSiteKey | undefined> {
  const { name, fingerprint } = manifest.signingKey;
  const keys = await carriedKeys(folder);
  const key = keys.find((it) => it.name === name && keyFingerprint(it.pem) === fingerprint);
  return key && { signing: { name }, publicKeyPem: key.pem };
}

/** What the maker says of the release that a reader should know. */
function claims({ manifest }: OpenedRelease): readonly Check[] {
  const { notTested, untrusted } = manifest;
  return [
    ...(untrusted === true
      ? [
          {
            what: 'signatures of the packages',
            outcome: 'unknown' as const,
            details: ['the lock was made with --allow-untrusted: nobody vouches for its packages'],
          },
        ]
      : []),
    ...(notTested === undefined
      ? []
      : [
          {
            what: 'files that the daemons did not judge before the build',
            outcome: 'absent' as const,
            details: notTested,
          },
        ]),
  ];
}
