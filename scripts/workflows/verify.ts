import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { VipisoError } from '../core/errors.ts';
import { ioError } from '../host/fs/errno.ts';
import type { Host } from '../host/host.ts';
import { listKeys } from '../packages/trust/key-ring.ts';
import { RELEASE } from '../release/format/layout.ts';
import { isRelease } from '../release/read/is-release.ts';
import type { TrustedKey } from '../release/sign/checksums-signature.ts';
import { isDoubt } from '../release/verify/check.ts';
import type { Check } from '../release/verify/check.ts';
import { isPublicKey } from '../release/verify/signature.ts';
import { verifyIso } from '../release/verify/verify-iso.ts';
import { verifyRelease } from '../release/verify/verify-release.ts';

export interface Verification {
  readonly checks: readonly Check[];
  readonly text: readonly string[];
  /** What to end with where there is any doubt. */
  readonly error: VipisoError | undefined;
}

/**
 * Verifies a release folder, or an image: one that lies in a release is verified with it.
 *
 * @param what as the user gave it
 * @param keys public key files that are trusted, instead of the site's own; empty = those
 * @param rebuilt the same for those who attest rebuilds, and how many of them must agree
 * @throws VipisoError not-found, usage: a file is no public key
 */
export async function verifyWhat(
  host: Host,
  what: string,
  keys: readonly string[],
  rebuilt: { readonly rebuilders: readonly string[]; readonly least: number } = NO_REBUILDERS,
): Promise<Verification> {
  const place = path.resolve(host.cwd, what);
  const trusted = await trustedKeysOf(host, keys);
  const { rebuilders, least } = rebuilt;
  const about = await stat(place).catch((error: unknown) => {
    throw ioError(error, 'verify', place);
  });
  const around = path.dirname(place);
  const folder = about.isDirectory() ? place : (await isRelease(around)) ? around : undefined;
  const checks =
    folder === undefined
      ? await verifyIso(place, trusted)
      : await verifyRelease(folder, trusted, {
          ...{ trusted: await trustedKeysOf(host, rebuilders), least },
        });
  const told =
    folder === place || folder === undefined ? checks : [...checks, await belongs(folder, place)];
  return { checks: told, text: told.flatMap(lineOf), error: doubt(what, told) };
}

const NO_REBUILDERS = { rebuilders: [], least: 0 };

/**
 * Public keys that count.
 *
 * @param files as the user named them; none = the site's own
 * @throws VipisoError usage: a file is no public key; not-found, permission
 */
export async function trustedKeysOf(
  host: Host,
  files: readonly string[],
): Promise<readonly TrustedKey[]> {
  return files.length === 0 ? await ownKeys(host) : await readKeys(host, files);
}

async function ownKeys(host: Host): Promise<readonly TrustedKey[]> {
  return (await listKeys(host)).map(({ name, pem }) => ({ name, pem }));
}

async function readKeys(host: Host, files: readonly string[]): Promise<readonly TrustedKey[]> {
  return await Promise.all(
    files.map(async (name) => {
      const file = path.resolve(host.cwd, name);
      const pem = await readFile(file, 'utf8').catch((error: unknown) => {
        throw ioError(error, 'read the key', file);
      });
      if (isPublicKey(pem)) return { name: path.basename(file), pem };
      throw new VipisoError('usage', `${name} is no public key in PEM form`, {
        hint: 'Name the .rsa.pub file of who made the release.',
      });
    }),
  );
}

/** An image that nobody told of may lie in a release folder, too: as an extra file it is found there. */
async function belongs(folder: string, file: string): Promise<Check> {
  const name = path.basename(file);
  const sums = await readFile(path.join(folder, RELEASE.checksums), 'utf8').catch(() => '');
  const isPart = sums.split('\n').some((line) => line.endsWith(`  ${name}`));
  return {
    what: `${name} in its release`,
    outcome: isPart ? 'ok' : 'failed',
    details: isPart ? [] : ['it is no part of the release around it'],
  };
}

const MARKS: Readonly<Record<Check['outcome'], string>> = {
  ok: 'ok      ',
  failed: 'WRONG   ',
  unknown: 'UNKNOWN ',
  absent: '-       ',
};

function lineOf({ what, outcome, details }: Check): readonly string[] {
  const [first, ...rest] = details;
  const line = `${MARKS[outcome]}${what}${first === undefined ? '' : `: ${first}`}`;
  return [line, ...rest.map((it) => `          ${it}`)];
}

function doubt(what: string, checks: readonly Check[]): VipisoError | undefined {
  const doubts = checks.filter(isDoubt);
  if (doubts.length === 0) return undefined;
  const wrong = doubts.filter(({ outcome }) => outcome === 'failed').length;
  return new VipisoError(
    'release-wrong',
    wrong > 0 ? `${what} is not to be trusted` : `${what} cannot be judged wholly`,
    { details: doubts.map((it) => it.what) },
  );
}
