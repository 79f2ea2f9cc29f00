import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openPackage } from '../../../../scripts/apk/package/package-file.ts';
import type { ProgressEvent } from '../../../../scripts/core/events.ts';
import { sandboxArguments } from '../../../../scripts/host/sandbox/sandbox-command.ts';
import { standIns } from '../../../../scripts/image/mkimage/builder/stand-in.ts';
import { mkimageNodes } from '../../../../scripts/image/mkimage/profile-plugin.ts';
import { prepareRun } from '../../../../scripts/image/mkimage/run-folder.ts';
import { mkimageCall } from '../../../../scripts/image/mkimage/run-mkimage.ts';
import { SectionSteps } from '../../../../scripts/image/mkimage/section-steps.ts';
import { testKeyPair } from '../../../support/apk/apk-builder.ts';
import { temporaryFolder } from '../../../support/host/test-host.ts';
import { mkimageInputs } from '../../../support/images/mkimage-inputs.ts';

const inputs = mkimageInputs();
const run = {
  ...{
    aports: '/r/aports',
    home: '/r/home',
    profile: '/r/profile',
    bin: '/r/bin',
    work: '/r/work',
  },
  ...{ repository: '/r/repository', out: '/r/out', keys: '/r/keys', temp: '/r/tmp' },
};
const call = mkimageCall(inputs, {
  ...{ root: '/root-of-builder', run, log: '/log', onLine: () => undefined },
  nodes: mkimageNodes(['lb-1', 'lb-2']),
});

describe("mkimage's sandbox", () => {
  const args = sandboxArguments(call);
  const after = (flag: string): string[] =>
    args.flatMap((it, index) => (it === flag ? [args[index + 1] ?? ''] : []));

  test('has no network, a read-only root and an ordinary user', () => {
    expect(args).toContain('--unshare-all');
    expect(args).not.toContain('--share-net');
    expect(after('--ro-bind')[0]).toBe('/root-of-builder');
    expect(after('--uid')).toEqual(['1000']);
  });

  test("has an ordinary user with an Alpine host's tools, too: apk 3 would refuse mkimage's root to root", () => {
    const root = { parts: [{ at: '/usr', folder: '/usr' }] };
    const about = { run, log: '/log', onLine: () => undefined, nodes: mkimageNodes(['lb-1']) };
    const withHost = sandboxArguments(mkimageCall(inputs, { ...about, root }));
    const uid = withHost[withHost.indexOf('--uid') + 1];
    expect(Number(uid)).toBeGreaterThan(0);
    expect(withHost).not.toContain('--share-user');
  });

  test('lets mkimage write its work, its results and its temporary files, and nothing else', () => {
    expect(after('--bind').sort()).toEqual(['/r/out', '/r/tmp', '/r/work']);
  });

  test('hands on no variable but the fixed ones', () => {
    expect(args).toContain('--clearenv');
    expect(after('--setenv').sort()).toEqual([
      ...['FAKEROOTDONTTRYCHOWN', 'HOME', 'LC_ALL', 'MKSQUASHFS_OPTS', 'PACKAGER_PRIVKEY', 'PATH'],
      ...['SOURCE_DATE_EPOCH', 'TMPDIR', 'TZ'],
    ]);
  });

  test('builds all nodes by one call, from one repository', () => {
    const command = args.slice(args.indexOf('--') + 1);
    expect(command.slice(command.indexOf('--profile'))).toEqual(['--profile', 'lb_1 lb_2']);
    expect(command.filter((it) => it.includes('repository'))).toEqual([
      '--repository',
      '/vipiso/repository',
    ]);
  });
});

describe("a run's folder", () => {
  test('holds the public key with a mode of its own: it is the mode that the initramfs gets', async () => {
    const folder = temporaryFolder();
    const usual = process.umask(0o077);
    try {
      const texts = { plugin: '', hooks: new Map<string, string>() };
      const files = { imagePackages: [], kernelPackages: [] };
      const { home } = await prepareRun(folder, mkimageInputs(files), texts);
      const modeOf = (name: string): number => {
        return statSync(path.join(home, '.abuild', name)).mode & 0o777;
      };
      const { name } = inputs.siteKey.signing;
      expect(modeOf(name)).toBe(0o644);
      expect(modeOf(name.replace(/\.pub$/, ''))).toBe(0o600);
    } finally {
      process.umask(usual);
    }
  });
});

describe('the keys of a run', () => {
  const pem = testKeyPair('mine').publicKey.pem;
  const { name } = inputs.siteKey.signing;

  test.each<[string, ReadonlyMap<string, string>, readonly string[]]>([
    ["are the site's alone for Alpine's own packages", new Map(), [name]],
    [
      'are also those that the user named',
      new Map([['mine.rsa.pub', pem]]),
      ['mine.rsa.pub', name],
    ],
    ["never take the place of the site's", new Map([[name, pem]]), [name]],
  ])('%s', async (_what, packageKeys, names) => {
    const files = { imagePackages: [], kernelPackages: [], packageKeys };
    const texts = { plugin: '', hooks: new Map<string, string>() };
    const { keys } = await prepareRun(temporaryFolder(), mkimageInputs(files), texts);
    expect(readdirSync(keys).sort()).toEqual([...names].sort());
    expect(readFileSync(path.join(keys, name), 'utf8')).toBe(inputs.siteKey.publicKeyPem);
  });
});

describe("mkimage's messages", () => {
  test('become steps; a section lasts until the next message', () => {
    const events: ProgressEvent[] = [];
    const steps = new SectionSteps((event) => events.push(event));
    steps.line('\u001b[1;32m>>>\u001b[1;0m \u001b[1;34mmkimage-x86_64\u001b[1;0m: Building lb_1');
    steps.line('>>> mkimage-x86_64: --> kernel x86_64 virt abc linux-virt');
    steps.line('creating /boot/initramfs-virt for 6.6');
    steps.line('>>> mkimage-x86_64: Creating lb-1.iso');
    steps.end('failed');
    expect(
      events.map((it) => [it.type, 'title' in it ? it.title : 'outcome' in it ? it.outcome : '']),
    ).toEqual([
      ['step-start', 'Packing kernel, initramfs and modules'],
      ['step-end', 'done'],
      ['step-start', 'Writing lb-1.iso'],
      ['step-end', 'failed'],
    ]);
  });
});

describe('stand-ins for firmware', () => {
  const about = { arch: 'x86_64', epoch: 1, key: inputs.siteKey.signing };

  test('are sound, signed packages without a file', () => {
    const keys = new Map([[inputs.siteKey.signing.name, inputs.siteKey.publicKeyPem]]);
    const made = standIns(new Set(), about).map(({ bytes }) => openPackage(bytes, { keys }));
    expect(made.map(({ pkgInfo }) => pkgInfo.name)).toEqual(['linux-firmware', 'wireless-regdb']);
    expect(made.map(({ signature }) => signature.status)).toEqual(['ok', 'ok']);
    expect(made.flatMap((it) => [...it.entries()])).toEqual([]);
  });

  test('never stand in for what the lock holds', () => {
    const names = standIns(new Set(['linux-firmware']), about).map(({ name }) => name);
    expect(names).toEqual(['wireless-regdb']);
  });
});
