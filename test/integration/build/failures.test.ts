import { cp, link, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { execa } from 'execa';
import { beforeAll, describe, expect, test } from 'vitest';
import { generateKeyPair } from '../../../scripts/apk/trust/keys.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { temporaryFolder } from '../../support/host/test-host.ts';
import { filesBelow, labSource, makeSite } from '../../support/images/build-site.ts';
import type { PackageSource, Site } from '../../support/images/build-site.ts';
import { suiteHost } from '../../support/images/lab-pair.ts';

const TOOLS = ['bwrap', 'xorriso', 'mksquashfs', 'mformat', 'mcopy', 'apt-get', 'unshare'];
const ROOT = path.resolve(import.meta.dirname, '../../..');
const TOOL = [
  process.execPath,
  '--import',
  pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href,
  path.join(ROOT, 'scripts/vipiso.ts'),
];

describe.runIf(requireTools(...TOOLS))('a build that cannot succeed', () => {
  let lab: PackageSource;

  beforeAll(async () => {
    lab = await labSource(suiteHost());
  });

  const site = (source: PackageSource): Promise<Site> => makeSite(source, temporaryFolder());

  /** A copy of the lab's repository whose files may be changed. */
  async function repositoryCopy(): Promise<PackageSource & { readonly packages: string }> {
    const repository = temporaryFolder();
    const packages = path.join(repository, 'x86_64');
    const original = path.join(lab.repository, 'x86_64');
    await mkdir(packages);
    for (const name of await readdir(original)) {
      await link(path.join(original, name), path.join(packages, name)).catch(async () => {
        await cp(path.join(original, name), path.join(packages, name));
      });
    }
    return { ...lab, repository, packages };
  }

  async function packageNamed(folder: string, pattern: RegExp): Promise<string> {
    const name = (await readdir(folder)).find((it) => pattern.test(it));
    if (name === undefined) throw new Error(`no package like ${String(pattern)}`);
    return path.join(folder, name);
  }

  async function flipByte(file: string, position: number): Promise<void> {
    const bytes = await readFile(file);
    bytes[position] = (bytes[position] ?? 0) ^ 1;
    // The original shares its inode.
    await rm(file);
    await writeFile(file, bytes);
  }

  test('says which package is not what the index promises', async () => {
    const tampered = await repositoryCopy();
    await flipByte(await packageNamed(tampered.packages, /^haproxy-\d/), 200_000);
    const { build, out, folder } = await site(tampered);
    await expect(build()).rejects.toMatchObject({
      code: 'digest-mismatch',
      message: expect.stringMatching(/^haproxy-\d/) as string,
    });
    expect(await filesBelow(out)).toEqual([]);
    expect(await filesBelow(folder)).not.toContain('vipiso.lock.json');
  });

  test('says which key the index lacks', async () => {
    const keys = temporaryFolder();
    const { name, pem } = generateKeyPair('other', 2048).publicKey;
    await writeFile(path.join(keys, name), pem);
    const { build, out } = await site({ ...lab, keys });
    await expect(build()).rejects.toMatchObject({ code: 'signature-untrusted' });
    expect(await filesBelow(out)).toEqual([]);
  });

  test('says which package there is not', async () => {
    const { build, configure, out } = await site(lab);
    await configure({ alpine: { packages: ['nonesuch'] } });
    await expect(build()).rejects.toMatchObject({
      code: 'unsatisfiable',
      details: expect.arrayContaining([expect.stringContaining('nonesuch')]) as string[],
    });
    expect(await filesBelow(out)).toEqual([]);
  });

  test('says which package file is gone', async () => {
    const incomplete = await repositoryCopy();
    await rm(await packageNamed(incomplete.packages, /^keepalived-\d/));
    const { build, out } = await site(incomplete);
    await expect(build()).rejects.toMatchObject({ code: 'not-found' });
    expect(await filesBelow(out)).toEqual([]);
  });

  test('says that there is no such node, before anything is done', async () => {
    const { build, host } = await site(lab);
    await expect(build({ nodes: ['lb-3'] })).rejects.toMatchObject({
      code: 'usage',
      hint: 'Its nodes are: lb-1, lb-2',
    });
    expect(host.events).toEqual([]);
  });

  test('says that the output folder is none', async () => {
    const { build, out } = await site(lab);
    await writeFile(out, '');
    await expect(build()).rejects.toMatchObject({ code: 'permission' });
  });

  test('will not make a lock when told so', async () => {
    const { build } = await site(lab);
    await expect(build({ frozen: true })).rejects.toMatchObject({ code: 'lock-missing' });
  });

  test('finds a full disk before it begins', async () => {
    const { folder, out } = await site(lab);
    await mkdir(out);
    const run = await execa(
      'unshare',
      [
        ...['-Urm', 'sh', '-c', 'mount -t tmpfs -o size=8m none "$0" && exec "$@"', out],
        ...[...TOOL, 'build', '--repository', lab.repository, '--keys', lab.keys],
      ],
      { cwd: folder, env: siteEnvironment(folder), reject: false },
    );
    expect(run.stderr).toMatch(/not enough space for .*the images: \d.* needed, \d.* free/);
    expect(run.exitCode).toBe(5);
    expect(await filesBelow(out)).toEqual([]);
  });

  test('leaves nothing behind when it is interrupted', async () => {
    const { folder, out } = await site(lab);
    const child = execa(
      TOOL[0] ?? '',
      [...TOOL.slice(1), 'build', '--repository', lab.repository, '--keys', lab.keys],
      { cwd: folder, env: siteEnvironment(folder), reject: false, buffer: { stderr: true } },
    );
    let interrupted = false;
    child.stderr.on('data', (chunk: Buffer) => {
      if (interrupted || !chunk.toString().includes('Packing the kernel modules')) return;
      interrupted = true;
      child.kill('SIGINT');
    });
    const run = await child;
    expect(run.exitCode).toBe(130);
    expect(run.stderr).toContain('interrupted');
    const left = (await filesBelow(folder)).filter(
      (it) => it.includes('.vipiso-tmp-') || it.endsWith('.iso') || it.startsWith('cache/bases/'),
    );
    expect(left).toEqual([]);
    expect(await filesBelow(out)).toEqual([]);
  });
});

function siteEnvironment(folder: string): Record<string, string> {
  return { VIPISO_CACHE: path.join(folder, 'cache'), VIPISO_DATA: path.join(folder, 'data') };
}
