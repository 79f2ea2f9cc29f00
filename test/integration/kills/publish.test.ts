import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { execa } from 'execa';
import { afterAll, expect, test } from 'vitest';
import { sha256 } from '../../../scripts/core/digest.ts';
import { Manifest } from '../../../scripts/image/publish/manifest.ts';
import { testKeyPair } from '../../support/apk/apk-builder.ts';
import { temporaryFolder } from '../../support/host/test-host.ts';

const SUPPORT = path.resolve(import.meta.dirname, '../../support');
const IMAGES = ['lb-1.iso', 'lb-2.iso'];
const WHOLE = ['SHA256SUMS', 'deploy', ...IMAGES, 'manifest.json'];

const childFolder = mkdtempSync(path.join(import.meta.dirname, '../../../out/publish-child-'));
afterAll(() => rmSync(childFolder, { recursive: true, force: true }));
const child = path.join(childFolder, 'child.mjs');
// Bundled: a loader of TypeScript would rename files of its own.
buildSync({
  entryPoints: [path.join(SUPPORT, 'images/publish-child.ts')],
  packages: 'external',
  ...{ bundle: true, platform: 'node', format: 'esm', outfile: child, logLevel: 'warning' },
});
const { pem } = testKeyPair().publicKey;

/** Publishes images that consist of `word`; ends by SIGKILL behind its `dieAt`-th change of a file's name. */
async function publish(out: string, word: string, dieAt = 0): Promise<string | undefined> {
  const { signal, exitCode, stderr } = await execa(
    process.execPath,
    [
      ...['--import', pathToFileURL(path.join(SUPPORT, 'host/die-at.mjs')).href],
      ...[child, out, word],
    ],
    {
      env: { DIE_AT: String(dieAt), DIE_CHANGES: 'rename', PUBLIC_KEY: pem },
      reject: false,
    },
  );
  if (signal === undefined) expect([exitCode, stderr]).toEqual([0, '']);
  return signal;
}

/** What lies there is of one set; with a manifest or checksums, all of it. */
function expectOneSet(out: string): void {
  const visible = readdirSync(out).filter((name) => !name.startsWith('.'));
  const words = IMAGES.filter((name) => visible.includes(name)).map((name) =>
    readFileSync(path.join(out, name), 'utf8'),
  );
  expect(new Set(words).size, words.join(' beside ')).toBeLessThanOrEqual(1);
  if (!visible.includes('manifest.json') && !visible.includes('SHA256SUMS')) return;
  expect(words).toHaveLength(IMAGES.length);
  const digest = sha256(Buffer.from(words[0] ?? ''));
  if (visible.includes('SHA256SUMS')) {
    const sums = readFileSync(path.join(out, 'SHA256SUMS'), 'utf8');
    for (const name of IMAGES) expect(sums).toContain(`${digest}  ${name}\n`);
  }
  if (visible.includes('manifest.json')) {
    const { images } = Manifest.parse(
      JSON.parse(readFileSync(path.join(out, 'manifest.json'), 'utf8')),
    );
    expect(images.map((it) => [it.file, it.sha256])).toEqual(IMAGES.map((it) => [it, digest]));
  }
}

test('a build that is killed behind any of its renames leaves images of one set', async () => {
  const before = path.join(temporaryFolder(), 'out');
  expect(await publish(before, 'old')).toBeUndefined();
  expect(readdirSync(before).sort()).toEqual(WHOLE);

  let kills = 0;
  for (let dieAt = 1; ; dieAt += 1) {
    const out = path.join(temporaryFolder(), 'out');
    cpSync(before, out, { recursive: true });
    if ((await publish(out, 'new', dieAt)) === undefined) break;
    kills += 1;
    expectOneSet(out);
    expect(await publish(out, 'newer')).toBeUndefined();
    expect(readdirSync(out).sort()).toEqual(WHOLE);
    expectOneSet(out);
    expect(readFileSync(path.join(out, 'lb-1.iso'), 'utf8')).toBe('newer');
  }
  // Four files and two folders of definitions go, and as many come.
  expect(kills).toBe(12);
});

test('images are their owner’s alone', async () => {
  const out = path.join(temporaryFolder(), 'out');
  await publish(out, 'old');
  for (const name of IMAGES) expect(statSync(path.join(out, name)).mode & 0o777).toBe(0o600);
});
