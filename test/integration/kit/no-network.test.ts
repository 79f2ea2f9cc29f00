import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { minimalFile } from '../../support/cluster/cluster-file.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { testHost } from '../../support/host/test-host.ts';
import { makeToolPackage } from '../../support/host/tool-package.ts';
import { labSource } from '../../support/images/build-site.ts';

const toolRoot = mkdtempSync(path.join(os.tmpdir(), 'vipiso-tool-'));
afterAll(() => rmSync(toolRoot, { recursive: true, force: true }));

const TOOLS = ['bwrap', 'xorriso', 'mksquashfs', 'mformat', 'mcopy', 'apt-get', 'unshare'];

test.runIf(requireTools(...TOOLS))(
  'images built inside, without any network, are those of outside',
  async () => {
    const host = testHost();
    const { repository, keys: labKeys } = await labSource(host);
    const outside = path.join(host.folder, 'outside');
    mkdirSync(path.join(outside, 'own/etc'), { recursive: true });
    writeFileSync(path.join(outside, 'own/etc/extra.conf'), 'extra\n');
    const alpine = { repositories: [repository], keys: labKeys };
    writeFileSync(
      path.join(outside, 'cluster.yaml'),
      stringify(minimalFile({ rest: { alpine, image: { engine: 'native' }, overlay: 'own' } })),
    );
    const tool = makeToolPackage(toolRoot);
    const env = {
      PATH: process.env['PATH'],
      VIPISO_CACHE: path.join(host.folder, 'cache'),
      VIPISO_DATA: path.join(host.folder, 'data'),
    };
    // The lab's repository is a folder, so all of this works with the cable pulled.
    const run = (...words: string[]): string =>
      execFileSync('unshare', ['-rn', 'node', tool, ...words], {
        cwd: outside,
        env,
        encoding: 'utf8',
        stdio: 'pipe',
      });
    run('build', '--offline');
    run('fetch', '--offline', '--mirror', '../mirror');
    run('kit', '--with-signing-key', '-o', '../site.vipiso.tar');
    run('kit', '--unpack', '../site.vipiso.tar', '--into', '../gap');
    const gap = path.join(host.folder, 'gap');
    const bare = { PATH: process.env['PATH'], HOME: '/nonexistent' };
    execFileSync('unshare', ['-rn', './vipiso', 'build', 'cluster.yaml', '--offline'], {
      cwd: gap,
      env: bare,
      stdio: 'pipe',
    });
    const sums = (folder: string): string =>
      readFileSync(path.join(folder, 'out/SHA256SUMS'), 'utf8');
    expect(sums(gap)).toBe(sums(outside));

    // A folder that any apk can use is a repository like the lab's: the site's key vouches for it.
    const mirror = path.join(host.folder, 'mirror');
    const [name = ''] = readdirSync(mirror).filter((it) => !/^(keys|\.vipiso-mirror)$/.test(it));
    run(
      ...['build', '--offline', '--repository', path.join(mirror, name)],
      ...['--keys', path.join(mirror, 'keys'), '--out', '../from-mirror'],
    );
    expect(readdirSync(path.join(host.folder, 'from-mirror'))).toEqual(
      readdirSync(path.join(outside, 'out')),
    );
  },
  1_500_000,
);
