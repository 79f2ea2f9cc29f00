import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { canRun } from '../../../../scripts/image/config-test/can-run.ts';
import { temporaryFolder } from '../../../support/host/test-host.ts';

test('processors run their own programs, and others where the kernel has an emulator', () => {
  const host = { systemRoot: temporaryFolder() };
  expect(canRun(host, 'x86_64', 'x64')).toBe(true);
  expect(canRun(host, 'x86', 'x64')).toBe(true);
  expect(canRun(host, 'aarch64', 'x64')).toBe(false);
  const emulators = path.join(host.systemRoot, 'proc/sys/fs/binfmt_misc');
  mkdirSync(emulators, { recursive: true });
  writeFileSync(path.join(emulators, 'qemu-aarch64'), 'enabled\n');
  expect(canRun(host, 'aarch64', 'x64')).toBe(true);
});
