import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { chooseAccelerator, hintAtAccelerator } from '../../scripts/boot/qemu/accelerator.ts';
import { requireTools } from '../support/host/require-tools.ts';
import { testHost } from '../support/host/test-host.ts';

describe.runIf(requireTools('qemu-system-x86_64'))('the accelerator', () => {
  // Whatever /dev/kvm is like here: what does not come to a kernel's panic must not make it trusted.
  test('is emulation when the kernel of the images does not run', async () => {
    const host = testHost();
    const kernel = path.join(host.folder, 'vmlinuz');
    await writeFile(kernel, Buffer.alloc(64 * 1024));
    const choice = await chooseAccelerator(host, kernel);
    expect(choice.kind).toBe('tcg');
    expect(choice.reason).toMatch(/kvm|x86_64/);
    expect(await chooseAccelerator(host, kernel)).toBe(choice);
  });

  test('is emulation without a probe where the user says so', async () => {
    const env = { ...testHost().env, VIPISO_ACCELERATOR: 'tcg' };
    expect(await chooseAccelerator(testHost({ env }), '/no/kernel')).toEqual({
      kind: 'tcg',
      reason: 'VIPISO_ACCELERATOR asks for it',
    });
  });

  test('without a kernel is only a hint', async () => {
    const { kind, reason } = await hintAtAccelerator(testHost());
    expect(reason).toMatch(
      kind === 'kvm' ? /whether Linux does shows with an image/ : /kvm|x86_64/,
    );
  });
});
