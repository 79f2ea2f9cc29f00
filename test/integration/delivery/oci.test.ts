import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { alpineRepositories, DEFAULT_BRANCH } from '../../../scripts/cluster/resolve/alpine.ts';
import { sha256 } from '../../../scripts/core/digest.ts';
import { openSources } from '../../../scripts/packages/sources.ts';
import { repositoriesFromFlags } from '../../../scripts/packages/repository-flags.ts';
import { makeImage } from '../../../scripts/tasks/oci/make-image.ts';
import { imagePackages } from '../../../scripts/tasks/oci/packages.ts';
import { writeKeysFolder, writeRepository } from '../../support/apk/alpine-repository.ts';
import { testKeyPair } from '../../support/apk/apk-builder.ts';
import { hostProgramPackages } from '../../support/apk/host-programs.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { testHost } from '../../support/host/test-host.ts';
import { makeToolPackage } from '../../support/host/tool-package.ts';
import { labSource, suiteFolder } from '../../support/images/build-site.ts';
import { suiteHost } from '../../support/images/lab-pair.ts';

const TOOLS = ['bwrap', 'skopeo', 'umoci', 'apt-get', 'mksquashfs', 'mcopy', 'xorriso', 'qemu-img'];
const ROOT = path.resolve(import.meta.dirname, '../../..');
const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')) as {
  version: string;
};

describe.runIf(requireTools(...TOOLS))('the OCI image of the tool', () => {
  const folder = suiteFolder();
  const at = (name: string): string => path.join(folder, name);
  const archive = at('vipiso-oci.tar');
  const run = (tool: string, ...args: string[]): string =>
    execFileSync(tool, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });

  /** The lab has no packages of the tool's own programs: those of this machine stand in. */
  beforeAll(async () => {
    const lab = await labSource(suiteHost());
    const pair = testKeyPair();
    const where = (tool: string): string => run('which', tool).trim();
    const programs = hostProgramPackages({
      nodejs: [process.execPath],
      bubblewrap: [where('bwrap')],
      mtools: [where('mcopy')],
      'qemu-img': [where('qemu-img')],
      'squashfs-tools': [where('mksquashfs')],
      xorriso: [where('xorriso')],
    });
    const { folder: extra } = writeRepository(at('extra'), programs, pair, DEFAULT_BRANCH);
    const keysFolder = writeKeysFolder(at('keys'), pair);
    cpSync(lab.keys, keysFolder, { recursive: true });
    const host = testHost({ cwd: folder });
    const repositories = repositoriesFromFlags(host, [lab.repository, extra]);
    const alpine = {
      ...{ branch: DEFAULT_BRANCH, arch: 'x86_64', keysFolder },
      repositories: repositories ?? alpineRepositories(),
    };
    makeToolPackage(at('tool'));
    await using sources = openSources(host, { alpine }, { offline: true });
    await makeImage(sources, {
      ...{ out: archive, lockFile: `${archive}.lock.json`, tool: at('tool') },
      packages: imagePackages(false),
    });
  }, 300_000);

  test('is one that skopeo reads, and whose every blob is what its name says', () => {
    const said = JSON.parse(run('skopeo', 'inspect', `oci-archive:${archive}:${version}`)) as {
      Architecture: string;
      Os: string;
      Layers: readonly string[];
      Labels: Record<string, string>;
    };
    expect(said).toMatchObject({ Architecture: 'amd64', Os: 'linux' });
    expect(said.Labels['org.opencontainers.image.version']).toBe(version);
    expect(said.Layers).toHaveLength(2);
    run('skopeo', 'copy', '--quiet', `oci-archive:${archive}:${version}`, `oci:${at('layout')}:it`);
    const blobs = readdirSync(at('layout/blobs/sha256'));
    expect(blobs).toHaveLength(4);
    for (const name of blobs)
      expect(sha256(readFileSync(at(`layout/blobs/sha256/${name}`)))).toBe(name);
  });

  test('unpacks to a root whose tool runs there, without root', () => {
    run('umoci', 'unpack', '--rootless', '--image', `${at('layout')}:it`, at('bundle'));
    const inside = (...command: string[]): string =>
      run(
        'bwrap',
        ...['--unshare-all', '--uid', '1000', '--gid', '1000', '--cap-drop', 'ALL', '--clearenv'],
        ...['--bind', at('bundle/rootfs'), '/', '--dev', '/dev', '--proc', '/proc'],
        ...['--setenv', 'PATH', '/usr/bin:/bin', '--chdir', '/work', ...command],
      );
    expect(inside('vipiso', '--version').trim()).toBe(version);
    inside('vipiso', 'init');
    expect(inside('vipiso', 'check')).toContain('cluster.yaml');
    expect(inside('busybox', 'ls', '/work')).toContain('cluster.yaml');
    const installed = readFileSync(at('bundle/rootfs/lib/apk/db/installed'), 'utf8');
    for (const name of imagePackages(false)) expect(installed).toMatch(`\nP:${name}\n`);
    expect(readdirSync(at('bundle/rootfs/usr/lib/vipiso'))).not.toContain('test');
  });
});

test('the Containerfile installs the same packages', () => {
  const text = readFileSync(path.join(ROOT, 'Containerfile'), 'utf8');
  const listed =
    /apk add --no-cache ((?: *\\\n| *[\w-]+)+)/.exec(text)?.[1]?.match(/[a-z][\w-]*/g) ?? [];
  // Every Alpine root has these.
  const base = ['alpine-baselayout', 'busybox'];
  expect([...base, ...listed].sort()).toEqual(imagePackages(false));
  expect(text).toContain(`:${DEFAULT_BRANCH.slice(1)}`);
});
