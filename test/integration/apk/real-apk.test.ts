import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeIndexArchive } from '../../../scripts/apk/index/index-archive.ts';
import { openPackage, recordOf } from '../../../scripts/apk/package/package-file.ts';
import { solve } from '../../../scripts/apk/solver/solve.ts';
import { installPackages } from '../../../scripts/image/root/install-packages.ts';
import { writePackageDatabase } from '../../../scripts/image/root/package-database.ts';
import { buildApk, testKeyPair } from '../../support/apk/apk-builder.ts';
import { emptyRoot, REAL_APKS, runApk } from '../../support/apk/real-apk.ts';
import type { RealApk } from '../../support/apk/real-apk.ts';

const pair = testKeyPair();

function file(name: string, mode = 0o644) {
  return { path: name, content: Buffer.from(`${name}\n`), mode };
}

const PACKAGES = [
  buildApk(
    { name: 'base', arch: 'noarch', files: [file('etc/motd'), file('usr/lib/x')] },
    pair.signing,
  ),
  buildApk(
    {
      name: 'tool',
      depends: ['base', 'so:libz.so.1'],
      triggers: ['/bin', '/lib/modules/*'],
      scripts: { 'post-install': '#!/bin/sh\nexit 0\n', trigger: '#!/bin/sh\nexit 0\n' },
      files: [
        file('bin/tool', 0o755),
        { path: 'bin/twin', type: 'hardlink', linkTarget: 'bin/tool', mode: 0o755 },
        { path: 'bin/link', type: 'symlink', linkTarget: 'tool' },
        { path: 'var/empty', type: 'directory', mode: 0o700 },
        file('etc/secret', 0o600),
      ],
    },
    pair.signing,
  ),
  buildApk(
    { name: 'zlib', provides: ['so:libz.so.1=1.3'], files: [file('lib/libz.so.1')] },
    pair.signing,
  ),
  buildApk({ name: 'tool-base', installIf: ['tool', 'base'] }, pair.signing),
];
// As `apk index --rewrite-arch` has them: apk looks for packages below the folder of their architecture.
const RECORDS = PACKAGES.map((bytes) => ({ ...recordOf(bytes), arch: 'x86_64' }));

/** Without one there is something to skip. */
const APKS: readonly RealApk[] =
  REAL_APKS.length > 0 ? REAL_APKS : [{ program: 'VIPISO_TEST_APK', generation: '3' }];

describe.skipIf(REAL_APKS.length === 0).each(APKS.map((apk) => [apk.program, apk] as const))(
  '%s',
  (_, apk) => {
    let site = '';
    let trusted: readonly string[] = [];

    beforeAll(() => {
      site = mkdtempSync(path.join(os.tmpdir(), 'vipiso-test-'));
      const keys = path.join(site, 'keys');
      trusted = ['--keys-dir', keys, '--repository', path.join(site, 'repo')];
      const folder = path.join(site, 'repo/x86_64');
      mkdirSync(folder, { recursive: true });
      mkdirSync(keys);
      writeFileSync(path.join(keys, pair.publicKey.name), pair.publicKey.pem);
      for (const [position, { name, version }] of RECORDS.entries()) {
        writeFileSync(path.join(folder, `${name}-${version}.apk`), PACKAGES[position] ?? '');
      }
      const index = { records: RECORDS, description: 'site', epoch: 0, key: pair.signing };
      writeFileSync(path.join(folder, 'APKINDEX.tar.gz'), writeIndexArchive(index));
    });

    afterAll(() => rmSync(site, { recursive: true, force: true }));

    test('takes our index and installs from it', () => {
      const root = path.join(site, 'theirs');
      emptyRoot(apk, root, []);
      for (const [args, said] of [
        [['list', '--available'], 'tool-base-1.0-r0 x86_64'],
        [['search', 'so:libz.so.1'], 'zlib-1.0-r0'],
        [['policy', 'tool'], path.join(site, 'repo')],
        [['add', '--no-scripts', 'tool'], 'Installing tool-base'],
      ] as const) {
        const { status, stdout, stderr } = runApk(apk, root, [...trusted, ...args]);
        expect({ status, stderr }, args.join(' ')).toEqual({ status: 0, stderr: '' });
        expect(stdout).toContain(said);
      }
    });

    test('refuses it without our key', () => {
      const root = path.join(site, 'strangers');
      emptyRoot(apk, root, [path.join(site, 'repo')]);
      const { status, stderr } = runApk(apk, root, ['add', '--simulate', 'tool']);
      expect(status).not.toBe(0);
      expect(stderr).toMatch(/UNTRUSTED/i);
    });

    test('finds a root of our installer sound', async () => {
      const root = path.join(site, 'ours');
      const repositories = [{ name: 'site', records: RECORDS }];
      const solution = solve({ apk: apk.generation, request: ['tool'], repositories });
      const opened = (solution.satisfiable ? solution.packages : []).map(({ record }) =>
        openPackage(
          PACKAGES[RECORDS.findIndex(({ name }) => name === record.name)] ?? Buffer.of(),
          {
            record,
          },
        ),
      );
      mkdirSync(root);
      await writePackageDatabase(root, await installPackages(root, opened), ['tool']);

      expect(linesOf(apk, root, ['info']).sort()).toEqual(['base', 'tool', 'tool-base', 'zlib']);
      expect(linesOf(apk, root, ['info', '--who-owns', '/bin/twin'])).toEqual([
        '/bin/twin is owned by tool-1.0-r0',
      ]);
      expect(linesOf(apk, root, ['audit', '--system'])).toEqual([]);
      expect(linesOf(apk, root, ['audit', '--full', '--recursive'])).toEqual(
        // What apk writes itself belongs to no package.
        expect.not.arrayContaining([expect.stringMatching(/ (bin|usr|lib\/libz|etc\/motd|var)/)]),
      );
      const changed = linesOf(apk, root, ['audit', '--check-permissions', '--recursive']);
      expect(changed.filter((line) => /^[mM] /.test(line))).toEqual([]);
      for (const command of ['fix', 'upgrade']) {
        const said = linesOf(apk, root, [...trusted, command, '--simulate']);
        expect(said.join('\n')).toMatch(/^OK: /);
      }
      expect(readFileSync(path.join(root, 'etc/apk/world'), 'utf8')).toBe('tool\n');
    });
  },
);

/** What it prints; it must not complain of anything. */
function linesOf(apk: RealApk, root: string, args: readonly string[]): string[] {
  const { status, stdout, stderr } = runApk(apk, root, args);
  expect({ status, stderr }, args.join(' ')).toEqual({ status: 0, stderr: '' });
  return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('WARNING: opening'));
}
