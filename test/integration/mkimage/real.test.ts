import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { VipisoError } from '../../../scripts/core/errors.ts';
import type { BuildResult } from '../../../scripts/image/build-images.ts';
import { compareImages } from '../../../scripts/image/compare/compare-images.ts';
import { ejectCluster } from '../../../scripts/workflows/eject.ts';
import { RealSites, realBed } from '../../support/apk/real-bed.ts';
import { followReadme } from '../../support/cluster/by-hand.ts';
import { memoryFolder } from '../../support/host/test-host.ts';
import { suiteFolder } from '../../support/images/build-site.ts';

/** mksquashfs takes minutes on a slow machine. */
const LONG = 1_800_000;

/** Puts an abuild-sign in PATH that ends well and does nothing; vipiso's own folder stays the first. */
const SIGN_NOTHING = `mkdir /tmp/x; echo '#!/bin/sh' > /tmp/x/abuild-sign; chmod +x /tmp/x/abuild-sign
PATH="\${PATH%%:*}:/tmp/x:\${PATH#*:}"
`;

const bed = realBed();

describe.runIf(bed !== undefined)('the real mkimage', () => {
  if (bed === undefined) return;
  const sites = new RealSites(bed, suiteFolder());
  const digests = (built: BuildResult): string[] => built.images.map(({ sha256 }) => sha256);
  const fileOf = (built: BuildResult): string => built.images[0]?.file ?? '';

  let first: BuildResult;
  beforeAll(async () => {
    first = await sites.build(await sites.site('first'));
  }, LONG);

  test('makes one image per node, opened and found right, and says so in the manifest', async () => {
    expect(first.images.map(({ node }) => node)).toEqual(['lb-1', 'lb-2']);
    const manifest = JSON.parse(await readFile(first.manifest, 'utf8')) as { engine: string };
    expect(manifest.engine).toBe('mkimage');
  });

  test(
    'never brings out an old overlay after a change, though all sections are those of before',
    async () => {
      const place = await sites.site('changed', { service: { port: 7443 } });
      const out = path.join(memoryFolder(), 'out');
      const changed = await sites.build(place, { request: { out } });
      const { differences } = await compareImages(
        sites.host(place),
        fileOf(first),
        fileOf(changed),
      );
      const names = differences.map(({ section, name }) => `${section} ${name}`);
      expect(names).toContain('overlay etc/haproxy/haproxy.cfg');
      expect(differences.filter(({ section }) => !['overlay', 'files'].includes(section))).toEqual(
        [],
      );
    },
    LONG,
  );

  test(
    'that is killed leaves no image and no process; the next run, on another file system and under another umask, gives equal bytes',
    async () => {
      const below = memoryFolder();
      const place = await sites.site('again', { below });
      const cacheFolder = path.join(below, 'cache');
      await killedBuild(place, cacheFolder);
      expect(existsSync(path.join(place, 'out', 'manifest.json'))).toBe(false);
      const usual = process.umask(0o077);
      try {
        const again = await sites.build(place, { host: { cacheFolder } });
        expect(digests(again)).toEqual(digests(first));
      } finally {
        process.umask(usual);
      }
      expect(await readdir(path.join(cacheFolder, 'mkimage-runs'))).toEqual([]);
      expect((await readdir(path.join(place, 'out'))).sort()).toEqual([
        ...['SHA256SUMS', 'lb-1.iso', 'lb-2.iso', 'manifest.json'],
      ]);
    },
    LONG,
  );

  /** Starts the tool as a user would, and kills it alone in the midst of mkimage's work. */
  async function killedBuild(place: string, cacheFolder: string): Promise<void> {
    const { engine, sources: from } = sites.request(place);
    const [repository] = from.repositories ?? [];
    const args = ['build', '--engine', 'mkimage', '--offline', '--aports', engine.aports ?? ''];
    const sources = ['--repository', repository?.bases[0] ?? '', '--keys', from.keysFolder ?? ''];
    const child = spawn(process.execPath, [sites.tool, ...args, ...sources], {
      cwd: place,
      env: {
        PATH: process.env['PATH'],
        VIPISO_CACHE: cacheFolder,
        VIPISO_DATA: path.join(sites.folder, 'data'),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = new Promise((resolve) => child.once('close', resolve));
    for await (const chunk of child.stderr) {
      if (String(chunk).includes('Packing kernel')) break;
    }
    child.kill('SIGKILL');
    await ended;
    await expect.poll(() => processesNaming(cacheFolder), { timeout: 20_000 }).toEqual([]);
  }

  test(
    'gives equal bytes with the tools of an Alpine host that are the locked ones',
    async () => {
      const place = await sites.site('host');
      const systemRoot = await sites.alpineSystem();
      const hosts = await sites.build(place, {
        request: { engine: { ...sites.request(place).engine, builder: 'host' } },
        host: { systemRoot, cacheFolder: path.join(place, 'cache') },
      });
      expect(digests(hosts)).toEqual(digests(first));
      expect(existsSync(path.join(place, 'cache', 'builders'))).toBe(false);
    },
    LONG,
  );

  test(
    'gives equal bytes by hand, as the README of the ejected folder says',
    async () => {
      const place = await sites.site('ejected');
      const host = sites.host(place);
      const ejected = await ejectCluster(host, {
        ...sites.request(place),
        out: path.join(place, 'by-hand'),
      });
      const keys = path.join(host.dataFolder, 'keys');
      const [key = ''] = (await readdir(keys)).filter((it) => it.endsWith('.rsa'));
      const scratch = path.join(place, 'scratch');
      await mkdir(scratch);
      const system = await sites.alpineSystem();
      const privateKey = path.join(keys, key);
      await followReadme(host, { ejected, system, aports: bed.aports, privateKey, scratch });
      const { text } = await compareImages(
        host,
        fileOf(first),
        path.join(ejected, 'out', 'lb-1.iso'),
      );
      expect(text).toEqual(['the images do not differ']);
      for (const { file } of first.images) {
        const byHand = await readFile(path.join(ejected, 'out', path.basename(file)));
        expect(byHand.equals(await readFile(file))).toBe(true);
      }
    },
    LONG,
  );

  test.each([
    ['an unknown profile', (text: string) => text.replace('\tprofile_$PROFILE\n', '\treturn 0\n')],
    [
      'a profile without arch',
      (text: string) => text.replace('\tprofile_$PROFILE\n', '\tprofile_$PROFILE; arch=\n'),
    ],
  ])(
    'that ends well without an image because of %s is an error with the log',
    async (what, change) => {
      const name = what.replaceAll(' ', '-');
      const aports = await sites.brokenAports(`${name}-aports`, change);
      const place = await sites.site(name, { lock: false });
      const error = await failureOf(
        sites.build(place, { request: { engine: { name: 'mkimage', aports } } }),
      );
      expect(error.code).toBe('image-wrong');
      expect(error.message).toContain('made no lb-1.iso');
      expect(error.details.join('\n')).toContain('Images generated in /vipiso/out');
      expect(existsSync(path.join(place, 'out', 'lb-1.iso'))).toBe(false);
    },
    LONG,
  );

  test(
    'that signs with no key makes an image which does not get out',
    async () => {
      const aports = await sites.brokenAports('keyless-aports', (text) =>
        text.replace('# create images\n', `unset _abuild_pubkey\n${SIGN_NOTHING}`),
      );
      const place = await sites.site('keyless', { lock: false });
      const error = await failureOf(
        sites.build(place, { request: { engine: { name: 'mkimage', aports } } }),
      );
      // Newer scripts do not get that far.
      const older = /APKINDEX\.tar\.gz: The package index .*sign/;
      expect(error.details.join('\n')).toMatch(bed.branch === 'v3.19' ? older : /./);
      expect(['image-wrong', 'tool-failed']).toContain(error.code);
      expect(existsSync(path.join(place, 'out', 'lb-1.iso'))).toBe(false);
    },
    LONG,
  );

  test(
    'agrees with the native engine in everything that a machine sees of the image',
    async () => {
      const place = await sites.site('native');
      const native = await sites.build(place, { request: { engine: { name: 'native' } } });
      const { differences, repacked } = await compareImages(
        sites.host(place),
        fileOf(first),
        fileOf(native),
      );
      const names = differences.map(({ section, name }) =>
        `${section} ${name}`
          .replace(/modules\/[^/]+/, 'modules/*')
          .replace(/\.SIGN\.RSA\..*/, '.SIGN.RSA.*'),
      );
      // What ARCHITECTURE.md names.
      const ofKeys = (await readdir(bed.source.keys)).map((it) => `initramfs etc/apk/keys/${it}`);
      const known = (it: string): boolean =>
        it.startsWith('initramfs lib/modules/*/modules.') || ofKeys.includes(it);
      expect(names.filter((it) => !known(it))).toEqual([
        ...['medium volume id', 'initramfs .', 'initramfs var/cache/misc/modloop-virt.SIGN.RSA.*'],
        ...[
          'EFI image efi/boot/bootx64.efi',
          'files boot/dtbs-virt',
          'files boot/syslinux/boot.cat',
        ],
        ...['files boot/syslinux/isolinux.bin', 'files efi/boot/bootx64.efi'],
      ]);
      expect([...repacked].sort()).toEqual([
        ...['apks/x86_64/APKINDEX.tar.gz', 'boot/grub/efi.img', 'boot/initramfs-virt'],
        'boot/modloop-virt',
      ]);
    },
    LONG,
  );
});

async function failureOf(work: Promise<unknown>): Promise<VipisoError> {
  return await work.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error as VipisoError,
  );
}

/** Command lines of living processes that name a folder. */
async function processesNaming(folder: string): Promise<readonly string[]> {
  const pids = (await readdir('/proc')).filter((it) => /^\d+$/.test(it) && it !== `${process.pid}`);
  const lines = await Promise.all(
    pids.map(async (pid) => await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')),
  );
  return lines.filter((line) => line.includes(folder));
}
