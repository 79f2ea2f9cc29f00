import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ImageModel } from '../../../../scripts/cluster/model.ts';
import { sha256 } from '../../../../scripts/core/digest.ts';
import { grubConfig, syslinuxConfig } from '../../../../scripts/image/boot-config.ts';
import { kernelArguments } from '../../../../scripts/image/kernel-arguments.ts';
import { renderHook } from '../../../../scripts/image/mkimage/hook.ts';
import { mkimageDigest } from '../../../../scripts/image/mkimage/inputs.ts';
import { mkimageNodes, renderPlugin } from '../../../../scripts/image/mkimage/profile-plugin.ts';
import { overlayArchive } from '../../../../scripts/image/overlay-archive.ts';
import { releaseIdOf } from '../../../../scripts/image/release-id.ts';
import { PACKAGE_ROOT, lockedPackage, mkimageInputs } from '../../../support/mkimage-inputs.ts';
import { requireTools } from '../../../support/require-tools.ts';
import { temporaryFolder } from '../../../support/test-host.ts';

const host = { packageRoot: PACKAGE_ROOT };
const inputs = mkimageInputs();
const release = releaseIdOf(mkimageDigest(inputs));
const image: ImageModel = {
  engine: 'mkimage',
  profile: 'virt',
  kernelArguments: ["quote='$(touch pwned)'"],
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
  ])('changes with %s', (_what, changes) => {
    expect(mkimageDigest(mkimageInputs(changes))).not.toBe(mkimageDigest(inputs));
  });
});
