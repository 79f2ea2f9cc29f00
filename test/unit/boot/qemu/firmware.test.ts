import { describe, expect, test } from 'vitest';
import { findUefi } from '../../../../scripts/boot/qemu/firmware.ts';

describe('findUefi', () => {
  test('takes code and variables of one build', () => {
    const files = new Set([
      '/usr/share/OVMF/OVMF_CODE_4M.fd',
      '/usr/share/OVMF/OVMF_CODE.fd',
      '/usr/share/OVMF/OVMF_VARS.fd',
    ]);
    expect(findUefi((file) => files.has(file))).toEqual({
      kind: 'uefi',
      code: '/usr/share/OVMF/OVMF_CODE.fd',
      variables: '/usr/share/OVMF/OVMF_VARS.fd',
    });
  });

  test('names the package when there is none', () => {
    expect(() => findUefi(() => false)).toThrow(/OVMF/);
  });
});
