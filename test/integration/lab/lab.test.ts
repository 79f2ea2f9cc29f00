import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readIndexArchive } from '../../../scripts/apk/index/index-archive.ts';
import type { IndexArchive } from '../../../scripts/apk/index/index-archive.ts';
import type { KeySet, PackageRecord } from '../../../scripts/apk/model.ts';
import { openPackage } from '../../../scripts/apk/package/package-file.ts';
import { solve } from '../../../scripts/apk/solver/solve.ts';
import { keySetOf } from '../../../scripts/apk/trust/keys.ts';
import { compareVersions } from '../../../scripts/apk/version.ts';
import { sha256 } from '../../../scripts/core/digest.ts';
import { buildLab } from '../../lab/build-lab.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { suiteHost } from '../../support/images/lab-pair.ts';

const OUT = path.resolve(import.meta.dirname, '../../../out');
const WORLD = [
  ...['alpine-base', 'chrony', 'doas', 'haproxy', 'keepalived', 'nftables', 'openssh', 'openssl'],
  ...['qemu-guest-agent', 'tzdata'],
];
const KERNEL_ROOT = [
  ...['alpine-base', 'grub', 'grub-efi', 'linux-virt', 'mkinitfs', 'syslinux', 'zstd'],
];

const host = suiteHost();

function labIn(folder: string): ReturnType<typeof buildLab> {
  const downloads = path.join(OUT, 'lab-downloads');
  return buildLab(host, { out: folder, downloads, refresh: false });
}

function digestsIn(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    readdirSync(folder).map((name) => [name, sha256(readFileSync(path.join(folder, name)))]),
  );
}

describe.runIf(requireTools('apt-get', 'dpkg-deb'))('the lab', () => {
  const out = path.join(OUT, 'lab');
  const folder = path.join(out, 'repo', 'x86_64');
  let keys: KeySet;
  let index: IndexArchive;
  let records: readonly PackageRecord[];

  beforeAll(async () => {
    await labIn(out);
    const names = readdirSync(path.join(out, 'keys'));
    keys = keySetOf(
      names.map((name) => ({ name, pem: readFileSync(path.join(out, 'keys', name), 'utf8') })),
    );
    index = readIndexArchive(readFileSync(path.join(folder, 'APKINDEX.tar.gz')), keys);
    records = [...index.records];
  });

  test('keeps its private key to itself', () => {
    const [name = ''] = readdirSync(path.join(out, 'private'));
    expect(statSync(path.join(out, 'private', name)).mode & 0o777).toBe(0o600);
    expect(index.signer).toBe(`${name}.pub`);
  });

  test('has the file of every package in the index, and no other', () => {
    const expected = records.map(({ name, version }) => `${name}-${version}.apk`);
    expect(readdirSync(folder).sort()).toEqual([...expected, 'APKINDEX.tar.gz'].sort());
  });

  test('every package is what the index says, signed by the lab’s key, and unpacks', () => {
    for (const record of records) {
      const bytes = readFileSync(path.join(folder, `${record.name}-${record.version}.apk`));
      const opened = openPackage(bytes, { record, keys });
      expect(opened.signature.status, record.name).toBe('ok');
      const paths = [...opened.entries()].map((entry) => entry.path);
      expect(new Set(paths).size, record.name).toBe(paths.length);
    }
  });

  test('no two packages bring the same file', () => {
    const owners = new Map<string, string>();
    for (const { name, version } of records) {
      const bytes = readFileSync(path.join(folder, `${name}-${version}.apk`));
      for (const entry of openPackage(bytes).entries()) {
        if (entry.type === 'directory') continue;
        expect(owners.get(entry.path), `${entry.path} of ${name}`).toBeUndefined();
        owners.set(entry.path, name);
      }
    }
  });

  test.each([
    ['haproxy', '3.4'],
    ['keepalived', '2.3.4'],
    ['busybox', '1.37'],
    ['linux-virt', '6.12'],
  ])('%s is no older than %s', (name, floor) => {
    const version = records.find((record) => record.name === name)?.version ?? '0';
    expect(compareVersions(version, floor)).toBeGreaterThanOrEqual(0);
  });

  test('says which of Debian’s packages it is made from', () => {
    const taken = JSON.parse(readFileSync(path.join(out, 'packages.json'), 'utf8')) as unknown[];
    expect(taken).toContainEqual({
      package: 'keepalived',
      version: expect.stringMatching(/^1:2\./) as unknown,
      suite: expect.stringMatching(/^(?:sid|experimental)$/) as unknown,
      architecture: 'amd64',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown,
      size: expect.any(Number) as unknown,
    });
  });

  test.each([
    ['an image', WORLD],
    ['the root that boot files are made from', KERNEL_ROOT],
  ])('the solver finds %s', (_, request) => {
    const repositories = [{ name: 'lab', records: index.records }];
    const solution = solve({ apk: '3', request, repositories });
    expect(solution).toMatchObject({ satisfiable: true });
    const chosen = solution.satisfiable ? solution.packages.map(({ record }) => record.name) : [];
    expect(chosen).toEqual(expect.arrayContaining(request));
  });

  test('the services’ scripts come by themselves with OpenRC', () => {
    const repositories = [{ name: 'lab', records: index.records }];
    const solution = solve({ apk: '3', request: WORLD, repositories });
    const chosen = solution.satisfiable ? solution.packages.map(({ record }) => record.name) : [];
    expect(chosen.filter((name) => name.endsWith('-openrc'))).toEqual(
      expect.arrayContaining(
        ['chrony', 'haproxy', 'keepalived', 'nftables'].map((it) => `${it}-openrc`),
      ),
    );
  });

  test('a lab that is there is left alone, and at once', async () => {
    const before = statSync(path.join(folder, 'APKINDEX.tar.gz')).mtimeMs;
    const started = performance.now();
    expect((await labIn(out)).outcome).toBe('unchanged');
    expect(performance.now() - started).toBeLessThan(5000);
    expect(statSync(path.join(folder, 'APKINDEX.tar.gz')).mtimeMs).toBe(before);
  });

  describe('made again elsewhere with the same key', () => {
    const again = mkdtempSync(path.join(os.tmpdir(), 'vipiso-lab-'));
    afterAll(() => {
      rmSync(again, { recursive: true });
    });

    test('has the same bytes', async () => {
      cpSync(path.join(out, 'private'), path.join(again, 'private'), { recursive: true });
      expect((await labIn(again)).outcome).toBe('made');
      expect(digestsIn(path.join(again, 'repo', 'x86_64'))).toEqual(digestsIn(folder));
    });
  });
});
