import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../../scripts/core/digest.ts';
import type { ProgressEvent } from '../../../scripts/core/events.ts';
import type { BuildResult } from '../../../scripts/image/build-images.ts';
import type { BaseInputs } from '../../../scripts/image/native/base/base-inputs.ts';
import { buildBase } from '../../../scripts/image/native/base/build-base.ts';
import { writeNodeIso } from '../../../scripts/image/native/write-node-iso.ts';
import { testKeyPair } from '../../support/apk/apk-builder.ts';
import { REFERENCE_FILE, modelOf, nodeOf } from '../../support/cluster/reference-model.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { testHost } from '../../support/host/test-host.ts';
import type { TestHost } from '../../support/host/test-host.ts';
import { changed, smallSet, writePackages } from '../../support/hostile/packages.ts';
import { labSource, makeSite, suiteFolder } from '../../support/images/build-site.ts';
import type { PackageSource, Site } from '../../support/images/build-site.ts';
import { testProfile } from '../../support/images/image-inputs.ts';
import { suiteHost } from '../../support/images/lab-pair.ts';

const TOOLS = ['bwrap', 'xorriso', 'mksquashfs', 'mformat', 'mcopy', 'apt-get'];
const ONE = { frozen: true, nodes: ['lb-1'] };
const COLD_BUILD_MS = 600_000;
const pair = testKeyPair('damaged');

function flipByte(file: string): void {
  const bytes = readFileSync(file);
  const at = Math.floor(bytes.length / 2);
  chmodSync(file, 0o600);
  writeFileSync(file, bytes.length === 0 ? 'x' : bytes.fill((bytes[at] ?? 0) ^ 1, at, at + 1));
}

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => lstatSync(path.join(folder, name)).isFile())
    .sort();
}

const warningsOf = (host: TestHost): string[] =>
  host.events.flatMap((event) =>
    event.type === 'note' && event.level === 'warning' ? [event.text] : [],
  );

describe.runIf(requireTools(...TOOLS))('a cached base', () => {
  const folder = suiteFolder();
  let lab: PackageSource;

  beforeAll(async () => {
    lab = await labSource(suiteHost());
  });

  /** An image of the smallest base that there is. */
  async function imageOf(host: TestHost): Promise<string> {
    const packages = path.join(folder, 'packages');
    mkdirSync(packages, { recursive: true });
    const boot = ['isohdpfx.bin', 'isolinux.bin'].map((name, index) => {
      return {
        path: `usr/share/syslinux/${name}`,
        content: Buffer.alloc([432, 4096][index] ?? 0, 1),
      };
    });
    const small = smallSet(path.join(lab.repository, 'x86_64'));
    const set = changed(small, { name: 'syslinux', files: boot });
    const files = writePackages(packages, set, pair.signing);
    const epoch = 1_700_000_000;
    const inputs: BaseInputs = {
      ...{ arch: 'x86_64', branch: 'v3.19', flavour: 'virt', profileName: 'virt', epoch },
      ...{ profile: testProfile(), kernelPackages: files, imagePackages: files.slice(0, 1) },
      ...{ kernelRequests: [], toolVersions: {}, modules: 'all' },
      siteKey: { signing: pair.signing, publicKeyPem: pair.publicKey.pem },
    };
    const base = await buildBase(host, inputs);
    const cluster = modelOf(REFERENCE_FILE);
    const overlay = Buffer.from('overlay');
    const { image } = cluster;
    const stamp = { node: nodeOf(cluster), image, profile: inputs.profile, flavour: 'virt' };
    const iso = path.join(host.folder, 'image.iso');
    await writeNodeIso(host, base, { ...stamp, overlay, epoch }, iso);
    return sha256(readFileSync(iso));
  }

  test('in which any one file is damaged gives the same image all the same, and is told of', async () => {
    const host = testHost();
    const right = await imageOf(host);
    const [key = ''] = readdirSync(path.join(host.cacheFolder, 'bases'));
    const content = path.join(host.cacheFolder, 'bases', key, 'content');
    const files = filesOf(content);
    expect(files.length).toBeGreaterThan(15);
    const place = `The cache held a damaged folder, which was removed: ${path.dirname(content)}`;
    // One alone, and all at once: every one of them is told.
    for (const names of [files.filter((it) => it.includes('initramfs')), files]) {
      host.events.length = 0;
      for (const name of names) flipByte(path.join(content, name));
      expect(await imageOf(host), names.join()).toBe(right);
      expect(warningsOf(host)).toHaveLength(1);
      expect(warningsOf(host)[0]).toContain(`${place} (${names[0] ?? ''} has different content`);
      const more = names.length > 3 ? ` and ${names.length - 3} more)` : ')';
      expect(warningsOf(host)[0]?.endsWith(more)).toBe(true);
    }
    host.events.length = 0;
    expect(await imageOf(host)).toBe(right);
    expect(warningsOf(host)).toEqual([]);
  });
});

describe.runIf(requireTools(...TOOLS))('a build from a damaged cache', () => {
  const folder = suiteFolder();
  let site: Site;
  let first: BuildResult;

  beforeAll(async () => {
    site = await makeSite(await labSource(suiteHost()), folder);
    first = await site.build({ nodes: ['lb-1'] });
  }, COLD_BUILD_MS);

  const cached = (kind: string): string[] =>
    filesOf(path.join(site.host.cacheFolder, kind)).map((name) =>
      path.join(site.host.cacheFolder, kind, name),
    );
  const oneOf = (kind: string, pattern: RegExp): string =>
    cached(kind).find((name) => pattern.test(name)) ?? `no file like ${String(pattern)}`;
  const digests = (built: BuildResult): string[] => built.images.map((it) => it.sha256);

  test('no file of it is one with a file of the base', () => {
    const shared = [...cached('sha256'), ...cached('bases')].filter(
      (file) => statSync(file).nlink > 1,
    );
    expect(shared).toEqual([]);
  });

  test('never ships what was damaged between base and image', async () => {
    const kernel = oneOf('bases', /boot\/vmlinuz-virt$/);
    // Behind the check of the base, before the first image is written.
    const report = (event: ProgressEvent): void => {
      site.host.events.push(event);
      if (event.type === 'step-start' && event.id === 'image-lb-1') flipByte(kernel);
    };
    const hurt = await makeSite(await labSource(suiteHost()), folder, {
      ...{ cacheFolder: site.host.cacheFolder, dataFolder: site.host.dataFolder, report },
    });
    await expect(hurt.build(ONE)).rejects.toMatchObject({
      code: 'image-wrong',
      details: ['/boot/vmlinuz-virt is not the file that was put onto it'],
    });
  });

  test('heals: the base, a package of the store, the packages’ root', async () => {
    const damaged = [
      oneOf('bases', /haproxy-[^/]*\.apk$/),
      ...cached('sha256').slice(0, 3),
      oneOf('image-roots', /bin\/haproxy$/),
    ];
    for (const file of damaged) flipByte(file);
    // So that the programs of the root are asked again.
    rmSync(path.join(site.host.cacheFolder, 'config-tests'), { recursive: true });
    site.host.events.length = 0;
    expect(digests(await site.build(ONE))).toEqual(digests(first));
    const said = warningsOf(site.host).join('\n');
    for (const words of [
      /damaged file, .*sha256/,
      /damaged folder, .*bases/,
      /damaged folder, .*image-roots/,
    ])
      expect(said).toMatch(words);
  });

  test('says so where a damaged package is not to be had any more', async () => {
    flipByte(cached('sha256')[0] ?? '');
    // Named as the lock names it.
    const gone = path.join(folder, 'gone', 'repo');
    mkdirSync(gone, { recursive: true });
    const sources = {
      offline: true,
      repositories: [{ name: 'repo', tag: undefined, bases: [gone] }],
    };
    await expect(site.build(ONE, sources)).rejects.toMatchObject({ code: 'not-found' });
    expect(digests(await site.build(ONE))).toEqual(digests(first));
  });
});
