import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { parseDependency } from '../../../scripts/apk/dependency.ts';
import { requestsFor } from '../../../scripts/image/cluster-requests.ts';
import { loadCluster } from '../../../scripts/inputs/load-cluster.ts';
import { formatChanges } from '../../../scripts/packages/update/changes.ts';
import { fetchClusterFile } from '../../../scripts/workflows/fetch.ts';
import { lockClusterFile } from '../../../scripts/workflows/lock.ts';
import { updateLock } from '../../../scripts/workflows/update.ts';
import type { UpdateRequest, UpdateResult } from '../../../scripts/workflows/update.ts';
import type { ApkInput } from '../../lab/apk-writer.ts';
import { writeKeysFolder, writeRepository } from '../../support/apk/alpine-repository.ts';
import { testKeyPair } from '../../support/apk/apk-builder.ts';
import { minimalFile } from '../../support/cluster/cluster-file.ts';
import { testHost } from '../../support/host/test-host.ts';
import type { TestHost } from '../../support/host/test-host.ts';
import { folder as serveFolder, serve, status } from '../../support/http/http-server.ts';

const keys = testKeyPair();
type Package = Partial<ApkInput> & { name: string };

/** Versions now and later: haproxy needs its library's very version, keepalived stands alone. */
const OLD: readonly Package[] = [
  {
    name: 'haproxy',
    version: '2.8-r0',
    depends: ['haproxy-lib=2.8-r0', 'crypto'],
    origin: 'haproxy',
  },
  { name: 'haproxy-lib', version: '2.8-r0', origin: 'haproxy' },
  { name: 'keepalived', version: '2.2-r0', depends: ['crypto'] },
  { name: 'crypto', version: '3.0-r0', origin: 'openssl' },
];
const NEW: readonly Package[] = [
  {
    name: 'haproxy',
    version: '2.9-r0',
    depends: ['haproxy-lib=2.9-r0', 'crypto'],
    origin: 'haproxy',
  },
  { name: 'haproxy-lib', version: '2.9-r0', origin: 'haproxy' },
  { name: 'keepalived', version: '2.3-r0', depends: ['crypto>=3.1'] },
  { name: 'crypto', version: '3.1-r0', origin: 'openssl' },
];
const SECDB = {
  packages: [
    {
      pkg: {
        name: 'haproxy',
        secfixes: { '2.9-r0': ['CVE-2024-0002'], '2.8-r0': ['CVE-2023-0001'] },
      },
    },
    {
      pkg: {
        name: 'openssl',
        secfixes: { '3.1-r0': ['CVE-2024-0003 ALIAS-1'], '9.0-r0': ['CVE-2030-1'] },
      },
    },
  ],
};

interface Site {
  readonly host: TestHost;
  readonly publish: (packages: readonly Package[], branch?: string) => void;
  readonly update: (changes?: Partial<UpdateRequest>) => Promise<UpdateResult>;
  readonly lockText: () => string;
  readonly clusterFile: string;
}

/** A cluster whose repository holds OLD and whatever else its image asks for; locked. */
async function lockedSite(): Promise<Site> {
  const host = testHost();
  const clusterFile = path.join(host.folder, 'cluster.yaml');
  writeKeysFolder(path.join(host.folder, 'keys'), keys);
  // The made-up repository has no mkimage.
  const alpine = { branch: 'v3.19', mirror: 'mirror', repositories: ['main'], keys: 'keys' };
  writeFileSync(
    clusterFile,
    `# ours\n${stringify(minimalFile({ rest: { alpine, image: { engine: 'native' } } }))}`,
  );
  const others = await otherPackages(host);
  const publish = (packages: readonly Package[], branch = 'v3.19'): void => {
    const folder = path.join(host.folder, 'mirror', branch, 'main');
    rmSync(folder, { recursive: true, force: true });
    writeRepository(folder, [...packages, ...others], keys);
  };
  publish(OLD);
  const common = {
    clusterFile: 'cluster.yaml',
    sources: { offline: true },
  };
  await lockClusterFile(host, { ...common, engine: {} });
  const secdb = path.join(host.folder, 'secdb');
  for (const branch of ['v3.19', 'v3.20']) {
    mkdirSync(path.join(secdb, branch), { recursive: true });
    writeFileSync(path.join(secdb, branch, 'main.json'), JSON.stringify(SECDB));
  }
  const update = (changes: Partial<UpdateRequest> = {}): Promise<UpdateResult> =>
    updateLock(host, {
      ...common,
      packages: [],
      branch: undefined,
      dryRun: false,
      secdb,
      ...changes,
    });
  const lockText = (): string => readFileSync(path.join(host.folder, 'vipiso.lock.json'), 'utf8');
  return { host, publish, update, lockText, clusterFile };
}

/** Whatever else the images ask for, as empty packages. */
async function otherPackages(host: TestHost): Promise<Package[]> {
  const { cluster } = await loadCluster(host, 'cluster.yaml');
  const { requests } = await requestsFor(host, cluster);
  const ours = OLD.map(({ name }) => name);
  const wanted = Object.values({ ...requests }).flat();
  const names = wanted.flatMap((atom) => parseDependency(atom)?.name ?? []);
  return [...new Set(names)].filter((name) => !ours.includes(name)).map((name) => ({ name }));
}

function moves({ changes }: UpdateResult): readonly string[] {
  return changes.map(({ name, from, to }) => `${name} ${from ?? 'none'} -> ${to ?? 'none'}`);
}

describe('updateLock', () => {
  test('tells what moves and what that closes, then locks it', async () => {
    const site = await lockedSite();
    site.publish(NEW);
    const result = await site.update();
    expect(moves(result)).toEqual([
      'crypto 3.0-r0 -> 3.1-r0',
      'haproxy 2.8-r0 -> 2.9-r0',
      'haproxy-lib 2.8-r0 -> 2.9-r0',
      'keepalived 2.2-r0 -> 2.3-r0',
    ]);
    expect(formatChanges(result.changes).slice(-2)).toEqual([
      'closes in openssl: CVE-2024-0003',
      'closes in haproxy: CVE-2024-0002',
    ]);
    expect([...result.fixed]).toEqual([['haproxy', [{ id: 'CVE-2023-0001', fixedIn: '2.8-r0' }]]]);
    expect(result.written).toBe(true);
    expect(site.lockText()).toContain('"version": "2.9-r0"');
    expect(moves(await site.update())).toEqual([]);
  });

  test('writes nothing in a dry run', async () => {
    const site = await lockedSite();
    const before = site.lockText();
    site.publish(NEW);
    const result = await site.update({ dryRun: true });
    expect(result.changes).toHaveLength(4);
    expect([result.written, site.lockText()]).toEqual([false, before]);
  });

  test('moves a named package and what is built with it; the rest stays although it is gone', async () => {
    const site = await lockedSite();
    site.publish(NEW);
    expect(moves(await site.update({ packages: ['haproxy'] }))).toEqual([
      'haproxy 2.8-r0 -> 2.9-r0',
      'haproxy-lib 2.8-r0 -> 2.9-r0',
    ]);
    expect(site.lockText()).toContain('"version": "2.2-r0"');
    const fetched = await fetchClusterFile(site.host, {
      clusterFile: 'cluster.yaml',
      sources: { offline: true },
    });
    expect(fetched.packages).toBeGreaterThan(4);
  });

  test('moves what a named package needs too', async () => {
    const site = await lockedSite();
    site.publish(NEW);
    expect(moves(await site.update({ packages: ['keepalived'] }))).toEqual([
      'crypto 3.0-r0 -> 3.1-r0',
      'keepalived 2.2-r0 -> 2.3-r0',
    ]);
  });

  test('does not know packages that are not locked', async () => {
    const site = await lockedSite();
    await expect(site.update({ packages: ['hapoxy'] })).rejects.toMatchObject({ code: 'usage' });
  });

  test('takes untrusted indexes only when told so, also where the lock has them', async () => {
    const { host, update, publish, lockText } = await lockedSite();
    publish(NEW);
    writeKeysFolder(path.join(host.folder, 'others'), testKeyPair('stranger'));
    const keysFolder = path.join(host.folder, 'others');
    await expect(update({ sources: { offline: true, keysFolder } })).rejects.toMatchObject({
      code: 'signature-untrusted',
    });
    await update({ sources: { offline: true, keysFolder, allowUntrusted: true } });
    expect(lockText()).toContain('"untrusted": true');
    await expect(update({ sources: { offline: true, keysFolder } })).rejects.toMatchObject({
      code: 'signature-untrusted',
    });
    await update();
    expect(lockText()).not.toContain('"untrusted"');
  });

  test('moves to another branch, in the cluster file too, and the lock holds then', async () => {
    const site = await lockedSite();
    site.publish(NEW, 'v3.20');
    const before = readFileSync(site.clusterFile, 'utf8');
    await site.update({ branch: 'v3.20', dryRun: true });
    expect(readFileSync(site.clusterFile, 'utf8')).toBe(before);
    expect((await site.update({ branch: 'v3.20' })).changes).toHaveLength(4);
    expect(readFileSync(site.clusterFile, 'utf8')).toBe(before.replace('v3.19', 'v3.20'));
    await fetchClusterFile(site.host, {
      clusterFile: 'cluster.yaml',
      sources: { offline: true },
    });
    await expect(site.update({ branch: 'v3.21' })).rejects.toMatchObject({ code: 'not-found' });
  });
});

describe('security databases', () => {
  test('come from a server, or one file', async () => {
    const site = await lockedSite();
    site.publish(NEW);
    const { url, requests } = await serve(serveFolder(path.join(site.host.folder, 'secdb')));
    const served = await site.update({ secdb: url, dryRun: true, sources: { offline: false } });
    expect(requests).toEqual(['/v3.19/main.json']);
    const file = path.join(site.host.folder, 'secdb/v3.20/main.json');
    const read = await site.update({ secdb: file, dryRun: true });
    expect(read.changes).toEqual(served.changes);
    expect(read.changes[0]?.closes).toHaveLength(1);
  });

  test('that are missing are an error where the user names them, else a warning', async () => {
    const site = await lockedSite();
    const gone = await serve(status(404));
    await expect(
      site.update({ secdb: gone.url, sources: { offline: false } }),
    ).rejects.toMatchObject({
      code: 'not-found',
    });
    const result = await site.update({ secdb: undefined });
    expect(result.secdb).toBe(false);
    expect(site.host.events).toContainEqual(
      expect.objectContaining({
        type: 'note',
        text: expect.stringContaining('No security database of main') as string,
      }),
    );
  });

  test('that are something else are refused', async () => {
    const site = await lockedSite();
    writeFileSync(path.join(site.host.folder, 'secdb/v3.19/main.json'), '<html>');
    await expect(site.update()).rejects.toMatchObject({ code: 'malformed-index' });
  });
});
