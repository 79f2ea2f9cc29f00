import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { VipisoError } from '../../../../scripts/core/errors.ts';
import { listMissing, packageComplaints } from '../../../../scripts/prove/trial/inside/packages.ts';
import { minimalFile, modelOf } from '../../../support/cluster/cluster-file.ts';

/** As apk does: prints what it finds, and fails when one of them is missing. */
const APK = `#!/bin/sh
[ "$1 $2" = "info -e" ] || exit 9
shift 2
for it; do
	case " $INSTALLED " in *" \${it%%[<>=~]*} "*) echo "$it" ;; *) missing=1 ;; esac
done
exit \${missing:-0}
`;

describe('the packages of a booted node', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'vipiso-test-'));
    writeFileSync(path.join(folder, 'apk'), APK);
    chmodSync(path.join(folder, 'apk'), 0o755);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function inside(command: string, installed: readonly string[]): string {
    const env = { PATH: `${folder}:/bin:/usr/bin`, INSTALLED: installed.join(' ') };
    return execFileSync('sh', ['-c', command], { env, encoding: 'utf8' });
  }

  const WORLD = ['alpine-base', 'haproxy>=2.8', 'nftables', '!linux-firmware'];

  it('are asked for by a command line that says nothing when all are there', () => {
    expect(inside(listMissing(WORLD), ['alpine-base', 'haproxy', 'nftables'])).toBe('');
  });

  it('and names each one that is not', () => {
    expect(inside(listMissing(WORLD), ['alpine-base'])).toBe('haproxy>=2.8\nnftables\n');
  });

  it('are those of the cluster: what is missing is a complaint', async () => {
    const cluster = modelOf(minimalFile());
    const machine = {
      inside: (command: string) =>
        Promise.resolve({
          exitCode: 0,
          output: inside(command, ['alpine-base', 'chrony', 'haproxy', 'keepalived', 'openssl']),
        }),
    };
    expect(await packageComplaints(machine, cluster)).toEqual([
      'the package nftables is not installed',
    ]);
  });

  it('that cannot be asked for are a complaint, and an interruption is none', async () => {
    const cluster = modelOf(minimalFile());
    const failing = (code: 'timeout' | 'interrupted') =>
      packageComplaints(
        { inside: () => Promise.reject(new VipisoError(code, 'no answer')) },
        cluster,
      );
    expect(await failing('timeout')).toEqual(['its packages could not be looked at: no answer']);
    await expect(failing('interrupted')).rejects.toThrow('no answer');
  });
});
