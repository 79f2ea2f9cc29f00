import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { readFat } from '../../../scripts/formats/fat.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { temporaryFolder } from '../../support/host/test-host.ts';

test.runIf(requireTools('mformat', 'mmd', 'mcopy')).each([
  ['FAT12, a floppy', ['-f', '1440']],
  ['FAT16, a disk', ['-t', '20', '-h', '64', '-s', '32', '-c', '1']],
])('reads what mtools wrote: %s', (_what, geometry) => {
  const folder = temporaryFolder();
  const image = path.join(folder, 'image');
  const run = (tool: string, ...args: string[]): void => {
    execFileSync(tool, ['-i', image, ...args], { stdio: 'ignore' });
  };
  run('mformat', '-C', ...geometry, '::');
  run('mmd', '::efi');
  run('mmd', '::efi/boot');
  const content = randomBytes(100_000);
  writeFileSync(path.join(folder, 'a'), content);
  writeFileSync(path.join(folder, 'empty'), '');
  run('mcopy', path.join(folder, 'a'), '::efi/boot/bootx64.efi');
  run('mcopy', path.join(folder, 'empty'), '::efi/A name of some length.txt');
  const files = readFat(readFileSync(image), 'image');
  expect([...files.keys()].sort()).toEqual([
    'efi/A name of some length.txt',
    'efi/boot/bootx64.efi',
  ]);
  expect(files.get('efi/boot/bootx64.efi')?.equals(content)).toBe(true);
});

test('anything else, and one that is cut, is refused', () => {
  for (const bytes of [Buffer.alloc(0), Buffer.alloc(2048), Buffer.alloc(2048, 0xff)])
    expect(() => readFat(bytes, 'x')).toThrow(/no FAT file system/);
});
