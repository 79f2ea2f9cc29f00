import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openPackage } from '../../../../scripts/apk/package/package-file.ts';
import { sha256 } from '../../../../scripts/core/digest.ts';
import { gzipMember } from '../../../../scripts/formats/gzip-members.ts';
import { tarHeader, writeTar } from '../../../../scripts/formats/tar/tar-writer.ts';
import { openLocked } from '../../../../scripts/packages/package-files.ts';
import { testHost } from '../../../support/host/test-host.ts';

/** A sound package, but for what its data member is. */
function packageOf(data: Buffer, installedSize: number): Buffer {
  const dataHash = createHash('sha256').update(data).digest('hex');
  const text = `pkgname = app\npkgver = 1-r0\nsize = ${installedSize}\ndatahash = ${dataHash}\n`;
  const info = { path: '.PKGINFO', type: 'file', mode: 0o644, mtime: 0 } as const;
  const control = writeTar([{ ...info, content: Buffer.from(text) }], { endMark: false });
  return Buffer.concat([gzipMember(control), data]);
}

const folder = (name: string): Buffer =>
  tarHeader({ path: name, type: 'directory', mode: 0o755, mtime: 0 }, 0);

function walk(bytes: Buffer): number {
  let entries = 0;
  for (const entry of openPackage(bytes).entries()) entries += entry.path === '' ? 0 : 1;
  return entries;
}

describe('a package that is far more than it says', () => {
  test('of a quarter of a million entries is refused', () => {
    const first = folder('d0000000/');
    const sum = Number.parseInt(first.toString('latin1', 148, 154), 8);
    const headers = Buffer.alloc(250_001 * first.length);
    for (let index = 0; index <= 250_000; index += 1) {
      const at = index * first.length;
      const digits = String(index).padStart(7, '0');
      first.copy(headers, at);
      headers.write(digits, at + 1, 'latin1');
      const added = digits.split('').reduce((all, digit) => all + Number(digit), 0);
      headers.write((sum + added).toString(8).padStart(6, '0'), at + 148, 'latin1');
    }
    const bytes = packageOf(gzipMember(headers, 1), 1024 ** 3);
    expect(() => walk(bytes)).toThrow(/has more than 250000 headers/);
  });

  test('of folders 1,500 deep is refused', () => {
    const bytes = packageOf(gzipMember(folder('d/'.repeat(1500).slice(0, 95))), 0);
    expect(walk(bytes)).toBe(1);
    const deep = writeTar([{ path: 'd/'.repeat(1500), type: 'directory', mode: 0o755, mtime: 0 }], {
      endMark: true,
    });
    expect(() => walk(packageOf(gzipMember(deep), 0))).toThrow(/names the path/);
  });

  test('that inflates to many times its recorded size is refused, and little of it held in memory', () => {
    const bytes = packageOf(gzipMember(Buffer.alloc(300 * 1024 ** 2), 1), 4096);
    const before = process.memoryUsage().arrayBuffers;
    expect(() => walk(bytes)).toThrow(/inflates to more than \d+ bytes/);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(150 * 1024 ** 2);
  });

  test('is left between two of its entries when the user interrupts', async () => {
    const host = testHost();
    const bytes = packageOf(gzipMember(Buffer.concat([folder('a/'), folder('b/')])), 0);
    const file = path.join(host.folder, 'app.apk');
    writeFileSync(file, bytes);
    const locked = {
      ...{ name: 'app', version: '1-r0', arch: 'x86_64', repository: 'main', for: [] },
      ...{ size: bytes.length, sha256: sha256(bytes), origin: 'app' },
      checksum: openPackage(bytes).checksum,
    };
    const seen: string[] = [];
    const work = async (): Promise<void> => {
      for await (const opened of openLocked(host, [{ locked, path: file }])) {
        for (const entry of opened.entries()) {
          seen.push(entry.path);
          host.abort();
        }
      }
    };
    await expect(work()).rejects.toThrow(/abort/i);
    expect(seen).toEqual(['a']);
  });

  test('with a million lines in its description is read in no time', () => {
    const lines = 'depend = x\n'.repeat(1_000_000);
    const data = gzipMember(Buffer.alloc(0));
    const dataHash = createHash('sha256').update(data).digest('hex');
    const text = `pkgname = app\npkgver = 1-r0\n${lines}datahash = ${dataHash}\n`;
    const info = { path: '.PKGINFO', type: 'file', mode: 0o644, mtime: 0 } as const;
    const control = writeTar([{ ...info, content: Buffer.from(text) }], { endMark: false });
    const start = performance.now();
    const { pkgInfo } = openPackage(Buffer.concat([gzipMember(control, 1), data]));
    expect(pkgInfo.depends).toHaveLength(1_000_000);
    expect(performance.now() - start).toBeLessThan(20_000);
  });
});
