import { describe, expect, test } from 'vitest';
import { grubFacts, syslinuxFacts } from '../../../../scripts/image/compare/boot-facts.ts';
import {
  SECTIONS,
  compareFacts,
  formatDifferences,
} from '../../../../scripts/image/compare/facts.ts';
import type { Facts } from '../../../../scripts/image/compare/facts.ts';

function facts(changes: Partial<Facts> = {}): Facts {
  const none = Object.fromEntries(SECTIONS.map((section) => [section, new Map()]));
  return { ...(none as unknown as Facts), ...changes };
}

describe('comparing images', () => {
  test('tells nothing of equal ones', () => {
    const one = facts({ packages: new Map([['haproxy', '2.8']]) });
    expect(compareFacts(one, facts({ packages: new Map([['haproxy', '2.8']]) }))).toEqual([]);
  });

  test('tells by section what is gone, new and other', () => {
    const a = facts({
      packages: new Map([
        ['haproxy', '2.8'],
        ['socat', '1'],
      ]),
    });
    const b = facts({
      packages: new Map([
        ['haproxy', '3.0'],
        ['awall', '1'],
      ]),
      medium: new Map([['x', 'y']]),
    });
    expect(formatDifferences(compareFacts(a, b))).toEqual([
      'medium:',
      '  + x: y',
      'packages:',
      '  + awall: 1',
      '  ~ haproxy: 2.8 -> 3.0',
      '  - socat: 1',
    ]);
  });
});

describe('boot configurations', () => {
  test("have their kernels, archives and arguments read from both loaders' files", () => {
    const bios = syslinuxFacts(
      'TIMEOUT 10\nLABEL virt\n\tKERNEL /boot/v\n\tINITRD /boot/i,/o\n\tAPPEND quiet a=b\n',
    );
    expect([...bios.entries]).toEqual([
      ['BIOS timeout', '10'],
      ['BIOS virt kernel', '/boot/v'],
      ['BIOS virt initrd', '/boot/i,/o'],
    ]);
    expect([...bios.arguments]).toEqual([['BIOS virt', 'quiet a=b']]);
    const uefi = grubFacts(
      `set timeout=1\nmenuentry "Linux virt" {\n\tlinux\t/boot/v quiet 'a=/*/b'\n\tinitrd\t/boot/i /o\n}\n`,
    );
    expect([...uefi.entries]).toEqual([
      ['UEFI set', 'timeout=1'],
      ['UEFI Linux virt kernel', '/boot/v'],
      ['UEFI Linux virt initrd', '/boot/i /o'],
    ]);
    expect([...uefi.arguments]).toEqual([['UEFI Linux virt', 'quiet a=/*/b']]);
  });
});
