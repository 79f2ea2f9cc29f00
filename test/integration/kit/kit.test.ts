import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseDependency } from '../../../scripts/apk/dependency.ts';
import { sha256 } from '../../../scripts/core/digest.ts';
import { requestsFor } from '../../../scripts/image/cluster-requests.ts';
import { loadCluster } from '../../../scripts/inputs/load-cluster.ts';
import type { PackRequest } from '../../../scripts/kit/pack-request.ts';
import { packKit } from '../../../scripts/workflows/kit/pack.ts';
import type { PackedKit } from '../../../scripts/workflows/kit/pack.ts';
import { unpackKit } from '../../../scripts/workflows/kit/unpack.ts';
import { lockClusterFile } from '../../../scripts/workflows/lock.ts';
import { writeKeysFolder, writeRepository } from '../../support/apk/alpine-repository.ts';
import { testKeyPair } from '../../support/apk/apk-builder.ts';
import { minimalFile } from '../../support/cluster/cluster-file.ts';
import { testHost } from '../../support/host/test-host.ts';
import type { TestHost } from '../../support/host/test-host.ts';
import { makeToolPackage } from '../../support/host/tool-package.ts';

const keys = testKeyPair();
const toolRoot = mkdtempSync(path.join(os.tmpdir(), 'vipiso-tool-'));
afterAll(() => rmSync(toolRoot, { recursive: true, force: true }));
beforeAll(() => void makeToolPackage(toolRoot));

interface Site {
  readonly host: TestHost;
  readonly pack: (changes?: Partial<PackRequest>) => Promise<PackedKit>;
}

/** A locked cluster with everything that a cluster file can refer to. */
async function lockedSite(rest: Record<string, unknown> = {}): Promise<Site> {
  const host = testHost({
    packageRoot: toolRoot,
    env: { PATH: process.env['PATH'], PASS: 'secret12' },
  });
  const at = (name: string): string => path.join(host.folder, name);
  writeKeysFolder(at('keys'), keys);
  mkdirSync(at('own/etc/empty'), { recursive: true });
  writeFileSync(at('own/etc/extra.conf'), 'extra\n');
  writeFileSync(at('own/etc/tool'), '#!/bin/sh\n');
  chmodSync(at('own/etc/tool'), 0o755);
  symlinkSync('/usr/share/zoneinfo/UTC', at('own/etc/zone'));
  const [pem = ''] = (await import('node:tls')).rootCertificates;
  mkdirSync(at('pki'));
  writeFileSync(at('pki/ca.crt'), pem);
  writeFileSync(at('password'), 'secret34');
  const file = minimalFile({
    vrrp: { auth_pass: { env: 'PASS' } },
    service: { check: { type: 'https', path: '/readyz', ca: 'pki/ca.crt' } },
    rest: {
      alpine: { repositories: ['./repo'], keys: 'keys' },
      // The made-up repository has no mkimage.
      image: { engine: 'native' },
      overlay: 'own',
      stats: { user: 'ops', password: { file: 'password' } },
      ...rest,
    },
  });
  writeFileSync(at('cluster.yaml'), stringify(file));
  const { cluster } = await loadCluster(host, 'cluster.yaml');
  const { requests } = await requestsFor(host, cluster);
  const names = Object.values({ ...requests })
    .flat()
    .flatMap((atom) => parseDependency(atom)?.name ?? []);
  writeRepository(
    at('repo'),
    [...new Set(names)].map((name) => ({ name })),
    keys,
  );
  const common = { sources: { offline: true } };
  await lockClusterFile(host, {
    ...common,
    clusterFile: 'cluster.yaml',
    engine: {},
  });
  const pack = (changes: Partial<PackRequest> = {}): Promise<PackedKit> =>
    packKit(host, {
      ...common,
      clusterFiles: ['cluster.yaml'],
      out: at('site.vipiso.tar'),
      withSigningKey: false,
      ...changes,
    });
  return { host, pack };
}

/** Every file below a folder: mode and content or target. */
function treeOf(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return new Map(
    names.map((name) => {
      const about = lstatSync(path.join(folder, name));
      const mode = (about.mode & 0o777).toString(8);
      return [
        name,
        about.isFile() ? `${mode} ${sha256(readFileSync(path.join(folder, name)))}` : mode,
      ];
    }),
  );
}

describe('packKit and unpackKit', () => {
  test('carry cluster files and what they refer to, keys and packages, but no secrets', async () => {
    const { host, pack } = await lockedSite();
    const packed = await pack();
    expect(packed.sha256).toBe(sha256(readFileSync(packed.file)));
    expect(packed.contents.bring).toEqual([
      { cluster: 'cluster.yaml', key: 'vrrp.auth_pass', source: 'environment variable PASS' },
      { cluster: 'cluster.yaml', key: 'stats.password', source: 'file password' },
    ]);
    const gap = testHost();
    await unpackKit(gap, { kit: packed.file, into: path.join(gap.folder, 'in/gap') });
    const folder = path.join(gap.folder, 'in/gap');
    expect(readdirSync(folder)).toEqual([
      'cluster.yaml',
      'kit',
      'kit.json',
      'own',
      'pki',
      'vipiso',
      'vipiso.lock.json',
    ]);
    expect(readdirSync(path.join(folder, 'kit'))).toEqual(['keys', 'store', 'tool']);
    expect(readdirSync(path.join(folder, 'kit/keys'))).toEqual([keys.publicKey.name]);
    for (const part of ['own', 'pki']) {
      expect(treeOf(path.join(folder, part))).toEqual(treeOf(path.join(host.folder, part)));
    }
    expect(treeOf(path.join(folder, 'kit/store/sha256')).size).toBeGreaterThan(5);
    expect(readFileSync(packed.file).includes('secret34')).toBe(false);
    expect(readdirSync(path.join(gap.folder, 'in'))).toEqual(['gap']);
  });

  test('make the same kit whenever and wherever the files lie', async () => {
    const [one, other] = [await lockedSite(), await lockedSite()];
    utimesSync(path.join(other.host.folder, 'own/etc/extra.conf'), 1, 1);
    expect((await other.pack()).sha256).toBe((await one.pack()).sha256);
  });

  test('carry the signing key only when told, for its owner alone, and say so', async () => {
    const { host, pack } = await lockedSite();
    const packed = await pack({ withSigningKey: true });
    expect(lstatSync(packed.file).mode & 0o777).toBe(0o600);
    expect(host.events).toContainEqual(
      expect.objectContaining({
        type: 'note',
        level: 'warning',
        text: expect.stringContaining('private key') as string,
      }),
    );
    const gap = testHost();
    await unpackKit(gap, { kit: packed.file, into: gap.folder });
    const folder = path.join(gap.folder, 'kit/data/keys');
    const [privateKey = ''] = readdirSync(folder);
    expect(lstatSync(path.join(folder, privateKey)).mode & 0o777).toBe(0o600);
    expect(readFileSync(path.join(folder, privateKey))).toEqual(
      readFileSync(path.join(host.dataFolder, 'keys', privateKey)),
    );
  });

  test('start the tool inside by its launcher, from anywhere', async () => {
    const packed = await (await lockedSite()).pack();
    const gap = testHost();
    await unpackKit(gap, { kit: packed.file, into: path.join(gap.folder, 'a b') });
    const launcher = path.join(gap.folder, 'a b/vipiso');
    expect(execFileSync(launcher, ['--version'], { cwd: '/', encoding: 'utf8' })).toMatch(
      /^\d+\.\d+/,
    );
    const env = { PATH: process.env['PATH'], PASS: 'secret12', HOME: gap.folder };
    writeFileSync(path.join(gap.folder, 'a b/password'), 'secret34');
    const cwd = path.join(gap.folder, 'a b');
    const told = execFileSync(launcher, ['fetch', '--offline', '--mirror', 'mirror'], {
      cwd,
      env,
      encoding: 'utf8',
    });
    expect(told).toContain('all there and verified');
  });

  test('refuse what would not be there inside', async () => {
    const outside = await lockedSite();
    const file = path.join(outside.host.folder, 'cluster.yaml');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('overlay: own', `overlay: ${outside.host.folder}/own`),
    );
    await expect(outside.pack()).rejects.toMatchObject({ code: 'usage' });
    expect(existsSync(path.join(outside.host.folder, 'site.vipiso.tar'))).toBe(false);
  });

  test('refuse a tool that is not compiled, or older than its sources', async () => {
    const { host, pack } = await lockedSite();
    const root = path.join(host.folder, 'checkout');
    const bare = { ...host, packageRoot: root };
    mkdirSync(root);
    const request = {
      clusterFiles: ['cluster.yaml'],
      out: path.join(host.folder, 'k'),
      sources: { offline: true },
      withSigningKey: false,
    };
    await expect(packKit(bare, request)).rejects.toMatchObject({
      message: expect.stringContaining('not built') as string,
    });
    mkdirSync(path.join(root, 'out/tool'), { recursive: true });
    mkdirSync(path.join(root, 'scripts'));
    writeFileSync(path.join(root, 'out/tool/vipiso.js'), '');
    utimesSync(path.join(root, 'out/tool/vipiso.js'), 1000, 1000);
    writeFileSync(path.join(root, 'scripts/vipiso.ts'), '');
    await expect(packKit(bare, request)).rejects.toMatchObject({
      message: expect.stringContaining('older than its sources') as string,
    });
    expect(existsSync((await pack()).file)).toBe(true);
  });

  test('refuse a lock that is missing or stale', async () => {
    const { host, pack } = await lockedSite();
    const file = path.join(host.folder, 'cluster.yaml');
    writeFileSync(
      file,
      readFileSync(file, 'utf8').replace('alpine:', 'alpine:\n  packages: [tcpdump]'),
    );
    await expect(pack()).rejects.toMatchObject({ code: 'lock-stale' });
    rmSync(path.join(host.folder, 'vipiso.lock.json'));
    await expect(pack()).rejects.toMatchObject({ code: 'lock-missing' });
  });

  test('leave a folder as it was when the kit is damaged anywhere, or something is in its place', async () => {
    const packed = await (await lockedSite()).pack();
    const bytes = readFileSync(packed.file);
    for (const at of [600, Math.floor(bytes.length / 2), bytes.length - 5]) {
      const gap = testHost();
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(at) ^ 1, at);
      writeFileSync(path.join(gap.folder, 'kit.tar'), changed);
      await expect(
        unpackKit(gap, {
          kit: path.join(gap.folder, 'kit.tar'),
          into: path.join(gap.folder, 'gap'),
        }),
      ).rejects.toThrow();
      expect(readdirSync(gap.folder)).toEqual(['kit.tar']);
    }
    const gap = testHost();
    writeFileSync(path.join(gap.folder, 'cluster.yaml'), 'mine');
    await expect(unpackKit(gap, { kit: packed.file, into: gap.folder })).rejects.toMatchObject({
      code: 'already-exists',
    });
    expect(readdirSync(gap.folder)).toEqual(['cluster.yaml']);
  });
});
