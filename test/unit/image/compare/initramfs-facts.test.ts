import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { writeCpio } from '../../../../scripts/formats/cpio.ts';
import type { CpioEntry } from '../../../../scripts/formats/cpio.ts';
import { initramfsFacts } from '../../../../scripts/image/compare/initramfs-facts.ts';

const FILE = 0o100644;
const FOLDER = 0o040755;
const LINK = 0o120777;

function entry(name: string, mode: number, text = ''): CpioEntry {
  const device = { major: 0, minor: 0 };
  return { name, mode, content: Buffer.from(text), device, linkGroup: undefined };
}

function factsOf(...entries: readonly CpioEntry[]): ReadonlyMap<string, string> {
  return initramfsFacts(gzipSync(writeCpio(entries, 0)), 'it');
}

const OLD = [
  entry('init', FILE, 'init'),
  entry('bin', FOLDER),
  entry('bin/busybox', FILE, 'busybox'),
  entry('lib', FOLDER),
  entry('lib/modules', FOLDER),
  entry('lib/modules/modules.dep', FILE, 'dep'),
  entry('usr', FOLDER),
  entry('usr/bin', FOLDER),
  entry('usr/bin/openssl', FILE, 'openssl'),
  entry('usr/share/x', FILE, 'x'),
];
const MERGED = [
  entry('./init', FILE, 'init'),
  entry('./usr', FOLDER),
  entry('./bin', LINK, 'usr/bin'),
  entry('./lib', LINK, '/usr/lib'),
  entry('./usr/bin', FOLDER),
  entry('./usr/lib', FOLDER),
  entry('./usr/lib/modules', FOLDER),
  entry('./usr/lib/modules/modules.dep', FILE, 'dep'),
  entry('./usr/bin/openssl', FILE, 'openssl'),
  entry('./usr/bin/busybox', FILE, 'busybox'),
  entry('./usr/share/x', FILE, 'x'),
];

describe('the facts of an initramfs', () => {
  test('are the same but for one line where one has a merged /usr', () => {
    const merged = new Map(factsOf(...MERGED));
    expect(merged.get('links into /usr')).toBe('bin lib');
    merged.delete('links into /usr');
    expect(merged).toEqual(factsOf(...OLD));
    expect(merged.has('lib/modules/modules.dep')).toBe(true);
  });

  test('are the same where both have one, by whichever name the links go', () => {
    const absolute = MERGED.map((it) =>
      it.name === './bin' ? entry('bin', LINK, '/usr/bin') : it,
    );
    expect(factsOf(...absolute)).toEqual(factsOf(...MERGED));
  });

  test('tell a file that differs, by its path through the link', () => {
    const changed = MERGED.map((it) =>
      it.name.endsWith('busybox') ? entry(it.name, FILE, 'another') : it,
    );
    expect(factsOf(...changed).get('bin/busybox')).not.toBe(factsOf(...OLD).get('bin/busybox'));
  });

  test('tell both where a file lies in both places', () => {
    const facts = factsOf(...OLD, entry('usr/bin/busybox', FILE, 'second'));
    expect(facts.get('bin/busybox')).toBe(factsOf(...OLD).get('bin/busybox'));
    expect(facts.has('usr/bin/busybox')).toBe(true);
  });

  test('see a link elsewhere as the link that it is', () => {
    const facts = factsOf(entry('bin', LINK, 'other/bin'), entry('usr/share/lib/x', FILE, 'x'));
    expect(facts.get('bin')).toMatch(/^120777 /);
    expect(facts.has('usr/share/lib/x')).toBe(true);
    expect(facts.has('links into /usr')).toBe(false);
  });
});
