import { existsSync } from 'node:fs';
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { Host } from '../../../scripts/host/host.ts';
import { describeIso } from '../../../scripts/image/compare/describe-iso.ts';
import { buildImages } from '../../../scripts/workflows/build.ts';
import type { BuildResult } from '../../../scripts/workflows/build.ts';
import { compareImages } from '../../../scripts/workflows/compare.ts';
import { alpineSource, suiteFolder } from '../../support/build-site.ts';
import { minimalFile } from '../../support/cluster-file.ts';
import { testHost } from '../../support/test-host.ts';

const source = alpineSource();
const aports = process.env['VIPISO_APORTS'];
const branch = process.env['VIPISO_BRANCH'] ?? 'v3.19';
const runs = source !== undefined && aports !== undefined && aports !== '';

if (!runs) {
  process.stderr.write(
    'SKIPPED: the real mkimage. It needs Alpine packages and scripts, which this repository does not hold: set ' +
      'VIPISO_REPOSITORY (folder with x86_64/APKINDEX.tar.gz), VIPISO_KEYS (its public keys), VIPISO_APORTS ' +
      '(checkout or archive of aports) and, where it is not v3.19, VIPISO_BRANCH.\n',
  );
}

/** mksquashfs takes minutes on a slow machine. */
const LONG = 1_800_000;

describe.runIf(runs)('the real mkimage', () => {
  const folder = suiteFolder();
  const shared = { cacheFolder: path.join(folder, 'cache'), dataFolder: path.join(folder, 'data') };
  const hostAt = (cwd: string, changes: Partial<Host> = {}): Host =>
    testHost({ cwd, ...shared, ...changes });

  async function site(name: string, service: Record<string, unknown> = {}): Promise<string> {
    const place = path.join(folder, name);
    await mkdir(place, { recursive: true });
    const text = stringify(minimalFile({ service, rest: { alpine: { branch } } }));
    await writeFile(path.join(place, 'cluster.yaml'), text);
    const lock = path.join(folder, 'first', 'vipiso.lock.json');
    if (existsSync(lock) && name !== 'first') await cp(lock, path.join(place, 'vipiso.lock.json'));
    return place;
  }

  async function build(
    place: string,
    engine: 'mkimage' | 'native' = 'mkimage',
    changes: Partial<Host> = {},
  ): Promise<BuildResult> {
    return await buildImages(hostAt(place, changes), {
      ...{ clusterFile: 'cluster.yaml', engine, nodes: [], out: 'out', aports, colour: false },
      repositories: [source?.repository ?? ''],
      keys: source?.keys,
      ...{ offline: true, frozen: false },
    });
  }

  let first: BuildResult;
  beforeAll(async () => {
    first = await build(await site('first'));
  }, LONG);

  test('makes one image per node, opened and found right, and says so in the manifest', async () => {
    expect(first.images.map(({ node }) => node)).toEqual(['lb-1', 'lb-2']);
    const manifest = JSON.parse(await readFile(first.manifest, 'utf8')) as { engine: string };
    expect(manifest.engine).toBe('mkimage');
  });

  test(
    'never brings out an old overlay after a change, though all sections are those of before',
    async () => {
      const place = await site('changed', { port: 7443 });
      const changed = await build(place);
      const file = (built: BuildResult): string => built.images[0]?.file ?? '';
      const { differences } = await compareImages(hostAt(place), file(first), file(changed));
      const names = differences.map(({ section, name }) => `${section} ${name}`);
      expect(names).toContain('overlay etc/haproxy/haproxy.cfg');
      expect(differences.filter(({ section }) => !['overlay', 'files'].includes(section))).toEqual(
        [],
      );
    },
    LONG,
  );

  test(
    'gives equal bytes from another folder, with an empty cache',
    async () => {
      const again = await build(await site('again'), 'mkimage', {
        cacheFolder: path.join(folder, 'other', 'cache'),
      });
      const digests = (built: BuildResult): string[] => built.images.map(({ sha256 }) => sha256);
      expect(digests(again)).toEqual(digests(first));
    },
    LONG,
  );

  test(
    'agrees with the native engine in everything that a machine sees of the image',
    async () => {
      const place = await site('native');
      const native = await build(place, 'native');
      const [a, b] = await Promise.all(
        [native, first].map((it) => describeIso(hostAt(place), it.images[0]?.file ?? '')),
      );
      const same = ['boot entries', 'kernel arguments', 'packages', 'overlay', 'modloop'] as const;
      for (const section of same) {
        expect([...(b?.facts[section] ?? [])].sort()).toEqual(
          [...(a?.facts[section] ?? [])].sort(),
        );
      }
    },
    LONG,
  );
});
