import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ImageModel } from '../../../../scripts/cluster/model.ts';
import { sha256 } from '../../../../scripts/core/digest.ts';
import { overlayArchive } from '../../../../scripts/image/audit/overlay-archive.ts';
import { grubConfig, syslinuxConfig } from '../../../../scripts/image/boot-config.ts';
import { kernelArguments } from '../../../../scripts/image/kernel-arguments.ts';
import { mkimageArguments } from '../../../../scripts/image/mkimage/command.ts';
import { renderHook } from '../../../../scripts/image/mkimage/hook.ts';
import { mkimageDigest } from '../../../../scripts/image/mkimage/inputs.ts';
import { mkimageNodes, renderPlugin } from '../../../../scripts/image/mkimage/profile-plugin.ts';
import { releaseIdOf } from '../../../../scripts/image/release-id.ts';
import { testKeyPair } from '../../../support/apk/apk-builder.ts';
import { requireTools } from '../../../support/host/require-tools.ts';
import { temporaryFolder } from '../../../support/host/test-host.ts';
import {
  PACKAGE_ROOT,
  lockedPackage,
  mkimageInputs,
} from '../../../support/images/mkimage-inputs.ts';
import { SCRIPTS_OF, aportsLike } from '../../../support/images/mkimage-scripts.ts';
import type { ScriptsOf } from '../../../support/images/mkimage-scripts.ts';

const host = { packageRoot: PACKAGE_ROOT };
const inputs = mkimageInputs();
const release = releaseIdOf(mkimageDigest(inputs));
const image: ImageModel = {
  engine: 'mkimage',
  formats: ['iso'],
  profile: 'virt',
  kernelArguments: ["quote='$(touch pwned)'"],
  modules: 'all',
  serialConsole: { device: 'ttyS0', baud: 115_200 },
};
const nodes = mkimageNodes(['lb-1', 'lb-2']);
const plugin = await renderPlugin(host, inputs, { image, release, nodes });

/** What mkimage.sh does with a plugin: it lists profiles by sed, sources the file and calls a profile's function. */
function sourced(script: string): string {
  const folder = temporaryFolder();
  const file = path.join(folder, 'mkimg.vipiso.sh');
  writeFileSync(file, plugin);
  const text = `set -e\nprofile_base() { initfs_cmdline=base; apks=theirs; }\n. ${file}\n${script}\n`;
  return execFileSync('/bin/sh', ['-c', text], { cwd: folder, encoding: 'utf8' });
}

describe('the mkimage profile', () => {
  test('names one profile per node in the form that mkimage looks for', () => {
    const names = [...plugin.matchAll(/^profile_(.*)\(\) {$/gm)].map(([, name]) => name);
    expect(names).toEqual(['lb_1', 'lb_2']);
  });

  test('gives hosts that differ in punctuation alone profiles of their own', () => {
    const profiles = mkimageNodes(['lb-1', 'lb.1', 'lb1']).map(({ profile }) => profile);
    expect(profiles).toEqual(['lb_1', 'lb_1_2', 'lb1']);
  });

  test('sets all that mkimage goes by: without arch it would build nothing and end well', () => {
    const names = ['arch', 'hostname', 'apkovl', 'output_filename', 'kernel_flavors', 'apks'];
    const shown = names.map((name) => `printf '%s\\n' "$${name}"`).join('\n');
    expect(sourced(`profile_lb_2\n${shown}`).split('\n')).toEqual([
      ...['x86_64', 'lb-2', 'genapkovl-lb-2.sh', 'lb-2.iso', 'virt', 'alpine-base haproxy', ''],
    ]);
  });

  test("writes the boot loaders' configurations of the native engine, to the byte", () => {
    const about = { flavour: 'virt', hostname: 'lb-1', release };
    const entry = {
      ...{ flavour: 'virt', release, profile: inputs.profile, serialConsole: image.serialConsole },
      arguments: kernelArguments(image, inputs.profile, about),
    };
    expect(sourced('profile_lb_1\nsyslinux_gen_config')).toBe(syslinuxConfig(entry));
    expect(sourced('profile_lb_1\ngrub_gen_config')).toBe(grubConfig(entry));
    expect(sourced('grub_gen_earlyconf')).toContain(`--label "${release.volumeId}"`);
  });

  test('lets no value of the cluster file run', () => {
    expect(sourced('profile_lb_1; ls').trim()).toBe('mkimg.vipiso.sh');
  });

  test.runIf(requireTools('shellcheck'))('passes shellcheck, as does the hook', async () => {
    const folder = temporaryFolder();
    const hook = await renderHook(host, {
      hostname: 'lb-1',
      overlay: Buffer.from('x'),
      release,
      epoch: 1,
    });
    writeFileSync(path.join(folder, 'mkimg.vipiso.sh'), plugin);
    writeFileSync(path.join(folder, 'genapkovl-lb-1.sh'), hook);
    const check = (name: string): string =>
      execFileSync('shellcheck', ['-S', 'warning', name], { cwd: folder, encoding: 'utf8' });
    expect(check('mkimg.vipiso.sh') + check('genapkovl-lb-1.sh')).toBe('');
  });
});

/** Runs scripts as vipiso calls mkimage.sh. @returns the "images", by file name, and how apk was called */
async function runScripts(
  how: ScriptsOf,
  changes: Parameters<typeof mkimageInputs>[0] = {},
): Promise<{ images: ReadonlyMap<string, string>; apk: string; keys: readonly string[] }> {
  const folder = temporaryFolder();
  const at = (...names: string[]): string => path.join(folder, ...names);
  const scripts = aportsLike(how);
  const given = mkimageInputs({ branch: how.branch, scripts, ...changes });
  for (const name of ['scripts', 'home/.mkimage', 'keys', 'out', 'bin']) {
    mkdirSync(at(name), { recursive: true });
  }
  for (const { name, content } of scripts.files) writeFileSync(at('scripts', name), content);
  writeFileSync(
    at('home/.mkimage/mkimg.vipiso.sh'),
    await renderPlugin(host, given, { image, release, nodes }),
  );
  for (const name of ['keys/alpine.rsa.pub', 'home/own.rsa.pub']) writeFileSync(at(name), name);
  writeFileSync(at('bin/apk'), `#!/bin/sh\necho "$*" > ${at('apk')}\n`);
  chmodSync(at('bin/apk'), 0o755);
  const places = { out: at('out'), work: at('work'), repository: at('repository') };
  // The root's sh is BusyBox's, which knows pipefail; not every /bin/sh does.
  const args = [at('scripts/mkimage.sh'), ...mkimageArguments(given, nodes, places)];
  execFileSync('bash', ['--posix', ...args], {
    env: {
      PATH: `${at('bin')}:${process.env['PATH'] ?? ''}`,
      ...{ HOME: at('home'), HOST_KEYS: at('keys'), PACKAGER_PRIVKEY: at('home/own.rsa') },
    },
  });
  const images = readdirSync(at('out')).map(
    (name) => [name, readFileSync(at('out', name), 'utf8')] as const,
  );
  const keys = readdirSync(at('work/root/etc/apk/keys')).sort();
  return { images: new Map(images), apk: readFileSync(at('apk'), 'utf8'), keys };
}

describe.each(SCRIPTS_OF)('scripts that go about it as those of $branch', (how) => {
  test('source the plugin, build a profile per node, and use its functions instead of their own', async () => {
    const { images, apk } = await runScripts(how);
    expect([...images.keys()].sort()).toEqual(['lb-1.iso', 'lb-2.iso']);
    expect(apk).toContain(`add --initdb${how.initdb}\n`);
    const entry = {
      ...{ flavour: 'virt', release, profile: inputs.profile, serialConsole: image.serialConsole },
      arguments: kernelArguments(image, inputs.profile, {
        flavour: 'virt',
        hostname: 'lb-2',
        release,
      }),
    };
    const text = images.get('lb-2.iso') ?? '';
    expect(text).toContain(syslinuxConfig(entry));
    expect(text).toContain(grubConfig(entry));
    expect(text).toContain(`--label "${release.volumeId}"`);
    expect(text).not.toContain('of mkimage');
    expect(text).toMatch(/^kernel virt \(.*\) signed yes$/m);
    expect(text).toMatch(/^apks alpine-base haproxy$/m);
    expect(text).toMatch(/^apkovl genapkovl-lb-2.sh of lb-2$/m);
    expect(text).toMatch(new RegExp(`^iso .*-volid ${release.volumeId}`, 'm'));
  });

  test('trust the keys of the packages where the user named some', async () => {
    const packageKeys = new Map([['mine.rsa.pub', testKeyPair('mine').publicKey.pem]]);
    const usual = how.keys === 'host' ? ['alpine.rsa.pub'] : ['own.rsa.pub'];
    expect((await runScripts(how)).keys).toEqual(usual);
    expect((await runScripts(how, { packageKeys })).keys).toEqual(['alpine.rsa.pub']);
  });
});

describe('the overlay hook', () => {
  const overlay = Buffer.from([...Array(1000).keys()].map((it) => it % 251));

  async function run(bytes: Buffer, argument: string): Promise<string> {
    const folder = temporaryFolder();
    const hook = path.join(folder, 'hook');
    writeFileSync(
      hook,
      await renderHook(host, { hostname: 'lb-1', overlay: bytes, release, epoch: 1 }),
    );
    chmodSync(hook, 0o700);
    const section = path.join(folder, 'section');
    mkdirSync(section);
    execFileSync(hook, [argument], { cwd: section, stdio: 'pipe' });
    return section;
  }

  test('leaves the overlay and its archive in an empty folder, byte for byte', async () => {
    const section = await run(overlay, 'lb-1');
    expect(readdirSync(section).sort()).toEqual(['lb-1.apkovl.tar.gz', release.markerFolder]);
    expect(readFileSync(path.join(section, 'lb-1.apkovl.tar.gz')).equals(overlay)).toBe(true);
    const archive = readFileSync(path.join(section, release.markerFolder, 'overlay.img'));
    expect(archive.equals(overlayArchive('lb-1', overlay, 1))).toBe(true);
  });

  test('refuses another host name', async () => {
    await expect(run(overlay, 'lb-2')).rejects.toThrow('made for lb-1, not for lb-2');
  });

  test('changes with the overlay: mkimage takes an equal hook for an equal overlay', async () => {
    const texts = await Promise.all(
      ['a', 'b'].map((it) =>
        renderHook(host, { hostname: 'lb-1', overlay: Buffer.from(it), release, epoch: 1 }),
      ),
    );
    expect(texts[0]).not.toBe(texts[1]);
  });
});

describe("the sections' key", () => {
  test.each<[string, Parameters<typeof mkimageInputs>[0]]>([
    ['the tools', { builder: { from: 'lock', packages: [lockedPackage('abuild', 'rebuilt')] } }],
    ['a package at an unchanged version', { imagePackages: [lockedPackage('haproxy', 'rebuilt')] }],
    ['the kernel', { kernelPackages: [lockedPackage('linux-virt', 'rebuilt')] }],
    ['the scripts', { scripts: { files: [], sha256: sha256('others') } }],
    ['the epoch', { epoch: 1 }],
    ['the branch', { branch: 'v3.20' }],
    ["the packages' keys", { packageKeys: new Map([['k', testKeyPair('k').publicKey.pem]]) }],
  ])('changes with %s', (_what, changes) => {
    expect(mkimageDigest(mkimageInputs(changes))).not.toBe(mkimageDigest(inputs));
  });
});
