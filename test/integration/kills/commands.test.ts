import { createPublicKey } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { sha256 } from '../../../scripts/core/digest.ts';
import { writeRepository } from '../../support/apk/alpine-repository.ts';
import { testKeyPair } from '../../support/apk/apk-builder.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { makeToolPackage } from '../../support/host/tool-package.ts';
import { changed, program, smallSet } from '../../support/hostile/packages.ts';
import { makeFetchSite, REPOSITORY } from '../../support/http/fetch-site.ts';
import type { FetchSite, FetchSiteChanges } from '../../support/http/fetch-site.ts';
import { labSource } from '../../support/images/build-site.ts';
import { suiteHost } from '../../support/images/lab-pair.ts';
import { SCRIPTS_OF, aportsLike } from '../../support/images/mkimage-scripts.ts';
import { KILLS, killAndRunAgain } from '../../support/killed-command.ts';
import type { Check, KilledCommand } from '../../support/killed-command.ts';

const LOCK = 'vipiso.lock.json';
const BUILD_TOOLS = ['bwrap', 'xorriso', 'mksquashfs', 'mformat', 'mcopy', 'apt-get'];

const root = mkdtempSync(path.join(os.tmpdir(), 'vipiso-kills-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const tool = makeToolPackage(path.join(root, 'tool'));
const keys = testKeyPair();

interface Case extends KilledCommand {
  readonly site?: () => Promise<FetchSiteChanges>;
  /** What is done before, each a call of the tool or a change of the site. */
  readonly prepare?: (site: FetchSite) => Promise<void>;
  readonly skip?: boolean;
}

async function done(site: FetchSite, args: readonly string[]): Promise<void> {
  const { exited, lines } = await site.run(args);
  expect((await exited).exitCode, lines.join('\n')).toBe(0);
}

/** A second version of everything that the lock names. */
function publishNewer(site: FetchSite): Promise<void> {
  const lock = JSON.parse(readFileSync(path.join(site.host.folder, LOCK), 'utf8')) as {
    packages: { name: string }[];
  };
  const newer = lock.packages.map(({ name }) => ({ name, version: '2.0-r0', buildTime: 1000 }));
  writeRepository(path.join(site.packages, REPOSITORY), newer, keys);
  return Promise.resolve();
}

function writeAports(site: FetchSite): Promise<void> {
  const folder = path.join(site.host.folder, 'aports/scripts');
  mkdirSync(folder, { recursive: true });
  const [how] = SCRIPTS_OF;
  for (const { name, content } of how === undefined ? [] : aportsLike(how).files)
    writeFileSync(path.join(folder, name), content, { mode: 0o755 });
  // The lock is of another engine.
  rmSync(path.join(site.host.folder, LOCK));
  return Promise.resolve();
}

/** One key at most, with its public half, its owner's alone; and that it is there once a run has ended. */
const oneKey =
  (site: () => FetchSite, folder: string): Check =>
  (now, _sets, when) => {
    const names = Object.keys(now).sort();
    if (when === 'killed' && names.length === 0) return;
    expect(names).toHaveLength(2);
    const [file = '', publicFile] = names.map((name) => path.join(site().host.folder, name));
    expect(publicFile).toBe(`${file}.pub`);
    expect(path.basename(path.dirname(file))).toBe(path.basename(folder));
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const half = createPublicKey(readFileSync(file)).export({ type: 'spki', format: 'pem' });
    expect(readFileSync(`${file}.pub`, 'utf8')).toBe(half);
  };

/** The schema may stand alone, as what a killed run leaves; each file that is there is whole. */
const someOfThem: Check = (now, { right }, when) => {
  if (when === 'ended') expect(now).toEqual(right);
  else expect(right).toMatchObject(now);
};

/** Images of one build; where there are checksums or a manifest, all that they name. */
const oneRelease: Check = (now, { before, right }, when) => {
  if (when === 'ended') expect(now).toEqual(right);
  const images = Object.keys(now).filter((name) => name.endsWith('.iso'));
  const of = [before, right].filter((set) => images.every((name) => set[name] === now[name]));
  expect(of.length).toBeGreaterThan(0);
  const told = Object.keys(now).filter((name) => !name.endsWith('.iso'));
  for (const name of told) {
    const set = of.find((it) => it[name] === now[name]);
    expect(set, name).toBeDefined();
    expect(images).toHaveLength(2);
  }
};

/** Images of next to nothing, by all of the real tools. */
async function bootable(): Promise<FetchSiteChanges> {
  const lab = path.join((await labSource(suiteHost())).repository, 'x86_64');
  const boot = [432, 4096].map((size) => Buffer.alloc(size, 1));
  // What it is made of, and then looked through for.
  const pack = `while [ $# -gt 0 ]; do case "$1" in -o) out=$2 ;; -s) signature=$2 ;; esac; shift; done
mkdir -p /tmp/made/etc/apk /tmp/made/var/cache/misc; cd /tmp/made
cp /init .; cp -r /etc/apk/keys etc/apk; cp "$signature" var/cache/misc
find init etc var | cpio -o -H newc > "$out"`;
  const initramfs = [program('init', ''), program('usr/bin/mkinitfs', pack)];
  const set = changed(smallSet(lab), { name: 'tools', files: initramfs });
  const packages = set.map((it) => {
    if (it.name === 'linux-virt') return { ...it, depends: ['busybox', 'tools'] };
    if (it.name !== 'syslinux') return it;
    const others = (it.files ?? []).filter((file) => !/isohdpfx|isolinux/.test(file.path));
    const files = ['isohdpfx.bin', 'isolinux.bin'].map((name, index) => {
      return { path: `usr/share/syslinux/${name}`, content: boot[index] ?? Buffer.alloc(0) };
    });
    return { ...it, files: [...others, ...files] };
  });
  return { packages };
}

/** Builds once, and renames the cluster: the next build's images are others. */
async function buildBefore(site: FetchSite): Promise<void> {
  await done(site, BUILD);
  const file = path.join(site.host.folder, 'cluster.yaml');
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, `${text}name: renamed\n`);
}

/** What mkimage runs with. */
const BUILDERS = [
  ...['abuild', 'alpine-conf', 'apk-tools', 'busybox', 'dosfstools', 'fakeroot', 'kmod', 'mtools'],
  ...['squashfs-tools', 'xorriso'],
];
const BUILD = ['build', '--frozen', '--no-daemons'];
const build = {
  ...{ args: BUILD, outputs: ['out'], prepare: buildBefore, site: bootable, check: oneRelease },
  skip: !requireTools(...BUILD_TOOLS),
};

const sites = new Map<string, FetchSite>();
const siteOf = (name: string) => (): FetchSite => sites.get(name) as FetchSite;

const COMMANDS: Readonly<Record<string, Case>> = {
  init: { args: ['init', 'new'], outputs: ['new'], codes: [0, 2], check: someOfThem },
  'key new': {
    ...{ args: ['key', 'new'], outputs: ['data/keys'], codes: [0, 2] },
    check: oneKey(siteOf('key new'), 'keys'),
  },
  'key new --out': {
    ...{ args: ['key', 'new', '--out', 'mine'], outputs: ['mine'], codes: [0, 2] },
    check: oneKey(siteOf('key new --out'), 'mine'),
  },
  lock: { args: ['lock'], outputs: [LOCK] },
  update: { args: ['update', '--offline'], outputs: [LOCK], prepare: publishNewer },
  'fetch, from an empty cache': { args: ['fetch'], outputs: [] },
  'fetch --mirror': { args: ['fetch', '--mirror', 'mirror'], outputs: ['mirror'] },
  render: { args: ['render', '--out', 'rendered'], outputs: ['rendered'] },
  kit: { args: ['kit', '--out', 'site.kit'], outputs: ['site.kit'] },
  'kit --unpack': {
    args: ['kit', '--unpack', 'site.kit', '--into', 'unpacked'],
    outputs: ['unpacked'],
    prepare: (site) => done(site, ['kit', '--out', 'site.kit']),
  },
  eject: {
    site: () => Promise.resolve({ packages: BUILDERS.map((name) => ({ name })) }),
    args: ['eject', '--aports', 'aports', '--out', 'ejected', '--offline'],
    ...{ outputs: ['ejected', LOCK], prepare: writeAports, codes: [0, 2] },
  },
  'build, from a base of the cache': { ...build, forgets: [] },
  'build, from an empty cache': { ...build, usual: 2 },
};

// A hundred kills of each command take longer than a test may.
const timeLimit = Math.max(300_000, KILLS * 60_000);

describe.concurrent('a command that is killed at any change of the file system', () => {
  for (const [name, { site: changes, prepare, skip, ...command }] of Object.entries(COMMANDS)) {
    test.skipIf(skip === true)(
      `leaves one set, and nothing that stays: ${name}`,
      async () => {
        const folder = path.join(root, sha256(name).slice(0, 8));
        mkdirSync(folder);
        const site = await makeFetchSite(tool, keys, 100, { folder, ...(await changes?.()) });
        sites.set(name, site);
        await prepare?.(site);
        const { kills, changes: of } = await killAndRunAgain(site, command);
        process.stdout.write(`${name}: ${kills} kills at ${of} changes\n`);
      },
      timeLimit,
    );
  }
});
