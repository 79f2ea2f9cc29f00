import { sign } from 'node:crypto';
import { appendFile, mkdir, open, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { writeIndexArchive } from '../../../scripts/apk/index/index-archive.ts';
import { recordOf } from '../../../scripts/apk/package/package-file.ts';
import { sha256 } from '../../../scripts/core/digest.ts';
import type { VipisoError } from '../../../scripts/core/errors.ts';
import { writeCpio } from '../../../scripts/formats/cpio.ts';
import { runTool } from '../../../scripts/host/process/run.ts';
import { auditIso } from '../../../scripts/image/audit/audit-iso.ts';
import type { ExpectedImage } from '../../../scripts/image/audit/audit-iso.ts';
import { withIsoImage } from '../../../scripts/image/iso9660/iso-image.ts';
import { gapsBetween } from '../../../scripts/image/iso9660/regions.ts';
import { kernelArguments } from '../../../scripts/image/kernel-arguments.ts';
import { writeNodeIso } from '../../../scripts/image/native/write-node-iso.ts';
import { digestsOf, nodeFiles } from '../../../scripts/image/node-files.ts';
import { releaseIdOf } from '../../../scripts/image/release-id.ts';
import { buildApk, testKeyPair } from '../../support/apk/apk-builder.ts';
import { REFERENCE_FILE, modelOf, nodeOf } from '../../support/cluster/reference-model.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { testHost } from '../../support/host/test-host.ts';
import { testProfile } from '../../support/images/image-inputs.ts';

const pair = testKeyPair('vipiso');
const other = testKeyPair('other');
const siteKey = { signing: pair.signing, publicKeyPem: pair.publicKey.pem };
const release = releaseIdOf(sha256('audit'));
const profile = testProfile();
const epoch = 1_700_000_000;
const flavour = 'virt';
const overlay = gzipSync('an overlay');
const haproxy = buildApk({ name: 'haproxy', version: '2.8.0-r0' }, pair.signing);
const ISOLINUX = Buffer.alloc(4095, 1);
const APKS = 'apks/x86_64';
const SIGNATURE = `var/cache/misc/modloop-virt.SIGN.RSA.${pair.publicKey.name}`;

/** A small medium with everything in its place and nothing that would run; `change` breaks its tree. */
async function makeMedium(change: (tree: string) => Promise<void>) {
  const host = testHost();
  const tree = path.join(host.folder, 'tree');
  const record = recordOf(haproxy);
  const entry = { mode: 0o100644, device: { major: 0, minor: 0 }, linkGroup: undefined };
  const keyFile = `etc/apk/keys/${pair.publicKey.name}`;
  const modloop = Buffer.from('modules');
  const initramfs = writeCpio(
    [
      { ...entry, name: 'init', content: Buffer.from('#!/bin/sh\n') },
      { ...entry, name: keyFile, content: Buffer.from(pair.publicKey.pem) },
      { ...entry, name: SIGNATURE, content: sign('sha1', modloop, pair.signing.privateKeyPem) },
    ],
    epoch,
  );
  const index = { records: [record], description: 'test', epoch, key: pair.signing };
  const files = new Map<string, string | Buffer>([
    ['.alpine-release', 'test\n'],
    ['apks/.boot_repository', ''],
    [`${APKS}/APKINDEX.tar.gz`, writeIndexArchive(index)],
    [`${APKS}/haproxy-2.8.0-r0.apk`, haproxy],
    ['boot/vmlinuz-virt', 'kernel'],
    ['boot/modloop-virt', modloop],
    ['boot/initramfs-virt', gzipSync(initramfs)],
    ['boot/syslinux/isolinux.bin', ISOLINUX],
    ['boot/syslinux/isohdpfx.bin', Buffer.alloc(432, 1)],
    ['boot/grub/efi.img', Buffer.alloc(1440 * 1024, 'BOOTX64 EFI')],
    // Longer than a directory record has room for: the Rock Ridge name continues elsewhere.
    [`boot/${'a-long-name-'.repeat(20)}`, 'x'],
  ]);
  for (const [name, content] of files) {
    await mkdir(path.dirname(path.join(tree, name)), { recursive: true });
    await writeFile(path.join(tree, name), content);
  }
  await change(tree);
  const cluster = modelOf(REFERENCE_FILE);
  const { image } = cluster;
  const node = nodeOf(cluster);
  const { hostname } = node;
  const iso = path.join(host.folder, 'medium.iso');
  await writeNodeIso(
    host,
    { tree, release },
    { node, image, profile, flavour, overlay, epoch },
    iso,
  );
  const part = { hostname, image, profile, flavour, release, overlay, epoch };
  const { name, version, arch, checksum, size } = record;
  const locked = { name, version, arch, checksum, size, repository: 'main', origin: name };
  const expected: ExpectedImage = {
    hostname,
    arch: 'x86_64',
    flavour,
    volumeId: release.volumeId,
    packages: [{ locked: { ...locked, sha256: sha256(haproxy), for: ['image'] } }],
    siteKey,
    overlay,
    markerFolder: release.markerFolder,
    epoch,
    files: new Map([...digestsOf(files), ...digestsOf(nodeFiles(part))]),
    isolinux: ISOLINUX,
    kernelArguments: kernelArguments(image, profile, { flavour, hostname, release }),
  };
  return { host, iso, expected, files };
}

async function findingsOf(
  change: (tree: string) => Promise<void>,
  expectation: Partial<ExpectedImage> = {},
): Promise<readonly string[]> {
  const { iso, expected } = await makeMedium(change);
  try {
    await auditIso(iso, { ...expected, ...expectation });
    return [];
  } catch (error) {
    expect(error).toMatchObject({ code: 'image-wrong' });
    return (error as VipisoError).details;
  }
}

const nothing = async (): Promise<void> => await Promise.resolve();
const remove = (name: string) => async (tree: string) => await rm(path.join(tree, name));

describe.runIf(requireTools('xorriso'))('the audit of an image', () => {
  test('finds nothing in a good one', async () => {
    expect(await findingsOf(nothing)).toEqual([]);
  });

  test.each([
    ['the kernel', 'boot/vmlinuz-virt'],
    ['the initramfs', 'boot/initramfs-virt'],
    ['the modloop', 'boot/modloop-virt'],
    ['the mark of a boot repository', 'apks/.boot_repository'],
    ['the index', `${APKS}/APKINDEX.tar.gz`],
    ['a package', `${APKS}/haproxy-2.8.0-r0.apk`],
  ])('misses %s', async (_what, name) => {
    expect(await findingsOf(remove(name))).toContain(`/${name} is missing`);
  });

  test('sees a package that is not the locked one', async () => {
    const findings = await findingsOf(async (tree) => {
      await appendFile(path.join(tree, APKS, 'haproxy-2.8.0-r0.apk'), 'x');
    });
    expect(findings).toEqual([`/${APKS}/haproxy-2.8.0-r0.apk is not the file that the lock names`]);
  });

  test('sees a package that nobody asked for', async () => {
    const findings = await findingsOf(async (tree) => {
      await writeFile(path.join(tree, APKS, 'evil-1-r0.apk'), '');
    });
    expect(findings).toEqual([`/${APKS}/evil-1-r0.apk is not in the lock`]);
  });

  test.each([
    ['signed by another key', () => ({ key: other.signing, records: [recordOf(haproxy)] }), 'sign'],
    ['of other packages', () => ({ key: pair.signing, records: [] }), 'lists other packages'],
  ])('sees an index %s', async (_what, change, words) => {
    const findings = await findingsOf(async (tree) => {
      const index = writeIndexArchive({ description: '', epoch, ...change() });
      await writeFile(path.join(tree, APKS, 'APKINDEX.tar.gz'), index);
    });
    expect(findings).toHaveLength(1);
    expect(findings[0]).toContain(words);
  });

  test('sees an initramfs without the key that the index is signed by', async () => {
    const findings = await findingsOf(async (tree) => {
      const empty = gzipSync(writeCpio([], epoch));
      await writeFile(path.join(tree, 'boot/initramfs-virt'), empty);
    });
    expect(findings).toEqual([
      `/boot/initramfs-virt lacks /etc/apk/keys/${pair.publicKey.name}`,
      '/boot/initramfs-virt lacks /init',
      `/boot/initramfs-virt lacks /${SIGNATURE}`,
    ]);
  });

  test('sees another overlay, volume id and kernel arguments', async () => {
    const findings = await findingsOf(nothing, {
      overlay: Buffer.from('another'),
      volumeId: 'ANOTHER',
      kernelArguments: ['apkovl=/lb-9.apkovl.tar.gz'],
    });
    const foreign = findings.filter((it) => it.endsWith('which nobody asked for'));
    expect(foreign).toContain(
      '/boot/syslinux/syslinux.cfg has the kernel argument apkovl=/lb-1.apkovl.tar.gz, which nobody asked for',
    );
    expect(findings.filter((it) => !foreign.includes(it))).toEqual([
      `its volume id is “${release.volumeId}”, not ANOTHER`,
      '/boot/syslinux/syslinux.cfg lacks the kernel argument apkovl=/lb-9.apkovl.tar.gz',
      '/boot/grub/grub.cfg lacks the kernel argument apkovl=/lb-9.apkovl.tar.gz',
      '/lb-1.apkovl.tar.gz is another overlay',
      `/${release.markerFolder}/overlay.img contains another overlay`,
    ]);
  });

  test('sees a modloop that the initramfs vouches for no more', async () => {
    const findings = await findingsOf(async (tree) => {
      await appendFile(path.join(tree, 'boot/modloop-virt'), 'x');
    });
    expect(findings).toEqual([`/boot/modloop-virt is not what /${SIGNATURE} signs`]);
  });

  test('sees an EFI image that nothing was copied into', async () => {
    const findings = await findingsOf(async (tree) => {
      await writeFile(path.join(tree, 'boot/grub/efi.img'), Buffer.alloc(1440 * 1024));
    });
    expect(findings).toEqual(['/boot/grub/efi.img holds no boot loader']);
  });

  test('sees boot configurations that load no overlay', async () => {
    const findings = await findingsOf(nothing, { markerFolder: 'vipiso-00000000' });
    expect(findings).toEqual(['/vipiso-00000000/overlay.img is missing']);
  });

  test('sees one flipped bit wherever a file, a boot record or nothing is', async () => {
    const { iso, expected, files } = await makeMedium(nothing);
    const bytes = await readFile(iso);
    const places = await withIsoImage(iso, async (image) => {
      const inFiles = [...image.entries.values()]
        .filter(({ type, size }) => type === 'file' && size > 0)
        .flatMap(({ block, size, path: name }) =>
          [0, 0.5, 1].map((part) => {
            return { what: name, at: block * 2048 + Math.floor((size - 1) * part) };
          }),
        );
      const gaps = gapsBetween(await image.regions(), image.size).map(({ start, end }) => {
        return { what: 'a gap', at: Math.floor((start + end) / 2) };
      });
      const records = [0, 100, 431, 433, 512, 530, 1024, 1100, bytes.length - 500].map((at) => {
        return { what: 'a boot record', at };
      });
      return [...inFiles, ...gaps, ...records];
    });
    expect(places.length).toBeGreaterThan(3 * files.size);
    const handle = await open(iso, 'r+');
    for (const { what, at } of places) {
      await handle.write(Buffer.from([(bytes[at] ?? 0) ^ 1]), 0, 1, at);
      const refused = auditIso(iso, expected);
      await expect(refused, `${what}, byte ${at}`).rejects.toMatchObject({ code: 'image-wrong' });
      await handle.write(bytes, at, 1, at);
    }
    await handle.close();
    await auditIso(iso, expected);
    await appendFile(iso, 'more');
    await expect(auditIso(iso, expected)).rejects.toMatchObject({
      details: ['4 bytes follow its volume'],
    });
  });

  test('refuses an image that is cut short, and a file that is none', async () => {
    const { iso, expected } = await makeMedium(nothing);
    await truncate(iso, 200_000);
    await expect(auditIso(iso, expected)).rejects.toMatchObject({ code: 'image-wrong' });
    await writeFile(iso, 'no image');
    await expect(auditIso(iso, expected)).rejects.toMatchObject({ code: 'image-wrong' });
  });

  test('sees a disk without boot code', async () => {
    const { iso, expected } = await makeMedium(nothing);
    const handle = await open(iso, 'r+');
    await handle.write(Buffer.alloc(512), 0, 512, 0);
    await handle.close();
    await expect(auditIso(iso, expected)).rejects.toMatchObject({
      details: ['it has no boot code for disks'],
    });
  });
});

describe.runIf(requireTools('xorriso'))('the reader of ISO images', () => {
  test('finds the names, sizes and bytes that xorriso does', async () => {
    const { host, iso, files } = await makeMedium(nothing);
    const { stdout } = await runTool(host, {
      tool: 'xorriso',
      args: ['-indev', iso, '-find', '/', '-type', 'f', '-exec', 'report_lba', '--'],
    });
    const listed = [...stdout.matchAll(/^File data lba: .*, +(\d+) , '\/(.*)'$/gm)]
      .map(([, size, name]) => `${name ?? ''} ${size ?? ''}`)
      .sort();
    await withIsoImage(iso, async (image) => {
      const read = [...image.entries.values()].filter(({ type }) => type === 'file');
      // The boot catalogue is of xorriso's own making, which it does not list as a file.
      const usual = read.filter((it) => it.path !== 'boot/syslinux/boot.cat');
      expect(usual.map((it) => `${it.path} ${it.size}`).sort()).toEqual(listed);
      for (const [name, content] of files) {
        // The boot info table is written into this one.
        if (name.endsWith('isolinux.bin')) continue;
        expect((await image.read(name)).equals(Buffer.from(content))).toBe(true);
        expect(await image.sha256(name)).toBe(sha256(content));
      }
    });
    expect((await readFile(iso)).length % 2048).toBe(0);
  });
});
