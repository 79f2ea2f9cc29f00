import { existsSync, lstatSync, readFileSync, readdirSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { openPackage } from '../../../scripts/apk/package/package-file.ts';
import { requireSandbox } from '../../../scripts/host/sandbox/require-sandbox.ts';
import { runSandboxed } from '../../../scripts/host/sandbox/sandbox.ts';
import type { SandboxCall } from '../../../scripts/host/sandbox/sandbox-call.ts';
import { installPackages } from '../../../scripts/image/root/install-packages.ts';
import { runPackageScripts } from '../../../scripts/image/root/run-scripts.ts';
import { buildApk, testKeyPair } from '../../support/apk/apk-builder.ts';
import { requireTools } from '../../support/host/require-tools.ts';
import { temporaryFolder } from '../../support/host/test-host.ts';
import { labSource, suiteFolder } from '../../support/images/build-site.ts';
import { suiteHost } from '../../support/images/lab-pair.ts';

const host = suiteHost();

describe.runIf(requireTools('bwrap', 'apt-get'))('the sandbox', () => {
  const root = path.join(suiteFolder(), 'root');
  const log = path.join(root, '../log');

  beforeAll(async () => {
    await requireSandbox(host);
    const packages = path.join((await labSource(host)).repository, 'x86_64');
    const names = readdirSync(packages).filter((name) => /^busybox(-binsh)?-\d/.test(name));
    const opened = names.map((name) => openPackage(readFileSync(path.join(packages, name))));
    for (const folder of ['proc', 'dev', 'tmp']) {
      await mkdir(path.join(root, folder), { recursive: true });
    }
    const installed = await installPackages(root, opened);
    await runPackageScripts(host, root, installed, { select: () => true, log });
  });

  const shell = async (script: string, call: Partial<SandboxCall> = {}) =>
    await runSandboxed(host, {
      root,
      command: ['busybox', 'sh', '-c', script],
      okExitCodes: [0, 1],
      ...call,
    });

  test('ran the scripts of the packages in their own root', () => {
    expect(lstatSync(path.join(root, 'bin/ls')).isSymbolicLink()).toBe(true);
    expect(readdirSync(path.join(root, 'lib/apk/exec'))).toEqual([]);
  });

  test('tells a package script, by the words of apk 3, whose it is and which', async () => {
    const { signing } = testKeyPair();
    const show = '#!/bin/busybox sh\necho "$APK_PACKAGE $APK_SCRIPT $*" >> /said\n';
    const scripts = { 'pre-install': show, 'post-install': show, trigger: show };
    const made = buildApk(
      { name: 'said', version: '2-r1', scripts, triggers: ['/usr/bin'] },
      signing,
    );
    const files = [{ path: 'usr/bin', type: 'directory' as const }];
    const other = buildApk({ name: 'other', files }, signing);
    const installed = await installPackages(
      root,
      [made, other].map((it) => openPackage(it)),
    );
    await runPackageScripts(host, root, installed, { select: () => true, log });
    expect(readFileSync(path.join(root, 'said'), 'utf8').split('\n')).toEqual([
      ...['said pre-install 2-r1', 'said post-install 2-r1', 'said trigger /usr/bin', ''],
    ]);
  });

  test('has no network', async () => {
    const { stdout } = await shell('cat /proc/net/dev');
    const interfaces = [...stdout.matchAll(/^\s*(\S+):/gm)].map(([, name]) => name);
    expect(interfaces).toEqual(['lo']);
  });

  test('has none of the environment', async () => {
    const { stdout } = await shell('env', { env: { SOURCE_DATE_EPOCH: '1' } });
    const names = stdout.split('\n').flatMap((line) => line.split('=')[0] ?? []);
    expect(names.filter((name) => name !== '').sort()).toEqual([
      ...['HOME', 'LC_ALL', 'PATH', 'PWD', 'SHLVL', 'SOURCE_DATE_EPOCH', 'TMPDIR', 'TZ'],
    ]);
  });

  test('sees no processes and no files but its own', async () => {
    const outside = path.join(temporaryFolder(), 'secret');
    await writeFile(outside, 'secret');
    const { stdout } = await shell(`cat ${outside} 2>/dev/null; ls /proc | grep -c '^[0-9]'`);
    expect(stdout).not.toContain('secret');
    expect(Number(stdout)).toBeLessThan(6);
  });

  test('is root in there, over its own files alone', async () => {
    const { stdout } = await shell('id -u; chown 1000 /tmp 2>/dev/null || echo refused');
    expect(stdout).toBe('0\nrefused\n');
  });

  test('cannot change a root that is not for writing', async () => {
    const attempt = await shell('echo x > /bin/new', {});
    expect(attempt.exitCode).toBe(1);
    expect(existsSync(path.join(root, 'bin/new'))).toBe(false);
    await shell('echo x > /bin/new', { writeRoot: true });
    expect(readFileSync(path.join(root, 'bin/new'), 'utf8')).toBe('x\n');
  });

  test('reads and writes the folders it is given, as it is told', async () => {
    const folder = temporaryFolder();
    const binds = (write: boolean) => [{ from: folder, to: '/mnt', write }];
    await mkdir(path.join(root, 'mnt'), { recursive: true });
    expect((await shell('echo x > /mnt/f', { binds: binds(false) })).exitCode).toBe(1);
    await shell('echo x > /mnt/f; echo y > /tmp/g', { binds: binds(true), temp: folder });
    expect(readdirSync(folder).sort()).toEqual(['f', 'g']);
  });
});
