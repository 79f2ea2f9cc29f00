import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { Spec, Validation } from '@cyclonedx/cyclonedx-library';
import { Ajv } from 'ajv';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Host } from '../../../scripts/host/host.ts';
import { loadCluster } from '../../../scripts/inputs/load-cluster.ts';
import { writeKit } from '../../../scripts/kit/archive/write.ts';
import { clusterFiles } from '../../../scripts/kit/cluster-files.ts';
import { lockClusterFile } from '../../../scripts/workflows/lock.ts';
import { inspectImage } from '../../../scripts/workflows/inspect.ts';
import { releaseCluster } from '../../../scripts/workflows/release.ts';
import type { ReleaseRequest, ReleaseResult } from '../../../scripts/workflows/release.ts';
import { verifyWhat } from '../../../scripts/workflows/verify.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { labSource, makeSite, sourceFlags, suiteFolder } from '../../support/images/build-site.ts';
import type { PackageSource, Site } from '../../support/images/build-site.ts';
import { suiteHost } from '../../support/images/lab-pair.ts';
import { byteFlips } from '../../support/release/byte-flips.ts';
import { canaryCluster } from '../../support/release/canaries.ts';
import { placesOfSecrets, watchProcesses } from '../../support/release/find-secrets.ts';
import { nextReleaseTest } from './next-release.ts';
import { elsewhereTest, reproduceTests } from './rebuilds.ts';

const TOOLS = [
  'bwrap',
  'xorriso',
  'mksquashfs',
  'unsquashfs',
  'mformat',
  'mcopy',
  'apt-get',
  'openssl',
];
const COLD_BUILD_MS = 600_000;
const ROOT = path.resolve(import.meta.dirname, '../../..');

describe.runIf(requireTools(...TOOLS))('a release', () => {
  const folder = suiteFolder();
  const canaries = canaryCluster(folder);
  let source: PackageSource;
  let site: Site;
  let made: ReleaseResult;
  let commandLines: readonly string[];

  const bed = {
    ...{ folder, env: canaries.env, canaries: canaries.values, file: canaries.file },
    ...{ made: () => made, site: () => site, source: () => source },
  };

  const requestFor = (out: string): ReleaseRequest => ({
    clusterFile: 'cluster.yaml',
    version: '2026.12',
    ...{ prove: undefined, previous: undefined, secdb: undefined, toolVersion: '0' },
    build: {
      sources: { ...sourceFlags(source), offline: true },
      engine: {},
      out: path.join(folder, out),
    },
  });
  const releaseTo = async (out: string, host: Host = site.host): Promise<ReleaseResult> =>
    await releaseCluster(host, requestFor(out));
  const run = (tool: string, args: readonly string[]): string =>
    execFileSync(tool, args, { cwd: made.folder, encoding: 'utf8', stdio: 'pipe' });

  beforeAll(async () => {
    source = await labSource(suiteHost());
    site = await makeSite(source, folder, { env: canaries.env });
    await site.configure(canaries.file);
    await lockClusterFile(site.host, {
      clusterFile: 'cluster.yaml',
      sources: sourceFlags(source),
      engine: {},
    });
    const watch = watchProcesses();
    made = await releaseTo('releases/a');
    commandLines = watch.end();
  }, COLD_BUILD_MS);

  test('is one folder, for its owner, with all that is to be said of the images', () => {
    expect(readdirSync(made.folder).sort()).toEqual([
      ...[
        'CHANGES.md',
        'SHA256SUMS',
        'SHA256SUMS.sig',
        'deploy',
        'inputs',
        'keys',
        'lb-1.iso',
        'lb-2.iso',
      ],
      ...['manifest.json', 'provenance.intoto.json', 'sbom.cdx.json', 'sbom.spdx.json'],
      'vulnerabilities.json',
    ]);
    expect(statSync(made.folder).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(made.folder, 'lb-1.iso')).mode & 0o777).toBe(0o600);
    expect(existsSync(path.join(made.folder, made.manifest.inputs.lock))).toBe(true);
  });

  test('openssl and sha256sum accept it as it is, as the guide says', () => {
    const key = path.join('keys', made.manifest.signingKey.name);
    const args = ['-verify', key, '-signature', 'SHA256SUMS.sig', 'SHA256SUMS'];
    expect(run('openssl', ['dgst', '-sha256', ...args])).toContain('Verified OK');
    expect(run('sha256sum', ['-c', 'SHA256SUMS'])).not.toContain('FAILED');
  });

  test('the official schemas accept its SBOMs', async () => {
    const text = (name: string): string => readFileSync(path.join(made.folder, name), 'utf8');
    const validator = new Validation.JsonStrictValidator(Spec.Version.v1dot6);
    expect(await validator.validate(text('sbom.cdx.json'))).toBeNull();
    const schema = readFileSync(path.join(ROOT, 'test/fixtures/spdx/spdx-2.3.schema.json'), 'utf8');
    const validate = new Ajv({ strict: false }).compile(JSON.parse(schema) as object);
    validate(JSON.parse(text('sbom.spdx.json')));
    expect(validate.errors).toBeNull();
  });

  test('verify finds nothing wrong, and says what it does not hold', async () => {
    const { checks, error } = await verifyWhat(site.host, 'releases/a', []);
    expect(checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(error).toBeUndefined();
    expect(checks.find(({ what }) => what === 'proof')?.outcome).toBe('absent');
  });

  test('made again in another folder it has the same bytes', async () => {
    const before = process.umask(0o077);
    const again = await releaseTo('elsewhere/b').finally(() => process.umask(before));
    const sums = (it: ReleaseResult): string =>
      readFileSync(path.join(it.folder, 'SHA256SUMS'), 'utf8');
    expect(sums(again)).toBe(sums(made));
    rmSync(again.folder, { recursive: true });
  }, 120_000);

  elsewhereTest(bed);

  reproduceTests(bed);

  test('inspect tells what an image is, and no secret', async () => {
    const { image, text } = await inspectImage(site.host, 'releases/a/lb-2.iso');
    expect(image).toMatchObject({
      node: 'lb-2',
      release: { version: '2026.12', role: 'BACKUP', vrrp: [{ vips: ['192.168.9.139'] }] },
    });
    expect(image.packages).toHaveProperty('haproxy');
    expect(image.services['default']).toContain('keepalived');
    expect(image.parts.reduce((sum, { size }) => sum + size, 0)).toBe(image.size);
    expect(text.join('\n')).toMatch(/packages +█+/);
    const seen = { json: JSON.stringify(image), text: text.join('\n') };
    expect(placesOfSecrets(canaries.values, [], seen)).toEqual([]);
    const shadow = image.configuration.find((it) => it.path === '/etc/shadow');
    expect(shadow).toMatchObject({ mode: '0600' });
    expect(shadow).not.toHaveProperty('sha256');
  });

  test('an image that lies alone is a doubt, one in its release is verified with it', async () => {
    const alone = path.join(folder, 'alone.iso');
    cpSync(path.join(made.folder, 'lb-1.iso'), alone);
    const { checks, error } = await verifyWhat(site.host, 'alone.iso', []);
    expect(checks.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'unknown']);
    expect(error).toMatchObject({ code: 'release-wrong' });
    expect((await verifyWhat(site.host, 'releases/a/lb-1.iso', [])).error).toBeUndefined();
  });

  test('is never replaced', async () => {
    await expect(releaseTo('releases/a')).rejects.toMatchObject({ code: 'already-exists' });
  });

  test('200 random byte flips, over all files: verify catches each', async () => {
    const names = [...byteFlips(made.folder, 200, 14)];
    expect(new Set(names.map(({ file }) => file)).size).toBeGreaterThan(10);
    const missed: string[] = [];
    for (const { file, at, apply, undo } of names) {
      apply();
      const { error } = await verifyWhat(site.host, 'releases/a', []);
      undo();
      if (error === undefined) missed.push(`${file} at ${at}`);
    }
    expect(missed).toEqual([]);
    expect((await verifyWhat(site.host, 'releases/a', [])).error).toBeUndefined();
  }, 300_000);

  test('a file too many, one too few, a link and a foreign key are doubts', async () => {
    const verified = async (): Promise<string | undefined> =>
      (await verifyWhat(site.host, 'releases/a', [])).text.find((it) =>
        /^(WRONG|UNKNOWN)/.test(it),
      );
    const extra = path.join(made.folder, 'deploy.sh');
    writeFileSync(extra, '');
    expect(await verified()).toContain('deploy.sh is no part of the release');
    rmSync(extra);
    const report = path.join(made.folder, 'vulnerabilities.json');
    const kept = readFileSync(report);
    rmSync(report);
    expect(await verified()).toContain('vulnerabilities.json is missing');
    writeFileSync(report, kept);
    expect(await verified()).toBeUndefined();
    const [foreign = ''] = readdirSync(source.keys);
    const { error } = await verifyWhat(site.host, 'releases/a', [path.join(source.keys, foreign)]);
    expect(error).toMatchObject({ code: 'release-wrong' });
  });

  nextReleaseTest(bed, (request, host) =>
    releaseCluster(host, { ...requestFor('releases/next'), ...request }),
  );

  test('no secret is in a document, a cache, an event or a command line', () => {
    expect(commandLines.length).toBeGreaterThan(5);
    const seen = { events: JSON.stringify(site.host.events), processes: commandLines.join('\n') };
    const places = [made.folder, site.host.cacheFolder];
    expect(placesOfSecrets(canaries.values, places, seen)).toEqual([]);
  });

  test('no secret is in the user’s part of a kit, which tells what to bring', async () => {
    const loaded = await loadCluster(site.host, 'cluster.yaml');
    const user = await clusterFiles([loaded]);
    const kits = path.join(folder, 'kits');
    mkdirSync(kits);
    const about = { kit: 1 as const, tool: '0', epoch: 0, overlays: [], bring: user.bring };
    await writeKit(
      path.join(kits, 'kit'),
      { ...about, clusters: [...user.clusters] },
      user.sources,
    );
    expect(placesOfSecrets(canaries.values, [kits], {})).toEqual([]);
    expect(user.bring.map(({ key }) => key)).toEqual(
      expect.arrayContaining(['vrrp.auth_pass', 'stats.password', 'access.root_password_hash']),
    );
  });

  test('no secret is in what a refusal says, nor in the manifest of a changed cluster', async () => {
    const file = path.join(folder, 'cluster.yaml');
    const text = readFileSync(file, 'utf8');
    chmodSync(file, 0o644);
    writeFileSync(file, `${text}\nraw:\n  haproxy_global: [no-such-word here]\n`);
    const failure: unknown = await releaseTo('releases/bad').catch((error: unknown) => error);
    writeFileSync(file, text);
    expect(failure).toBeInstanceOf(Error);
    const said = JSON.stringify(failure, Object.getOwnPropertyNames(failure));
    expect(placesOfSecrets(canaries.values, [], { said })).toEqual([]);
    expect(existsSync(path.join(folder, 'releases/bad'))).toBe(false);
  }, 120_000);

  test('a secret in the cluster file itself is refused', async () => {
    await site.configure({ ...canaries.file, stats: { user: 'a', password: 'in-the-open' } });
    await expect(releaseTo('releases/c')).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('stats.password') as unknown,
    });
    await site.configure(canaries.file);
  }, 120_000);
});
