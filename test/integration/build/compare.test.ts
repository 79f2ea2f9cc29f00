import { appendFile, open, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { withIsoImage } from '../../../scripts/image/iso9660/iso-image.ts';
import { gapsBetween } from '../../../scripts/image/iso9660/regions.ts';
import { compareImages } from '../../../scripts/image/compare/compare-images.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { testHost } from '../../support/host/test-host.ts';
import { labSource, makeSite, suiteFolder } from '../../support/images/build-site.ts';
import { suiteHost } from '../../support/images/lab-pair.ts';

const TOOLS = ['bwrap', 'xorriso', 'mksquashfs', 'unsquashfs', 'mformat', 'mcopy', 'apt-get'];

describe.runIf(requireTools(...TOOLS))('comparing an image with a copy of it', () => {
  const folder = suiteFolder();
  const image = path.join(folder, 'out', 'lb-1.iso');
  const copy = path.join(folder, 'copy.iso');
  let bytes: Buffer;

  beforeAll(async () => {
    const site = await makeSite(await labSource(suiteHost()), folder);
    await site.build({ nodes: ['lb-1'] });
    bytes = await readFile(image);
  }, 600_000);

  async function compared(change: () => Promise<void>): Promise<readonly string[]> {
    await writeFile(copy, bytes);
    await change();
    return (await compareImages(testHost(), image, copy)).text;
  }

  async function flip(at: number, length = 1): Promise<void> {
    const handle = await open(copy, 'r+');
    const flipped = bytes.subarray(at, at + length).map((byte) => byte ^ 1);
    await handle.write(flipped, 0, length, at);
    await handle.close();
  }

  const placeOf = (name: string): Promise<number> =>
    withIsoImage(image, ({ entries }) => Promise.resolve((entries.get(name)?.block ?? 0) * 2048));

  test('finds no difference', async () => {
    expect(await compared(async () => await Promise.resolve())).toEqual([
      'the images do not differ',
    ]);
  });

  test('sees what follows the volume', async () => {
    const text = await compared(() => appendFile(copy, 'a passenger'));
    expect(text).toEqual([
      'medium:',
      expect.stringMatching(/^ {2}\+ bytes behind the volume: 11 [0-9a-f]{64}$/),
    ]);
  });

  test('sees what stands between the files', async () => {
    const gap = await withIsoImage(
      image,
      async (it) => gapsBetween(await it.regions(), it.size)[0],
    );
    const text = await compared(() => flip(gap?.start ?? 0));
    expect(text[1]).toMatch(/^ {2}\+ bytes that no file names: \d+-\d+ [0-9a-f]{64}$/);
  });

  test('sees other boot code, and another volume descriptor', async () => {
    expect((await compared(() => flip(100)))[1]).toMatch(/^ {2}~ boot code: /);
    // The time when the volume was made.
    expect((await compared(() => flip(16 * 2048 + 813)))[0]).toBe('other bytes:');
  });

  test.each([
    ['modloop', 'boot/modloop-virt', 96],
    ['initramfs', 'boot/initramfs-virt', 4096],
  ])('a damaged %s is a damaged image', async (_what, name, length) => {
    const at = await placeOf(name);
    await expect(compared(() => flip(at, length))).rejects.toMatchObject({
      code: 'malformed-archive',
      message: expect.stringContaining(`/${name} of `) as string,
    });
  });
});
