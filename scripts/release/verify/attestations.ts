import { readFile } from 'node:fs/promises';
import { keyFingerprint } from '../../apk/trust/keys.ts';
import { sha256 } from '../../core/digest.ts';
import { ioError } from '../../host/fs/errno.ts';
import { isFile } from '../../host/fs/is-there.ts';
import { namesIn } from '../../host/fs/list-folder.ts';
import { Attestation, attestationFiles } from '../format/attestation.ts';
import { RELEASE, RELEASE_FOLDERS } from '../format/layout.ts';
import type { OpenedRelease } from '../read/read-release.ts';
import { signerOf } from '../sign/checksums-signature.ts';
import type { TrustedKey } from '../sign/checksums-signature.ts';
import type { Verdict } from './check.ts';
import { isPublicKey } from './signature.ts';

/** Whose rebuilds count, and how many of them must agree. */
export interface Rebuilders {
  readonly trusted: readonly TrustedKey[];
  readonly least: number;
}

/**
 * Holds what rebuilders say of a release against it, and counts those whose keys are trusted. One by a stranger is told
 * and says nothing; a bad signature, a statement of something else, and a rebuild by a trusted key that gave other bytes
 * are wrong.
 *
 * @throws VipisoError permission, io
 */
export async function attestationsCheck(
  release: OpenedRelease,
  { trusted, least }: Rebuilders,
): Promise<Verdict> {
  const names = await namesIn(release.at(RELEASE_FOLDERS.attestations), 'list the attestations');
  const statements = names.filter((name) => name.endsWith('.json'));
  const agreeing = new Map<string, string>();
  const untrusted: string[] = [];
  const wrong = names
    .filter((name) => !statements.some((it) => belongsTo(it, name)))
    .map((name) => `${name} belongs to no statement`);
  for (const name of statements) {
    const files = attestationFiles(name.replace(/\.json$/, '.rsa.pub'));
    const text = await readFile(release.at(files.statement)).catch((error: unknown) => {
      throw ioError(error, 'read the attestation', release.at(files.statement));
    });
    const signature = await bytesOf(release.at(files.signature));
    const carried = await keyIn(release.at(files.key));
    const signer = signerOf(text, signature, trusted);
    const unknown = signer === undefined ? signerOf(text, signature, carried) : undefined;
    const problem = await problemOf(release, text.toString('utf8'), signer !== undefined);
    if (signer === undefined && unknown === undefined) wrong.push(`${name} has a bad signature`);
    else if (signer === undefined)
      untrusted.push(`${name} is by a key that nobody here trusts: ${unknown?.fingerprint ?? ''}`);
    else if (problem !== undefined) wrong.push(`${name} ${problem}`);
    else agreeing.set(signer.fingerprint, signer.name);
  }
  if (wrong.length > 0) return { outcome: 'failed', details: wrong };
  const told = `${agreeing.size} of ${Math.max(least, statements.length)} rebuilders agree`;
  const details = [
    agreeing.size === 0 ? told : `${told}: ${[...agreeing.values()].join(', ')}`,
    ...untrusted,
  ];
  if (agreeing.size < least) return { outcome: 'unknown', details };
  if (agreeing.size > 0) return { outcome: 'ok', details };
  return { outcome: 'absent', details: statements.length === 0 ? ['nobody rebuilt it'] : details };
}

function belongsTo(statement: string, name: string): boolean {
  const key = statement.replace(/\.json$/, '.rsa.pub');
  return [statement, `${statement}.sig`, key].includes(name);
}

/** What a statement says that is not so; undefined = it says that the images were rebuilt as they are. */
async function problemOf(
  { at, manifest, sums }: OpenedRelease,
  text: string,
  isTrusted: boolean,
): Promise<string | undefined> {
  if (!isTrusted) return undefined;
  const parsed = Attestation.safeParse(jsonOf(text));
  if (!parsed.success) return 'is no statement of a rebuild';
  const { subject, predicate } = parsed.data;
  if (predicate.release.manifest !== sha256(await readFile(at(RELEASE.manifest))))
    return 'is of another release';
  const rebuilt = new Map(subject.map(({ name, digest }) => [name, digest.sha256]));
  const other = manifest.images.filter(({ file }) => rebuilt.get(file) !== sums.get(file));
  if (predicate.result === 'equal' && other.length === 0) return undefined;
  return `says that a rebuild gave other bytes: ${other.map(({ file }) => file).join(', ')}`;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Empty where it is missing: no signature of anything. */
async function bytesOf(file: string): Promise<Buffer> {
  return (await isFile(file)) ? await readFile(file) : Buffer.alloc(0);
}

/** The key beside a statement tells whose it is, and proves nothing. */
async function keyIn(file: string): Promise<readonly TrustedKey[]> {
  if (!(await isFile(file))) return [];
  const pem = await readFile(file, 'utf8');
  return isPublicKey(pem) ? [{ name: keyFingerprint(pem), pem }] : [];
}
