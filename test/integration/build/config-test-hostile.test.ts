import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { IMAGE_ROOTS, layImageRoot } from '../../../scripts/image/config-test/image-root.ts';
import { testConfig } from '../../../scripts/image/config-test/test-config.ts';
import { loadCluster } from '../../../scripts/inputs/load-cluster.ts';
import { renderOverlays } from '../../../scripts/overlay/node-overlays.ts';
import { closureOf } from '../../../scripts/packages/lock/format/closure.ts';
import { lockFileOf, requireLock } from '../../../scripts/packages/lock/lock-file.ts';
import { checkClusters } from '../../../scripts/workflows/check/check.ts';
import { lockedSite, siteFiles } from '../../support/cluster/config-test-site.ts';
import type { LockedSite } from '../../support/cluster/config-test-site.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { filesBelow, suiteFolder } from '../../support/images/build-site.ts';

describe.runIf(requireTools('bwrap', 'apt-get'))('programs of an image that mean no good', () => {
  const folder = suiteFolder();
  const { configure, overlayWith } = siteFiles(folder);
  let site: LockedSite;

  beforeAll(async () => {
    site = await lockedSite(folder);
    await checkClusters(site.host, ['cluster.yaml']);
  });

  async function testedWith(haproxy: string, timeoutMs: number): Promise<unknown> {
    const overlay = await overlayWith('usr/sbin/haproxy', haproxy, 0o755);
    await configure({ overlay });
    const loaded = await loadCluster(site.host, 'cluster.yaml');
    const lock = await requireLock(await lockFileOf(loaded.file));
    const root = await layImageRoot(site.host, closureOf(lock, 'image'), () => {
      throw new Error('the check has laid it out');
    });
    const overlays = await renderOverlays(site.host, loaded.cluster, loaded.cluster.nodes, lock);
    const request = { loaded, lock, root, overlays, timeoutMs };
    return await testConfig(site.host, request).catch((reason: unknown) => reason);
  }

  test('a program that hangs is stopped, and named', async () => {
    const mark = `${process.pid}.25`;
    const error = await testedWith(`#!/bin/sh\nsleep ${mark}\n`, 5000);
    expect(error).toMatchObject({
      code: 'timeout',
      message: expect.stringMatching(/^haproxy, .*did not end within 5 s/) as string,
      hint: expect.stringContaining('--no-daemons') as string,
    });
    expect(await commandLines()).not.toContainEqual(expect.stringContaining(mark));
  });

  test.each([
    ['crashes', '#!/bin/sh\nkill -SEGV $$\n', /killed by signal 11/],
    ['cannot be started', '#!/nowhere\n', /could not be run/],
  ])('a program that %s is named', async (_, haproxy, says) => {
    expect(await testedWith(haproxy, 60_000)).toMatchObject({
      code: 'tool-failed',
      message: expect.stringMatching(says) as string,
    });
  });

  test('a program can write neither to its root nor to the cache', async () => {
    const hostile = `#!/bin/sh
echo spoilt >/etc/passwd
rm -f /usr/sbin/keepalived
chmod 777 /etc/haproxy
exit 0
`;
    const root = path.join(site.host.cacheFolder, IMAGE_ROOTS);
    const state = async (): Promise<readonly string[]> => {
      const names = (await filesBelow(root)).filter((name) => /passwd$|keepalived$/.test(name));
      const sizes = await Promise.all(
        names.map(async (it) => (await stat(path.join(root, it))).size),
      );
      return names.map((name, index) => `${name} ${sizes[index] ?? ''}`);
    };
    const before = await state();
    expect(before.length).toBeGreaterThan(1);
    await testedWith(hostile, 60_000);
    expect(await state()).toEqual(before);
  });
});

/** Of every process that this one may see. */
async function commandLines(): Promise<readonly string[]> {
  const processes = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const read = (pid: string): Promise<string> =>
    readFile(path.join('/proc', pid, 'cmdline'), 'utf8').catch(() => '');
  return await Promise.all(processes.map(read));
}
