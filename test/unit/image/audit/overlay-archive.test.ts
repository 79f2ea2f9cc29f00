import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { overlayArchive } from '../../../../scripts/image/audit/overlay-archive.ts';
import { requireTools } from '../../../support/host/require-tools.ts';

const archive = overlayArchive('lb-1', Buffer.from('overlay'), 1);

describe.runIf(requireTools('busybox'))('the initramfs with the overlay', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(path.join(os.tmpdir(), 'vipiso-test-'));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });

  /** As the kernel does: over what the first initramfs brought. */
  function unpack(): void {
    const stdio = ['pipe', 'pipe', 'ignore'] as const;
    execFileSync('busybox', ['cpio', '-i', '-u'], { cwd: root, input: archive, stdio: [...stdio] });
  }

  function df(...args: readonly string[]): string {
    return execFileSync('busybox', ['sh', path.join(root, 'bin/df'), ...args], {
      encoding: 'utf8',
    });
  }

  test('answers for the overlay with a device that exists and that no fstab names', () => {
    mkdirSync(path.join(root, 'bin'));
    unpack();
    expect(df('-P', '/lb-1.apkovl.tar.gz').trim().split(/\s+/)[0]).toBe('/dev/null');
  });

  test('leaves every other question to busybox', () => {
    mkdirSync(path.join(root, 'bin'));
    unpack();
    const [head = '', ...rows] = df('-P', '/').trim().split('\n');
    expect(head).toMatch(/^Filesystem/);
    expect(rows).toHaveLength(1);
  });

  test('keeps a bin that is a link into usr', () => {
    mkdirSync(path.join(root, 'usr/bin'), { recursive: true });
    symlinkSync('usr/bin', path.join(root, 'bin'));
    unpack();
    const listed = execFileSync('busybox', ['ls', '-l', path.join(root)], { encoding: 'utf8' });
    expect(listed).toContain('bin -> usr/bin');
    expect(df('-P', '/lb-1.apkovl.tar.gz')).toContain('/dev/null');
  });
});
