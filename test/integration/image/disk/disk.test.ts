import { mkdir, open, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../../scripts/core/digest.ts';
import type { VipisoError } from '../../../../scripts/core/errors.ts';
import { readTar } from '../../../../scripts/formats/tar/tar-reader.ts';
import { runTool } from '../../../../scripts/host/process/run.ts';
import { auditDisk } from '../../../../scripts/image/disk/audit-disk.ts';
import { DISK_FORMS, convertDisk } from '../../../../scripts/image/disk/convert.ts';
import { writeDisk } from '../../../../scripts/image/disk/write-disk.ts';
import { writeOva } from '../../../../scripts/image/disk/write-ova.ts';
import { writeIso } from '../../../../scripts/image/native/iso.ts';
import { REFERENCE_FILE, modelOf, nodeOf } from '../../../support/cluster/reference-model.ts';
import { requireTools } from '../../../support/host/require-tools.ts';
import { testHost } from '../../../support/host/test-host.ts';
import type { TestHost } from '../../../support/host/test-host.ts';

const MIB = 1024 * 1024;
const loaders = { disk: Buffer.alloc(440, 1), partition: Buffer.alloc(432, 2) };
const epoch = 1_700_000_000;
const EFI_START = MIB;
const CONTENT_START = 35 * MIB;

/** A medium with what a disk takes from it, and nothing that would run. */
async function makeIso(host: TestHost): Promise<string> {
  const tree = path.join(host.folder, 'tree');
  const files = new Map<string, Buffer>([
    ['boot/syslinux/isolinux.bin', Buffer.alloc(4096, 1)],
    ['boot/syslinux/isohdpfx.bin', Buffer.alloc(432, 3)],
    ['boot/grub/efi.img', Buffer.alloc(1440 * 1024, 'FAT')],
    ['efi/boot/bootx64.efi', Buffer.alloc(300_000, 'GRUB')],
    ['boot/vmlinuz-virt', Buffer.alloc(MIB, 'kernel')],
  ]);
  for (const [name, content] of files) {
    await mkdir(path.dirname(path.join(tree, name)), { recursive: true });
    await writeFile(path.join(tree, name), content);
  }
  const output = path.join(host.folder, 'lb-1.iso');
  const log = path.join(host.folder, 'log');
  await writeIso(host, { tree, grafts: [], volumeId: 'TEST', epoch, output, log });
  return output;
}

async function makeDisk(host: TestHost, name = 'lb-1.raw') {
  const iso = path.join(host.folder, 'lb-1.iso');
  const output = path.join(host.folder, name);
  await writeDisk(host, { iso, output, folder: host.folder, loaders, epoch });
  return { iso, disk: output };
}

async function findings(files: { disk: string; iso: string }): Promise<readonly string[]> {
  try {
    await auditDisk(files, loaders);
    return [];
  } catch (error) {
    expect(error).toMatchObject({ code: 'image-wrong' });
    return (error as VipisoError).details;
  }
}

describe.runIf(requireTools('xorriso', 'mformat', 'mcopy', 'qemu-img', 'xmllint'))(
  'a raw disk',
  () => {
    test('has the ISO and its loaders, and every byte is accounted for', async () => {
      const host = testHost();
      await makeIso(host);
      const files = await makeDisk(host);
      expect(await findings(files)).toEqual([]);
      const first = sha256(await readFile(files.disk));
      const again = await makeDisk(host, 'again.raw');
      expect(sha256(await readFile(again.disk))).toBe(first);
      // Holes: the EFI system partition is 34 MiB of nearly nothing.
      const { size, blocks } = await stat(files.disk);
      expect(blocks * 512).toBeLessThan(size / 4);

      const foreign: readonly (readonly [number, string])[] = [
        [100, 'its boot code is another'],
        [450, 'its master boot record does not protect the partition table'],
        [600, 'a partition table is damaged'],
        [1100, 'a partition table is damaged'],
        [size - 1000, 'a partition table is damaged'],
        [MIB - 1, 'belong to nothing and are not zero'],
        [EFI_START + 600 * 1024, 'EFI system partition: '],
        [EFI_START + 33 * MIB, 'EFI system partition: cluster'],
        [CONTENT_START + 10, 'its content is not the ISO'],
        [CONTENT_START + 600, 'its content is not the ISO'],
        [CONTENT_START + 2 * MIB, 'its content is not the ISO'],
        [size - 20 * 1024, 'belong to nothing and are not zero'],
      ];
      for (const [at, finding] of foreign) {
        const undo = await spoil(files.disk, at);
        expect((await findings(files)).join('\n'), `byte ${at}`).toContain(finding);
        await undo();
      }
      expect(await findings(files)).toEqual([]);
    });

    test('converts to equal files twice, with its content', async () => {
      const host = testHost();
      await makeIso(host);
      const { disk: raw } = await makeDisk(host);
      const seed = sha256(await readFile(raw));
      for (const [name, form] of Object.entries(DISK_FORMS)) {
        const digests: string[] = [];
        for (const folder of ['one', 'another']) {
          const output = path.join(host.folder, folder, `lb-1.${form.format}`);
          await mkdir(path.dirname(output), { recursive: true });
          await convertDisk(host, form, { raw, output, seed });
          digests.push(sha256(await readFile(output)));
          if (form.format !== 'vmdk')
            await runTool(host, { tool: 'qemu-img', args: ['check', '-q', output] });
        }
        expect(new Set(digests), name).toHaveLength(1);
      }
    });

    test('packed as OVA: description, digests, disk, in this order', async () => {
      const host = testHost();
      await makeIso(host);
      const { disk: raw } = await makeDisk(host);
      const cluster = modelOf(REFERENCE_FILE);
      const node = nodeOf(cluster);
      const output = path.join(host.folder, 'lb-1.ova');
      const about = { form: DISK_FORMS.ova, seed: sha256('disk'), epoch, folder: host.folder };
      await writeOva(host, { ...about, cluster, node, raw, output });
      const entries = [
        ...readTar(await readFile(output), { what: 'the OVA', code: 'malformed-archive' }),
      ];
      const { hostname } = node;
      expect(entries.map(({ path: name }) => name)).toEqual(
        ['ovf', 'mf', 'vmdk'].map((ending) => `${hostname}.${ending}`),
      );
      const [ovf, digests, disk] = entries.map(({ content }) => content);
      expect(digests?.toString()).toBe(
        `SHA256(${hostname}.ovf)= ${sha256(ovf ?? '')}\nSHA256(${hostname}.vmdk)= ${sha256(disk ?? '')}\n`,
      );
      const description = path.join(host.folder, 'node.ovf');
      await writeFile(description, ovf ?? '');
      await runTool(host, { tool: 'xmllint', args: ['--noout', description] });
      expect(ovf?.toString()).toContain(`ovf:size="${disk?.length}"`);
      expect(ovf?.toString()).toContain(`ovf:capacity="${(await stat(raw)).size}"`);
      expect(disk?.subarray(0, 4).toString()).toBe('KDMV');
    });
  },
);

/** Changes one byte. @returns puts it back */
async function spoil(file: string, at: number): Promise<() => Promise<void>> {
  const handle = await open(file, 'r+');
  const before = Buffer.alloc(1);
  await handle.read(before, 0, 1, at);
  await handle.write(Buffer.from([before.readUInt8() ^ 0xff]), 0, 1, at);
  await handle.close();
  return async () => {
    const again = await open(file, 'r+');
    await again.write(before, 0, 1, at);
    await again.close();
  };
}
