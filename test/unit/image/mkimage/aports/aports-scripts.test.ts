import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { writeTar } from '../../../../../scripts/formats/tar/tar-writer.ts';
import { readAportsScripts } from '../../../../../scripts/image/mkimage/aports/aports-scripts.ts';
import { commitOfArchive } from '../../../../../scripts/image/mkimage/aports/archive-commit.ts';
import { globalHeader } from '../../../../support/apk/global-header.ts';
import { temporaryFolder } from '../../../../support/host/test-host.ts';

const SCRIPTS = { 'mkimage.sh': 'main', 'mkimg.base.sh': 'base' };

function checkout(scripts: Readonly<Record<string, string>> = SCRIPTS): string {
  const folder = temporaryFolder();
  mkdirSync(path.join(folder, 'scripts'));
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(path.join(folder, 'scripts', name), text);
    chmodSync(path.join(folder, 'scripts', name), 0o755);
  }
  return folder;
}

describe("aports' scripts", () => {
  test('have one digest, from a checkout, the folder itself, and an archive', async () => {
    const folder = checkout();
    const archive = path.join(folder, 'aports.tar.gz');
    const entry = { type: 'file', mode: 0o755, mtime: 0 } as const;
    const entries = Object.entries(SCRIPTS).map(([name, text]) => {
      return { ...entry, path: `aports-3.19-stable/scripts/${name}`, content: Buffer.from(text) };
    });
    const readme = { ...entry, path: 'aports-3.19-stable/README', content: Buffer.from('x') };
    writeFileSync(archive, gzipSync(writeTar([...entries, readme], { endMark: true })));
    const places = [folder, path.join(folder, 'scripts'), archive];
    const digests = await Promise.all(
      places.map(async (it) => (await readAportsScripts(it)).sha256),
    );
    expect(new Set(digests).size).toBe(1);
  });

  test('have another digest once a script changes', async () => {
    const one = await readAportsScripts(checkout());
    const other = await readAportsScripts(checkout({ ...SCRIPTS, 'mkimage.sh': 'changed' }));
    expect(one.sha256).not.toBe(other.sha256);
  });

  test('tell their commit in an archive that git or GitLab made, and in no other', async () => {
    const commit = 'a1b2c3d4'.repeat(5);
    const file = path.join(temporaryFolder(), 'x.tar.gz');
    const entry = { type: 'file', mode: 0o755, mtime: 0, path: 'x' } as const;
    const tar = writeTar([{ ...entry, content: Buffer.from('x') }], { endMark: true });
    writeFileSync(file, gzipSync(Buffer.concat([globalHeader(`52 comment=${commit}\n`), tar])));
    expect(await commitOfArchive(file)).toBe(commit);
    writeFileSync(file, gzipSync(tar));
    expect(await commitOfArchive(file)).toBeUndefined();
    writeFileSync(file, gzipSync(Buffer.concat([globalHeader('20 comment=v3.19.1\n'), tar])));
    expect(await commitOfArchive(file)).toBeUndefined();
  });

  test('are refused without mkimage.sh, and from what is not an archive', async () => {
    const folder = checkout({ 'mkimg.base.sh': '' });
    await expect(readAportsScripts(folder)).rejects.toMatchObject({ code: 'not-found' });
    const file = path.join(folder, 'x.tar.gz');
    writeFileSync(file, 'no archive');
    await expect(readAportsScripts(file)).rejects.toMatchObject({ code: 'malformed-archive' });
  });
});
