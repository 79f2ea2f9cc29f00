import {
  appendFileSync,
  chmodSync,
  linkSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { sha256 } from '../../../../scripts/core/digest.ts';
import { withSections } from '../../../../scripts/image/mkimage/sections.ts';
import type { SectionFiles } from '../../../../scripts/image/mkimage/sections.ts';
import { temporaryFolder, testHost } from '../../../support/host/test-host.ts';

const KEY = sha256('inputs');

/** Runs something instead of mkimage, in a work folder of its own. */
async function run(host: ReturnType<typeof testHost>, work: (folder: string) => void) {
  const folder = temporaryFolder();
  await withSections(host, KEY, folder, {
    make: () => {
      work(folder);
      return Promise.resolve();
    },
    take: () => Promise.resolve(),
  });
  return folder;
}

function section(folder: string, name = 'kernel_x86_64'): string {
  const place = path.join(folder, name);
  mkdirSync(path.join(place, 'boot'), { recursive: true });
  writeFileSync(path.join(place, 'boot/vmlinuz'), 'kernel');
  symlinkSync('vmlinuz', path.join(place, 'boot/link'));
  return place;
}

test('sections are kept for the next run, with their links', async () => {
  const host = testHost();
  await run(host, (folder) => void section(folder));
  const second = await run(host, (folder) => {
    expect(readFileSync(path.join(folder, 'kernel_x86_64/boot/link'), 'utf8')).toBe('kernel');
  });
  expect(readdirSync(second)).toEqual(['kernel_x86_64']);
});

test('what one run changes in its sections does not change those of the next', async () => {
  const host = testHost();
  await run(host, (folder) => void section(folder));
  const change = (folder: string): void => {
    appendFileSync(path.join(folder, 'kernel_x86_64/boot/vmlinuz'), ' with a back door');
  };
  const second = await run(host, change);
  expect(statSync(path.join(second, 'kernel_x86_64/boot/vmlinuz')).nlink).toBe(1);
  await run(host, (folder) => {
    expect(readFileSync(path.join(folder, 'kernel_x86_64/boot/vmlinuz'), 'utf8')).toBe('kernel');
  });
});

test('nor does a run that changes them after they were kept', async () => {
  const host = testHost();
  const first = await run(host, (folder) => void section(folder));
  appendFileSync(path.join(first, 'kernel_x86_64/boot/vmlinuz'), ' with a back door');
  await run(host, (folder) => {
    expect(readFileSync(path.join(folder, 'kernel_x86_64/boot/vmlinuz'), 'utf8')).toBe('kernel');
  });
});

test('a link instead of a section brings nothing of the user into the cache', async () => {
  const host = testHost();
  const home = temporaryFolder();
  writeFileSync(path.join(home, 'secret'), 'secret');
  await run(host, (folder) => symlinkSync(home, path.join(folder, 'kernel_x86_64')));
  await run(host, (folder) => expect(readdirSync(folder)).toEqual([]));
});

test('set-user-id bits and other names of a file are not kept', async () => {
  const host = testHost();
  await run(host, (folder) => {
    const file = path.join(section(folder), 'boot/vmlinuz');
    chmodSync(file, 0o4755);
    linkSync(file, path.join(folder, 'other-name'));
  });
  await run(host, (folder) => {
    const about = statSync(path.join(folder, 'kernel_x86_64/boot/vmlinuz'));
    expect([about.mode & 0o7777, about.nlink]).toEqual([0o755, 1]);
  });
});

describe('kept sections', () => {
  test('are known by the files that they put onto an image', async () => {
    const host = testHost();
    const seen: SectionFiles[] = [];
    const take = (files: SectionFiles): Promise<void> => Promise.resolve(void seen.push(files));
    for (const made of [true, false]) {
      const work = temporaryFolder();
      const make = (): Promise<void> => Promise.resolve(made ? void section(work) : undefined);
      await withSections(host, KEY, work, { make, take });
    }
    const kernel = sha256('kernel');
    const expected = [
      ['boot/link', kernel],
      ['boot/vmlinuz', kernel],
    ];
    expect(seen.map((files) => [...files])).toEqual([expected, expected]);
  });

  test.each([
    ['a flipped bit', (file: string) => writeFileSync(file, 'kernem')],
    ['no content', (file: string) => writeFileSync(file, '')],
  ])('with %s are told, and made again', async (_what, damage) => {
    const host = testHost();
    await run(host, (folder) => void section(folder));
    const kept = path.join(host.cacheFolder, 'mkimage-sections', KEY, 'content');
    damage(path.join(kept, 'kernel_x86_64/boot/vmlinuz'));
    await run(host, (folder) => {
      expect(readdirSync(folder)).toEqual([]);
      section(folder);
    });
    expect(host.events).toMatchObject([{ type: 'note', level: 'warning' }]);
    await run(host, (folder) => {
      expect(readFileSync(path.join(folder, 'kernel_x86_64/boot/vmlinuz'), 'utf8')).toBe('kernel');
    });
  });
});
