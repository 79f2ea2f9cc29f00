import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Diagnostic } from '../../../scripts/core/diagnostic.ts';
import { exitCodeOf } from '../../../scripts/core/errors.ts';
import { IMAGE_ROOTS } from '../../../scripts/image/config-test/image-root.ts';
import { Manifest } from '../../../scripts/image/publish/manifest.ts';
import { checkClusters } from '../../../scripts/workflows/check/check.ts';
import { minimalFile } from '../../support/cluster/cluster-file.ts';
import { COMMON, lockedSite, siteFiles } from '../../support/cluster/config-test-site.ts';
import type { LockedSite } from '../../support/cluster/config-test-site.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { temporaryFolder, testHost } from '../../support/host/test-host.ts';
import { filesBelow, suiteFolder } from '../../support/images/build-site.ts';

const TOOLS = ['bwrap', 'xorriso', 'mksquashfs', 'mformat', 'mcopy', 'apt-get'];
const PASSWORD = 'geheim"7';

type Rest = Record<string, unknown>;

describe.runIf(requireTools(...TOOLS))('the daemons of the images judge the files', () => {
  const folder = suiteFolder();
  let site: LockedSite;

  beforeAll(async () => {
    site = await lockedSite(folder);
  });

  const { configure, overlayWith } = siteFiles(folder);

  async function diagnosticsOf(rest: Rest, noDaemons = false): Promise<readonly Diagnostic[]> {
    await configure(rest);
    const { files } = await checkClusters(site.host, ['cluster.yaml'], {
      noDaemons,
    });
    expect(files[0]?.notTested).toEqual(
      noDaemons ? [expect.stringContaining('--no-daemons')] : undefined,
    );
    return files[0]?.diagnostics ?? [];
  }

  test('a good pair passes without a word, and its verdict is kept', async () => {
    expect(await diagnosticsOf({})).toEqual([]);
    const started = performance.now();
    expect(await diagnosticsOf({})).toEqual([]);
    // A second verdict is read, not made: no sandbox is started but the probe for one.
    expect(performance.now() - started).toBeLessThan(3000);
    expect(
      (await filesBelow(path.join(site.host.cacheFolder, IMAGE_ROOTS))).join('\n'),
    ).not.toContain('.vipiso-tmp');
  });

  test.each<[string, Rest, { code: string; path: string; file: string; says: RegExp }]>([
    [
      'a format of logs that is none',
      { haproxy: { log_format: '%[nonsense] %ci' } },
      {
        code: 'haproxy-refuses',
        path: 'haproxy.log_format',
        file: 'etc/haproxy/haproxy.cfg',
        says: /nonsense/,
      },
    ],
    [
      'an unknown keyword in raw lines',
      { raw: { haproxy: { defaults: ['option dontlognull', 'timeout clent 10s'] } } },
      {
        code: 'haproxy-refuses',
        path: 'raw.haproxy.defaults',
        file: 'etc/haproxy/haproxy.cfg',
        says: /got 'clent'/,
      },
    ],
    [
      'a raw line that keepalived does not know',
      { raw: { keepalived: { vrrp_instance: 'dont_track_primary\nnonsense 5\n' } } },
      {
        code: 'keepalived-refuses',
        path: 'raw.keepalived.vrrp_instance',
        file: 'etc/keepalived/keepalived.conf',
        says: /Unknown keyword 'nonsense'/,
      },
    ],
  ])('%s', async (_, rest, { code, path: place, file, says }) => {
    const errors = await diagnosticsOf(rest);
    expect(errors).toHaveLength(1);
    const [error] = errors;
    expect(error).toMatchObject({
      code,
      severity: 'error',
      path: place,
      rendered: { file, nodes: ['lb-1', 'lb-2'] },
    });
    expect(error?.message).toMatch(says);
    expect(error?.span).toBeDefined();
  });

  test('a raw line is pointed at in its block of text', async () => {
    const [error] = await diagnosticsOf({
      raw: { keepalived: { vrrp_instance: 'dont_track_primary\nnonsense 5\n' } },
    });
    const text = await readFile(path.join(folder, 'cluster.yaml'), 'utf8');
    expect(text.split('\n')[(error?.span?.start.line ?? 0) - 1]).toContain('nonsense 5');
  });

  test.each<[string, string, number, { code: string; line: number }]>([
    [
      'etc/haproxy/haproxy.cfg',
      'global\n  maxconn 5\ndefaults\n  mode tpc\n',
      0o644,
      { code: 'haproxy-refuses', line: 4 },
    ],
    [
      'etc/nftables.nft',
      'table inet a {\n  chain b {\n    tcp dprot 5 accept\n  }\n}\n',
      0o644,
      { code: 'nft-refuses', line: 3 },
    ],
    [
      'etc/nftables.nft',
      'table inet a {\n  chain b {\n    jump nowhere\n  }\n}\n',
      0o644,
      { code: 'nft-refuses', line: 3 },
    ],
    ['etc/ssh/sshd_config', 'Port 22\nNonsense yes\n', 0o644, { code: 'sshd-refuses', line: 2 }],
    [
      'etc/keepalived/chk_haproxy.sh',
      '#!/bin/sh\na | | b\n',
      0o755,
      { code: 'script-broken', line: 2 },
    ],
    ['etc/local.d/mine.start', '#!/bin/bash\necho\n', 0o755, { code: 'script-broken', line: 1 }],
    ['etc/local.d/mine.start', '#!/bin/sh\r\necho\r\n', 0o755, { code: 'script-broken', line: 1 }],
    [
      'etc/chrony/chrony.conf',
      'pool pool.ntp.org ibrust\n',
      0o644,
      { code: 'chronyd-refuses', line: 1 },
    ],
  ])('a file of the user: %s', async (name, text, mode, { code, line }) => {
    const errors = await diagnosticsOf({ overlay: await overlayWith(name, text, mode) });
    expect(errors).toMatchObject([
      { code, severity: 'error', own: { file: `overlay/${name}`, line } },
    ]);
    expect(errors[0]?.span).toBeUndefined();
  });

  test('a check script that cannot be run', async () => {
    const overlay = await overlayWith('etc/keepalived/chk_haproxy.sh', '#!/bin/sh\ntrue\n', 0o644);
    expect(await diagnosticsOf({ overlay })).toMatchObject([{ code: 'script-broken' }]);
  });

  test('no secret is shown or kept', async () => {
    const rest = {
      stats: { user: 'u', password: PASSWORD },
      raw: { haproxy: { global: [`nonsense ${PASSWORD}`] } },
    };
    const errors = await diagnosticsOf({
      ...rest,
      lint: { ignore: [...COMMON.lint.ignore, 'secret-inline'] },
    });
    expect(errors.map(({ code }) => code)).toContain('haproxy-refuses');
    expect(JSON.stringify(errors)).not.toContain('geheim');
    const kept = path.join(site.host.cacheFolder, 'config-tests');
    for (const name of await filesBelow(kept))
      expect(await readFile(path.join(kept, name), 'utf8')).not.toContain('geheim');
  });

  test('a warning can be silenced, a refusal cannot', async () => {
    const warned = {
      raw: { haproxy: { backend: { 'k8s-api': ['option forwardfor'] } } },
    };
    expect(await diagnosticsOf(warned)).toMatchObject([
      { code: 'daemon-warning', severity: 'warning' },
    ]);
    const ignore = [...COMMON.lint.ignore, 'daemon-warning'];
    expect(await diagnosticsOf({ ...warned, lint: { ignore } })).toEqual([]);
    const refused = {
      ...{ haproxy: { log_format: '%[nonsense] %ci' } },
      lint: { ignore: [...ignore, 'haproxy-refuses'] },
    };
    expect((await diagnosticsOf(refused)).map(({ severity }) => severity)).toContain('error');
  });

  test('build stops before anything is made, and leaves nothing', async () => {
    await configure({ haproxy: { log_format: '%[nonsense] %ci' } });
    const error: unknown = await site.build().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'cluster-invalid',
      details: expect.arrayContaining([expect.stringContaining('nonsense')]) as string[],
    });
    expect(exitCodeOf(error)).toBe(2);
    expect(await filesBelow(site.out)).toEqual([]);
    expect(await filesBelow(path.join(site.host.cacheFolder, 'bases'))).toEqual([]);
  });

  test('--no-daemons is loud, and the manifest tells', async () => {
    await configure({ haproxy: { log_format: '%[nonsense] %ci' } });
    const { manifest } = await site.build({ noDaemons: true });
    expect(Manifest.parse(JSON.parse(await readFile(manifest, 'utf8'))).notTested).toEqual([
      '--no-daemons was given',
    ]);
    expect(site.host.events).toContainEqual(
      expect.objectContaining({
        type: 'note',
        level: 'warning',
        text: expect.stringContaining('CONFIGURATION NOT TESTED') as string,
      }),
    );
    expect(await diagnosticsOf({ haproxy: { log_format: '%[nonsense] %ci' } }, true)).toEqual([]);
  });

  test('check says what it lacks', async () => {
    const elsewhere = testHost({ cwd: temporaryFolder() });
    await writeFile(
      path.join(elsewhere.cwd, 'cluster.yaml'),
      stringify(minimalFile({ rest: COMMON })),
    );
    const unlocked = await checkClusters(elsewhere, ['cluster.yaml']);
    expect(unlocked.files[0]?.notTested).toEqual([expect.stringMatching(/no lock.*vipiso lock$/)]);
    const lock = await readFile(path.join(folder, 'vipiso.lock.json'));
    await writeFile(path.join(elsewhere.cwd, 'vipiso.lock.json'), lock);
    const bare = await checkClusters(elsewhere, ['cluster.yaml']);
    expect(bare.error).toBeUndefined();
    expect(bare.files[0]?.notTested).toEqual([expect.stringMatching(/cache.*vipiso fetch$/)]);
  });
});
