import {
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  readdirSync,
  symlinkSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openPackage } from '../../../../scripts/apk/package/package-file.ts';
import type { OpenedPackage } from '../../../../scripts/apk/package/package-file.ts';
import { readTar } from '../../../../scripts/formats/tar/tar-reader.ts';
import { installPackages } from '../../../../scripts/image/root/install-packages.ts';
import { writePackageDatabase } from '../../../../scripts/image/root/package-database.ts';
import { matchesTrigger } from '../../../../scripts/image/root/run-scripts.ts';
import type { ApkInput } from '../../../lab/apk-writer.ts';
import { buildApk, testKeyPair } from '../../../support/apk/apk-builder.ts';
import { temporaryFolder } from '../../../support/host/test-host.ts';

const keys = testKeyPair();

function apk(input: Partial<ApkInput> & { name: string }): OpenedPackage {
  return openPackage(buildApk(input, keys.signing));
}

function file(name: string, content = name, mode?: number) {
  return { path: name, content: Buffer.from(content), mode };
}

describe('installing packages', () => {
  test('lays files, links and modes as the packages say, whatever the umask', async () => {
    const root = temporaryFolder();
    const files = [
      file('bin/tool', '#!/bin/sh\n', 0o4755),
      { path: 'bin/sh', type: 'symlink' as const, linkTarget: '/bin/tool' },
      { path: 'bin/twin', type: 'hardlink' as const, linkTarget: 'bin/tool' },
      { path: 'var/empty', type: 'directory' as const, mode: 0o555 },
    ];
    const before = process.umask(0o077);
    try {
      await installPackages(root, [apk({ name: 'tool', buildTime: 1000, files })]);
    } finally {
      process.umask(before);
    }
    const tool = lstatSync(path.join(root, 'bin/tool'));
    // Set-user-id bits would hold on the host, too.
    expect(tool.mode & 0o7777).toBe(0o755);
    expect(tool.mtimeMs).toBe(1_000_000);
    expect(lstatSync(path.join(root, 'bin')).mode & 0o777).toBe(0o755);
    expect(readlinkSync(path.join(root, 'bin/sh'))).toBe('/bin/tool');
    expect(lstatSync(path.join(root, 'bin/twin')).ino).toBe(tool.ino);
  });

  test('never writes outside of the root, wherever links point', async () => {
    const outside = temporaryFolder();
    const root = temporaryFolder();
    mkdirSync(path.join(root, 'opt'));
    symlinkSync(outside, path.join(root, 'opt/out'));
    symlinkSync('../../../../../..', path.join(root, 'opt/up'));
    await installPackages(root, [
      apk({ name: 'evil', files: [file('opt/out/a'), file('opt/up/b')] }),
    ]);
    expect(readdirSync(outside)).toEqual([]);
    expect(readFileSync(path.join(root, outside, 'a'), 'utf8')).toBe('opt/out/a');
    expect(readFileSync(path.join(root, 'b'), 'utf8')).toBe('opt/up/b');
  });

  test('goes through links inside the root, as merged /usr has them', async () => {
    const root = temporaryFolder();
    const link = { path: 'lib', type: 'symlink' as const, linkTarget: 'usr/lib' };
    await installPackages(root, [
      apk({ name: 'layout', files: [{ path: 'usr/lib', type: 'directory' }, link] }),
      apk({ name: 'libx', files: [file('lib/libx.so')] }),
    ]);
    expect(readFileSync(path.join(root, 'usr/lib/libx.so'), 'utf8')).toBe('lib/libx.so');
    expect(lstatSync(path.join(root, 'lib')).isSymbolicLink()).toBe(true);
  });

  test('replaces a link by a file instead of writing through it', async () => {
    const root = temporaryFolder();
    const link = { path: 'etc/conf', type: 'symlink' as const, linkTarget: '../target' };
    await installPackages(root, [
      apk({ name: 'a', origin: 's', files: [link, file('target', 'old')] }),
      apk({ name: 'b', origin: 's', files: [file('etc/conf', 'new')] }),
    ]);
    expect(readFileSync(path.join(root, 'target'), 'utf8')).toBe('old');
    expect(readFileSync(path.join(root, 'etc/conf'), 'utf8')).toBe('new');
  });

  test('leaves out what apk leaves out', async () => {
    const root = temporaryFolder();
    await installPackages(root, [
      apk({ name: 'a', files: [file('.dummy')] }),
      apk({ name: 'b', files: [file('.dummy')] }),
    ]);
    expect(readdirSync(root)).toEqual([]);
  });

  test('refuses a file instead of a folder', async () => {
    await expect(
      installPackages(temporaryFolder(), [
        apk({ name: 'a', files: [file('etc/x/y')] }),
        apk({ name: 'b', files: [file('etc/x')] }),
      ]),
    ).rejects.toMatchObject({ code: 'malformed-package' });
  });
});

describe("apk's records", () => {
  test('name packages, files, rights and scripts as apk writes them', async () => {
    const root = temporaryFolder();
    const opened = apk({
      name: 'busybox',
      version: '1.36.1-r15',
      depends: ['so:libc'],
      triggers: ['/bin', '/lib/modules/*'],
      scripts: { 'post-install': '#!/bin/busybox sh\n', trigger: '#!/bin/sh\n' },
      files: [file('bin/busybox', 'elf', 0o755), file('etc/securetty', 'tty1\n')],
    });
    const installed = await installPackages(root, [opened]);
    await writePackageDatabase(root, installed, ['busybox']);
    const read = (name: string): Buffer => readFileSync(path.join(root, 'lib/apk/db', name));

    const stanza = read('installed').toString();
    expect(stanza).toMatch(/^C:Q1.{28}\nP:busybox\nV:1\.36\.1-r15\n/);
    expect(stanza).toContain('D:so:libc\n');
    expect(stanza).toMatch(/F:bin\nR:busybox\na:0:0:755\nZ:Q1.{28}\nF:etc\nR:securetty\nZ:Q1/);
    expect(stanza.endsWith('\n\n')).toBe(true);
    expect(read('triggers').toString()).toBe(`${opened.checksum} /bin /lib/modules/*\n`);
    const scripts = [...readTar(read('scripts.tar'), { code: 'malformed-archive', what: 'it' })];
    expect(scripts.map((entry) => entry.path)).toEqual([
      `busybox-1.36.1-r15.${opened.checksum}.post-install`,
      `busybox-1.36.1-r15.${opened.checksum}.trigger`,
    ]);
    expect(readFileSync(path.join(root, 'etc/apk/world'), 'utf8')).toBe('busybox\n');
  });

  test('give a hard link the digest of its file, and name the architecture', async () => {
    const root = temporaryFolder();
    const files = [
      file('bin/tool', 'elf', 0o755),
      { path: 'bin/twin', type: 'hardlink' as const, linkTarget: 'bin/tool', mode: 0o755 },
    ];
    const scripts = apk({ name: 'scripts', arch: 'noarch' });
    const installed = await installPackages(root, [scripts, apk({ name: 'tool', files })]);
    await writePackageDatabase(root, installed, ['tool']);

    const stanza = readFileSync(path.join(root, 'lib/apk/db/installed'), 'utf8');
    expect(stanza).toMatch(/R:tool\na:0:0:755\n(Z:Q1.{28}\n)R:twin\na:0:0:755\n\1/);
    expect(readFileSync(path.join(root, 'etc/apk/arch'), 'utf8')).toBe('x86_64\n');
  });

  test('do not count a file to a package that lost it', async () => {
    const installed = await installPackages(temporaryFolder(), [
      apk({ name: 'a', files: [file('etc/x')] }),
      apk({ name: 'b', replaces: ['a'], files: [file('etc/x')] }),
    ]);
    const names = installed.map(({ entries }) => entries.map((entry) => entry.path));
    expect(names).toEqual([['etc'], ['etc', 'etc/x']]);
  });
});

describe('a trigger', () => {
  test.each([
    ['/bin', '/bin', true],
    ['/bin', '/bin/x', false],
    ['/lib/modules/*', '/lib/modules/6.6.31-0-virt', true],
    ['/lib/modules/*', '/lib/modules/6.6.31-0-virt/kernel', false],
    ['/usr/lib/*.d', '/usr/lib/binfmtxd', false],
    ['+/usr/share/x', '/usr/share/x', true],
  ])('%s fires for %s: %s', (pattern, folder, fires) => {
    expect(matchesTrigger(pattern, folder)).toBe(fires);
  });
});
