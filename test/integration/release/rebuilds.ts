import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { generateKeyPair } from '../../../scripts/apk/trust/keys.ts';
import { sha256 } from '../../../scripts/core/digest.ts';
import { parseChecksums } from '../../../scripts/release/format/checksums.ts';
import { attest } from '../../../scripts/release/reproduce/attest.ts';
import { signChecksums } from '../../../scripts/release/sign/checksums-signature.ts';
import { formatChecksums } from '../../../scripts/image/publish/checksums.ts';
import { siteKey } from '../../../scripts/packages/trust/site-key.ts';
import { diffReleases } from '../../../scripts/workflows/diff.ts';
import type { ReleaseResult } from '../../../scripts/workflows/release.ts';
import { reproduceRelease } from '../../../scripts/workflows/reproduce.ts';
import { verifyWhat } from '../../../scripts/workflows/verify.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { sourceFlags } from '../../support/images/build-site.ts';
import type { PackageSource, Site } from '../../support/images/build-site.ts';
import { placesOfSecrets } from '../../support/release/find-secrets.ts';

/** What the suite of a release shares: its folder, the release `releases/a`, and the canaries in it. */
export interface ReleaseBed {
  readonly folder: string;
  readonly env: Record<string, string>;
  readonly canaries: Readonly<Record<string, string>>;
  /** Parts of the cluster file. */
  readonly file: Record<string, unknown>;
  readonly made: () => ReleaseResult;
  readonly site: () => Site;
  readonly source: () => PackageSource;
}

const ROOT = path.resolve(import.meta.dirname, '../../..');
const VIPISO = path.join(ROOT, 'scripts/vipiso.ts');
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const NOBODY = 65_534;
const LONG = 300_000;

/** Everything that may not decide a byte is another: whoever, wherever, whenever, in whichever language. */
export function elsewhereTest(bed: ReleaseBed): void {
  test.runIf(requireTools('faketime', 'taskset', 'setpriv'))(
    'made by another user, in another folder, year, time zone and language, on one core, with a cold cache it has the same bytes',
    () => {
      const there = path.join(bed.folder, 'there');
      mkdirSync(there);
      const at = (name: string): string => path.join(there, name);
      for (const name of ['cluster.yaml', 'vipiso.lock.json', 'secrets'])
        cpSync(path.join(bed.folder, name), at(name), { recursive: true });
      cpSync(path.join(bed.site().host.dataFolder, 'keys'), at('data/keys'), { recursive: true });
      // Its name decides that of the repository.
      const repository = path.basename(bed.source().repository);
      cpSync(bed.source().repository, at(repository), { recursive: true });
      cpSync(bed.source().keys, at('trusted'), { recursive: true });
      mkdirSync(at('tmp'));
      const isRoot = process.getuid?.() === 0;
      if (isRoot) {
        for (const name of ['', ...readdirSync(there, { recursive: true, encoding: 'utf8' })])
          chownSync(path.join(there, name), NOBODY, NOBODY);
        chmodSync(bed.folder, 0o755);
      }
      const user = ['setpriv', `--reuid=${NOBODY}`, `--regid=${NOBODY}`, '--clear-groups'];
      const [program = '', ...args] = [
        ...(isRoot ? user : []),
        ...['taskset', '-c', '0', 'faketime', '2031-03-04 05:06:07'],
        ...['sh', '-c', 'umask 027; exec "$@"', 'sh', process.execPath, '--import', TSX],
        ...[VIPISO, 'release', '--version', '2026.12', '--offline'],
        ...['--repository', repository, '--keys', 'trusted', '--out', 'made/here'],
      ];
      execFileSync(program, args, {
        cwd: there,
        stdio: 'pipe',
        env: {
          ...{ PATH: process.env['PATH'], HOME: at('tmp'), TMPDIR: at('tmp'), ...bed.env },
          ...{ TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8', LANG: 'tr_TR.UTF-8' },
          ...{ VIPISO_CACHE: at('cache'), VIPISO_DATA: at('data') },
        },
      });
      for (const name of ['SHA256SUMS', 'SHA256SUMS.sig'])
        expect(
          readFileSync(at(`made/here/${name}`)).equals(
            readFileSync(path.join(bed.made().folder, name)),
          ),
          name,
        ).toBe(true);
      rmSync(there, { recursive: true });
    },
    LONG,
  );
}

/** One rebuild for all: of a release in one image of which a package was swapped, by who has no private key. */
export function reproduceTests(bed: ReleaseBed): void {
  test(
    'a rebuild without the private key gives the image again, and names what was swapped in the other',
    async () => {
      const swapped = path.join(bed.folder, 'releases/swapped');
      cpSync(bed.made().folder, swapped, { recursive: true });
      const apk = swapPackage(path.join(swapped, 'lb-2.iso'));
      await signAgain(bed, swapped);
      const host = { ...bed.site().host, dataFolder: path.join(bed.folder, 'stranger') };
      const env = {
        ...host.env,
        PATH: `${diffoscopeDouble(bed.folder)}:${host.env['PATH'] ?? ''}`,
      };
      const key = path.join(bed.made().folder, 'keys', bed.made().manifest.signingKey.name);
      const request = {
        folder: swapped,
        site: bed.folder,
        keys: [key],
        build: { sources: { ...sourceFlags(bed.source()), offline: true }, engine: {} },
        attest: rebuilderKey(bed.folder, 'bad'),
        diffoscope: path.join(bed.folder, 'seen'),
      };
      const empty = path.join(bed.folder, 'stranger');
      await expect(
        reproduceRelease({ ...host, env: { PATH: host.env['PATH'] } }, { ...request, site: empty }),
      ).rejects.toMatchObject({
        code: 'usage',
        details: expect.arrayContaining([
          `vrrp.auth_pass: bring the file ${path.join(empty, 'secrets/vrrp')}`,
          'stats.password: set the environment variable CANARY_STATS',
        ]) as unknown,
      });

      const { images, error, text, attestation } = await reproduceRelease(
        { ...host, env },
        request,
      );
      const [first, second] = images;
      expect(first?.differences).toEqual([]);
      expect(first?.rebuilt).toBe(bed.made().manifest.images[0]?.sha256);
      expect(second?.rebuilt).toBe(bed.made().manifest.images[1]?.sha256);
      expect(error).toMatchObject({ code: 'not-reproduced' });
      expect(second?.differences.join('\n')).toMatch(
        new RegExp(`^ {2}. ${apk}: (usr|etc)/.*: file `, 'm'),
      );
      expect(placesOfSecrets(bed.canaries, [], { text: text.join('\n') })).toEqual([]);
      const seen = path.join(bed.folder, 'seen/lb-2.iso.txt');
      expect(readFileSync(seen, 'utf8')).toMatch(/^--text - .*swapped\/lb-2\.iso .*lb-2\.iso$/m);
      expect(statSync(seen).mode & 0o777).toBe(0o600);
      expect(attestation).toBe('attestations/bad.json');
      const said = await verifyWhat(host, swapped, [key], {
        rebuilders: [path.join(bed.folder, 'bad.rsa.pub')],
        least: 0,
      });
      expect(said.text.join('\n')).toContain('says that a rebuild gave other bytes: lb-2.iso');
      rmSync(swapped, { recursive: true });
    },
    LONG,
  );

  test('rebuilders are counted by trusted keys; a stranger is told, a bad signature is refused', async () => {
    const { folder, manifest } = bed.made();
    const { host } = bed.site();
    const about = {
      images: manifest.images.map(({ file, sha256: digest }) => ({ file, sha256: digest })),
      release: {
        ...{ cluster: manifest.cluster, version: manifest.version },
        manifest: sha256(readFileSync(path.join(folder, 'manifest.json'))),
      },
      ...{ result: 'equal' as const, tool: manifest.tool, tools: manifest.tools },
    };
    const key = async (name: string) => await siteKey(host, rebuilderKey(bed.folder, name));
    for (const name of ['one', 'two']) await attest(folder, about, await key(name));
    const trusted = ['one', 'two'].map((name) => path.join(bed.folder, `${name}.rsa.pub`));
    const verified = async (rebuilders: readonly string[], least: number) => {
      const { checks, error } = await verifyWhat(host, 'releases/a', [], { rebuilders, least });
      const told = checks.find(({ what }) => what.startsWith('attestations'));
      return { outcome: told?.outcome, text: told?.details.join('\n'), code: error?.code };
    };
    expect(await verified(trusted, 2)).toMatchObject({
      outcome: 'ok',
      text: '2 of 2 rebuilders agree: one.rsa.pub, two.rsa.pub',
      code: undefined,
    });
    const one = await verified(trusted.slice(0, 1), 0);
    expect(one).toMatchObject({ outcome: 'ok', code: undefined });
    expect(one.text).toContain('two.json is by a key that nobody here trusts');
    expect(await verified(trusted, 3)).toMatchObject({ outcome: 'unknown', code: 'release-wrong' });
    const signature = path.join(folder, 'attestations/two.json.sig');
    const good = readFileSync(signature);
    writeFileSync(signature, Buffer.from(good.map((byte, at) => (at === 9 ? byte ^ 1 : byte))));
    expect(await verified(trusted, 0)).toMatchObject({
      outcome: 'failed',
      text: 'two.json has a bad signature',
      code: 'release-wrong',
    });
    rmSync(path.join(folder, 'attestations'), { recursive: true });
  }, 120_000);

  test('an image is held against a release, and nothing of a secret is told', async () => {
    const { host } = bed.site();
    const same = await diffReleases(host, 'releases/a', 'releases/a/lb-1.iso');
    expect(same.changed).toBe(false);
    const other = await diffReleases(host, 'releases/a/lb-1.iso', 'releases/a/lb-2.iso');
    expect(other.changed).toBe(true);
    expect(other.configuration.map(({ path: file }) => file)).toContain('/etc/hostname');
    expect(placesOfSecrets(bed.canaries, [], { json: JSON.stringify(other) })).toEqual([]);
    const said = (...words: readonly string[]) =>
      spawnSync(process.execPath, ['--import', TSX, VIPISO, 'diff', ...words], {
        cwd: bed.folder,
        encoding: 'utf8',
      });
    expect(said('releases/a', 'releases/a').status).toBe(0);
    const json = said('releases/a/lb-1.iso', 'releases/a/lb-2.iso', '--json');
    expect(json.status).toBe(7);
    expect(json.stdout).toContain('"name":"diff"');
    const missing = said('releases/a', 'releases/none');
    expect(missing.status).toBe(5);
    const seen = { json: json.stdout, errors: json.stderr + missing.stderr };
    expect(placesOfSecrets(bed.canaries, [], seen)).toEqual([]);
  });
}

/** @returns absolute path of a private key; its public half lies beside it */
function rebuilderKey(folder: string, name: string): string {
  const file = path.join(folder, `${name}.rsa`);
  const { signing, publicKey } = generateKeyPair(name, 2048);
  writeFileSync(file, signing.privateKeyPem, { mode: 0o600 });
  writeFileSync(`${file}.pub`, publicKey.pem);
  return file;
}

/** Stands in for diffoscope, which takes minutes: its command line and its exit code are real. @returns its folder */
function diffoscopeDouble(folder: string): string {
  const tools = path.join(folder, 'tools');
  mkdirSync(tools);
  writeFileSync(path.join(tools, 'diffoscope'), '#!/bin/sh\necho "$@"\nexit 1\n', { mode: 0o755 });
  return tools;
}

/** Puts another package's file in the place of one. @returns the name that it goes by */
function swapPackage(image: string): string {
  const run = (...args: string[]): string =>
    execFileSync('xorriso', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const names = run('-indev', image, '-find', '/apks', '-name', '*.apk')
    .split('\n')
    .map((line) => line.trim().replaceAll("'", ''))
    .filter((line) => line.endsWith('.apk'));
  const find = (pattern: RegExp): string => names.find((name) => pattern.test(name)) ?? '';
  const [victim, other] = [find(/\/keepalived-\d/), find(/\/haproxy-\d/)];
  const taken = `${image}.apk`;
  run('-osirrox', 'on', '-indev', image, '-extract', other, taken);
  const changed = `${image}.new`;
  run(
    '-indev',
    image,
    '-outdev',
    changed,
    '-boot_image',
    'any',
    'replay',
    '-update',
    taken,
    victim,
  );
  cpSync(changed, image);
  for (const file of [taken, changed]) rmSync(file, { force: true });
  return path.basename(victim, '.apk').replaceAll('.', String.raw`\.`);
}

/** As whoever made the release could, and nobody else. */
async function signAgain(bed: ReleaseBed, folder: string): Promise<void> {
  const file = path.join(folder, 'SHA256SUMS');
  const sums = new Map(parseChecksums(readFileSync(file, 'utf8')));
  sums.set('lb-2.iso', sha256(readFileSync(path.join(folder, 'lb-2.iso'))));
  const text = formatChecksums(sums);
  writeFileSync(file, text);
  const { signing } = await siteKey(bed.site().host);
  writeFileSync(`${file}.sig`, signChecksums(text, signing.privateKeyPem));
}
