import {
  chmodSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { cachedFolder } from '../../../../scripts/host/cache/cached-folder.ts';
import { testHost } from '../../../support/host/test-host.ts';
import type { TestHost } from '../../../support/host/test-host.ts';

const FILES = { 'boot/kernel': 'kernel', 'boot/initramfs': 'initramfs', empty: '' };

function build(folder: string): Promise<void> {
  mkdirSync(path.join(folder, 'boot'));
  for (const [name, text] of Object.entries(FILES)) writeFileSync(path.join(folder, name), text);
  symlinkSync('boot/kernel', path.join(folder, 'link'));
  // Programs of some packages may be run and not be read.
  chmodSync(path.join(folder, 'boot/kernel'), 0o111);
  return Promise.resolve();
}

const use = (host: TestHost) => cachedFolder(host, 'bases', 'key', build);
const warnings = (host: TestHost): string[] =>
  host.events.flatMap((event) =>
    event.type === 'note' && event.level === 'warning' ? [event.text] : [],
  );

function expectWhole(folder: string): void {
  for (const [name, text] of Object.entries(FILES)) {
    if (process.getuid?.() !== 0 && name === 'boot/kernel') continue;
    expect(readFileSync(path.join(folder, name), 'utf8')).toBe(text);
  }
}

const write = (file: string, text: string): void => {
  chmodSync(file, 0o600);
  writeFileSync(file, text);
};

const DAMAGES: readonly (readonly [string, (folder: string) => void, string])[] = [
  ...Object.entries(FILES).flatMap(([name, text]) =>
    Array.from(
      { length: text.length },
      (_, at) =>
        [
          `byte ${at} of ${name}`,
          (folder: string): void => {
            const bytes = Buffer.from(text);
            bytes[at] = (bytes[at] ?? 0) ^ 1;
            write(path.join(folder, name), bytes.toString());
          },
          `${name} has different content`,
        ] as const,
    ),
  ),
  [
    'a file that is longer',
    (at) => write(path.join(at, 'empty'), 'x'),
    'empty has different content',
  ],
  ['a file that is gone', (at) => rmSync(path.join(at, 'empty')), 'empty is missing'],
  ['a file that was added', (at) => writeFileSync(path.join(at, 'new'), ''), 'new was added'],
  [
    'other rights',
    (at) => chmodSync(path.join(at, 'empty'), 0o755),
    'empty has different permissions',
  ],
  [
    'another link',
    (at) => {
      rmSync(path.join(at, 'link'));
      symlinkSync('/etc/passwd', path.join(at, 'link'));
    },
    'link has different content',
  ],
  [
    'a link instead of a folder',
    (at) => {
      renameSync(path.join(at, 'boot'), path.join(at, '../elsewhere'));
      symlinkSync('../elsewhere', path.join(at, 'boot'));
    },
    'boot is not a folder any more, boot/initramfs is missing, boot/kernel is missing',
  ],
  [
    'a damaged list',
    (at) => write(path.join(at, '../digests'), 'x'),
    'the list of its digests is damaged',
  ],
  ['no list', (at) => rmSync(path.join(at, '../digests')), 'the list of its digests is damaged'],
  ['nothing in it', (at) => rmSync(at, { recursive: true }), 'boot is missing'],
];

describe('a cached folder', () => {
  test('that is as it was made is used without a word', async () => {
    const host = testHost();
    await use(host);
    const { path: folder, cached, entries } = await use(host);
    expect([cached, warnings(host)]).toEqual([true, []]);
    expect(entries.map((it) => `${it.type} ${it.path}`)).toEqual([
      ...['folder boot', 'file boot/initramfs', 'file boot/kernel', 'file empty', 'link link'],
    ]);
    expectWhole(folder);
  });

  test.each(DAMAGES)('with %s is told, dropped and made again', async (_what, damage, says) => {
    const host = testHost();
    const { path: folder } = await use(host);
    damage(folder);
    const again = await use(host);
    expect(again).toMatchObject({ cached: false, path: folder });
    expectWhole(again.path);
    expect(warnings(host)).toHaveLength(1);
    expect(warnings(host)[0]).toContain(
      `damaged folder, which was removed: ${path.dirname(folder)}`,
    );
    expect(warnings(host)[0]).toContain(says);
    expect(readdirSync(path.join(host.cacheFolder, 'bases'))).toEqual(['key']);
    expect((await use(host)).cached).toBe(true);
  });

  test('that two runs find damaged at once is made again by both', async () => {
    const host = testHost();
    const { path: folder } = await use(host);
    write(path.join(folder, 'empty'), 'x');
    const both = await Promise.all([use(host), use(host)]);
    for (const each of both) expectWhole(each.path);
  });
});
