import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../../scripts/core/digest.ts';
import { readDerived } from '../../../scripts/host/cache/derived-file.ts';
import type { BuildResult } from '../../../scripts/image/build-images.ts';
import { withIsoImage } from '../../../scripts/image/iso9660/iso-image.ts';
import type { IsoImage } from '../../../scripts/image/iso9660/iso-image.ts';
import type { ModuleSelection } from '../../../scripts/image/modules/selection.ts';
import { Manifest } from '../../../scripts/image/publish/manifest.ts';
import { runCommand } from '../../support/cli/run-command.ts';
import { writeFleet } from '../../support/cluster/fleet-files.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { memoryFolder, temporaryFolder } from '../../support/host/test-host.ts';
import {
  alpineSource,
  filesBelow,
  labSource,
  makeSite,
  suiteFolder,
  workDone,
} from '../../support/images/build-site.ts';
import type { PackageSource, Site } from '../../support/images/build-site.ts';
import { suiteHost } from '../../support/images/lab-pair.ts';

/** What the build kept of its choice: the one that there is. */
async function selectionOf({ host }: Site): Promise<ModuleSelection> {
  const kind = path.join(host.cacheFolder, 'module-selections');
  const [key = ''] = await filesBelow(kind);
  const text = (await readDerived(host, 'module-selections', key))?.toString();
  return JSON.parse(text ?? '') as ModuleSelection;
}

const TOOLS = ['bwrap', 'xorriso', 'mksquashfs', 'mformat', 'mcopy', 'unsquashfs', 'apt-get'];
const DEFINITIONS = [
  'hyperv.ps1',
  'libvirt.xml',
  'proxmox.sh',
  'terraform-libvirt',
  'terraform-libvirt/main.tf',
  'terraform-proxmox',
  'terraform-proxmox/main.tf',
  'vsphere.sh',
];
const COLD_BUILD_MS = 600_000;

const alpine = alpineSource();
const sources: [string, () => Promise<PackageSource>][] = [
  ['the lab', () => labSource(suiteHost())],
  ...(alpine === undefined
    ? []
    : [
        ['Alpine', async () => await Promise.resolve(alpine)] as [
          string,
          () => Promise<PackageSource>,
        ],
      ]),
];

describe.runIf(requireTools(...TOOLS)).each(sources)(
  'images from packages of %s',
  (_name, find) => {
    const folder = suiteFolder();
    let source: PackageSource;
    let site: Site;
    let first: BuildResult;

    beforeAll(async () => {
      source = await find();
      site = await makeSite(source, folder);
      first = await site.build();
    }, COLD_BUILD_MS);

    const look = <T>(work: (image: IsoImage) => T | Promise<T>): Promise<T> =>
      withIsoImage(path.join(site.out, 'lb-1.iso'), async (image) => await work(image));

    test('one per node, with checksums and a manifest that say what they are', async () => {
      expect(await filesBelow(site.out)).toEqual([
        'SHA256SUMS',
        'deploy',
        ...['lb-1', 'lb-2'].flatMap((node) => [
          `deploy/${node}`,
          ...DEFINITIONS.map((file) => `deploy/${node}/${file}`),
        ]),
        'lb-1.iso',
        'lb-2.iso',
        'manifest.json',
      ]);
      const manifest = Manifest.parse(JSON.parse(await readFile(first.manifest, 'utf8')));
      const sums = await readFile(first.checksums, 'utf8');
      for (const image of first.images) {
        const bytes = await readFile(image.file);
        expect(image).toMatchObject({ size: bytes.length, sha256: sha256(bytes) });
        expect(sums).toContain(`${image.sha256}  ${path.basename(image.file)}\n`);
        const { sha256: digest, size, role } = image;
        expect(manifest.images).toContainEqual(
          expect.objectContaining({ node: image.node, sha256: digest, size, role }),
        );
      }
      expect(JSON.stringify(manifest)).not.toContain(site.folder);
    });

    test('for their owner alone', async () => {
      expect((await stat(site.out)).mode & 0o777).toBe(0o700);
      for (const { file } of first.images) expect((await stat(file)).mode & 0o777).toBe(0o600);
    });

    test("laid out as mkimage's", async () => {
      const paths = await look(({ entries }) => [...entries.keys()].sort());
      const marker = paths.find((it) => /^vipiso-[0-9a-f]{8}$/.test(it)) ?? 'no marker';
      const packages = paths.filter((it) => it.endsWith('.apk'));
      expect(paths.filter((it) => !packages.includes(it))).toEqual([
        '.alpine-release',
        'apks',
        'apks/.boot_repository',
        'apks/x86_64',
        'apks/x86_64/APKINDEX.tar.gz',
        'boot',
        'boot/System.map-virt',
        'boot/config-virt',
        'boot/grub',
        'boot/grub/efi.img',
        'boot/grub/grub.cfg',
        'boot/initramfs-virt',
        'boot/modloop-virt',
        'boot/syslinux',
        'boot/syslinux/boot.cat',
        'boot/syslinux/isohdpfx.bin',
        'boot/syslinux/isolinux.bin',
        'boot/syslinux/ldlinux.c32',
        'boot/syslinux/libcom32.c32',
        'boot/syslinux/libutil.c32',
        'boot/syslinux/mboot.c32',
        'boot/syslinux/syslinux.cfg',
        'boot/vmlinuz-virt',
        'efi',
        'efi/boot',
        'efi/boot/bootx64.efi',
        'lb-1.apkovl.tar.gz',
        marker,
        `${marker}/overlay.img`,
      ]);
      expect(packages).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^apks\/x86_64\/haproxy-\d/),
          expect.stringMatching(/^apks\/x86_64\/keepalived-\d/),
          expect.stringMatching(/^apks\/x86_64\/openssl-\d/),
        ]),
      );
      expect(packages.some((it) => it.includes('linux-virt'))).toBe(false);
    });

    test('carry the modules of the profile; what a node loads beside them is named', async () => {
      const { kept, leftOut } = await selectionOf(site);
      expect(kept).toContainEqual(expect.stringMatching(/\/nf_tables\.ko$/));
      const [module = ''] = leftOut;
      const file = path.join(folder, 'own', 'etc', 'modules-load.d', 'own.conf');
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, `${module}\n`);
      await site.configure({ overlay: 'own' });
      await expect(site.build()).rejects.toMatchObject({
        code: 'image-wrong',
        details: [`etc/modules-load.d/own.conf of the overlay loads ${module}`],
        hint: expect.stringContaining('image.modules') as string,
      });
      await site.configure({ image: { engine: 'native', modules: ['nf_tabels'] } });
      await expect(site.build()).rejects.toMatchObject({
        code: 'not-found',
        message: 'linux-virt has no module nf_tabels',
        hint: 'Correct image.modules: did you mean nf_tables?',
      });
      await site.configure({});
    });

    test('that start as a CD and as a disk', async () => {
      expect(await look(({ boots }) => boots)).toEqual({ asCd: true, asDisk: true });
    });

    test('are made again from a changed cluster file without making the base again', async () => {
      await site.configure({ system: { timezone: 'Europe/Berlin' }, name: 'renamed' });
      // Another package set would need another lock; this change needs none.
      await site.configure({ name: 'renamed' });
      site.host.events.length = 0;
      const second = await site.build({ frozen: true }, { offline: true });
      expect(workDone(site.host.events)).toEqual([
        'config-test',
        'image-lb-1',
        'image-lb-2',
        'audit',
      ]);
      expect(second.images.map((it) => it.sha256)).not.toEqual(first.images.map((it) => it.sha256));
      await site.configure({});
      const third = await site.build({ frozen: true }, { offline: true });
      expect(third.images.map((it) => it.sha256)).toEqual(first.images.map((it) => it.sha256));
    });

    test('of one node alone leave the other as it was', async () => {
      const before = await readFile(path.join(site.out, 'lb-1.iso'));
      const { images } = await site.build({ nodes: ['lb-2'] });
      expect(images.map(({ node }) => node)).toEqual(['lb-2']);
      expect((await readFile(path.join(site.out, 'lb-1.iso'))).equals(before)).toBe(true);
    });

    test('of a fleet have one base, a lock for each cluster, and stand beside a broken one', async () => {
      const fleet = path.join(folder, 'fleet');
      const files = writeFleet(fleet, {
        amsterdam: {},
        broken: {},
        // In the image anyway, so the base is the same; the lock of a cluster that does not ask for it would be stale.
        vienna: { alpine: { packages: ['nftables'] } },
      });
      const flags = ['--repository', source.repository, '--keys', source.keys, '--offline'];
      const out = path.join(folder, 'images');
      site.host.events.length = 0;
      const ran = await runCommand(site.host, ['build', ...files, '--out', out, ...flags]);
      expect(ran.error).toMatchObject({
        code: 'cluster-invalid',
        message: '1 of 3 clusters failed',
      });
      expect(await filesBelow(fleet)).toEqual([
        'amsterdam.lock.json',
        'amsterdam.yaml',
        'broken.yaml',
        'vienna.lock.json',
        'vienna.yaml',
      ]);
      expect((await filesBelow(out)).filter((it) => it.endsWith('.iso'))).toEqual([
        'amsterdam/amsterdam-1.iso',
        'amsterdam/amsterdam-2.iso',
        'vienna/vienna-1.iso',
        'vienna/vienna-2.iso',
      ]);
      expect(workDone(site.host.events)).not.toContain('base');
      expect(ran.results.map(({ data }) => data)).toMatchObject([
        { file: files[0], summary: expect.stringContaining('2 images') as unknown },
        { file: files[1], failure: { code: 'cluster-invalid' } },
        { file: files[2], out: path.join(out, 'vienna') },
      ]);
      expect(ran.printed).toMatch(/^FAILED +\S+broken\.yaml +- /m);
      const part = ['--shard', '3/3', '--frozen'];
      const again = await runCommand(site.host, [
        'build',
        ...files,
        '--out',
        out,
        ...flags,
        ...part,
      ]);
      expect(again.error).toBeUndefined();
      expect(again.results).toMatchObject([{ data: { file: files[2] } }]);
    });

    test(
      'are the same bytes from another folder, file system, umask and time zone',
      async () => {
        // In memory: other device and inode numbers, and another order of folders, than on a disk.
        const cacheFolder = memoryFolder('vipiso=a b$HOME "c" \'d\' \\e @@7-');
        const before = { umask: process.umask(0o077), zone: process.env['TZ'] };
        process.env['TZ'] = 'Pacific/Kiritimati';
        try {
          const { dataFolder } = site.host;
          const folder = path.join(temporaryFolder(), 'else $(where)=b "c" \'d\' \\e @@7');
          const elsewhere = await makeSite(source, folder, { cacheFolder, dataFolder });
          const again = await elsewhere.build();
          expect(again.images.map((it) => it.sha256)).toEqual(first.images.map((it) => it.sha256));
        } finally {
          process.umask(before.umask);
          if (before.zone === undefined) delete process.env['TZ'];
          else process.env['TZ'] = before.zone;
        }
      },
      COLD_BUILD_MS,
    );
  },
);
