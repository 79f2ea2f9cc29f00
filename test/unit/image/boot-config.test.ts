import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../scripts/core/digest.ts';
import { grubConfig, grubEarlyConfig, syslinuxConfig } from '../../../scripts/image/boot-config.ts';
import type { BootEntry } from '../../../scripts/image/boot-config.ts';
import { kernelArguments } from '../../../scripts/image/kernel-arguments.ts';
import { releaseIdOf } from '../../../scripts/image/release-id.ts';
import { testProfile } from '../../support/images/image-inputs.ts';

const release = releaseIdOf(sha256('a release'));
const profile = testProfile();
const image = {
  engine: 'native',
  formats: ['iso'],
  profile: 'virt',
  kernelArguments: [],
  modules: 'all',
  serialConsole: { device: 'ttyS0', baud: 115200 },
} as const;

function entry(changes: Partial<BootEntry> = {}): BootEntry {
  const { serialConsole } = image;
  return { flavour: 'virt', release, profile, serialConsole, arguments: ['quiet'], ...changes };
}

describe('kernel arguments', () => {
  const about = { flavour: 'virt', hostname: 'lb-1', release };

  test('name the overlay, the repository and the modloop of this very release', () => {
    const marker = release.markerFolder;
    expect(kernelArguments(image, profile, about)).toEqual([
      'modules=loop,squashfs,sd-mod,usb-storage',
      'quiet',
      'console=tty0',
      'console=ttyS0,115200n8',
      'apkovl=/lb-1.apkovl.tar.gz',
      `alpine_repo=/media/*/${marker}/../apks`,
      `modloop=${marker}/../boot/modloop-virt`,
    ]);
  });

  test("without a serial console leave the kernel's own; the user's come last", () => {
    const plain = { ...image, serialConsole: undefined, kernelArguments: ['mitigations=off'] };
    const words = kernelArguments(plain, profile, about);
    expect(words.filter((word) => word.startsWith('console='))).toEqual([]);
    expect(words.at(-1)).toBe('mitigations=off');
  });
});

describe('SYSLINUX', () => {
  test('starts the kernel with the initramfs and the overlay behind it', () => {
    expect(syslinuxConfig(entry({ arguments: ['quiet', 'a=b'] }))).toBe(
      [
        'SERIAL 0 115200',
        'TIMEOUT 10',
        'PROMPT 1',
        'DEFAULT virt',
        '',
        'LABEL virt',
        '\tMENU LABEL Linux virt',
        '\tKERNEL /boot/vmlinuz-virt',
        `\tINITRD /boot/initramfs-virt,/${release.markerFolder}/overlay.img`,
        '\tAPPEND quiet a=b',
        '',
      ].join('\n'),
    );
  });

  test.each([
    [undefined, undefined],
    [{ device: 'ttyS1', baud: 9600 }, 'SERIAL 1 9600'],
    // Not a port of a PC's BIOS.
    [{ device: 'ttyAMA0', baud: 9600 }, undefined],
  ])('drives the serial port %o', (serialConsole, line) => {
    const text = syslinuxConfig(entry({ serialConsole }));
    expect(text.split('\n').find((it) => it.startsWith('SERIAL'))).toBe(line);
  });
});

describe('GRUB', () => {
  test('starts the same kernel in the same way', () => {
    expect(grubConfig(entry({ arguments: ['quiet', 'a=b'] }))).toBe(
      [
        'set timeout=1',
        '',
        'menuentry "Linux virt" {',
        '\tlinux\t/boot/vmlinuz-virt quiet a=b',
        `\tinitrd\t/boot/initramfs-virt /${release.markerFolder}/overlay.img`,
        '}',
        '',
      ].join('\n'),
    );
  });

  test('gets words that its shell would change in quotes', () => {
    const words = ['alpine_repo=/media/*/x', 'a=$b', "it's"];
    expect(grubConfig(entry({ arguments: words }))).toContain(
      String.raw`'alpine_repo=/media/*/x' 'a=$b' 'it'\''s'`,
    );
  });

  test('prefers the device that it was loaded from among equal media', () => {
    const text = grubEarlyConfig(release);
    expect(text).toContain(`--label "${release.volumeId}" --hint="$boot_disk"`);
  });
});

describe('a release', () => {
  test('has a volume id that fits into Joliet, without blanks', () => {
    expect(release.volumeId).toMatch(/^VIPISO-[0-9A-F]{8}$/);
    expect(release.volumeId.length).toBeLessThanOrEqual(16);
  });
});
